import fc from 'fast-check'

// Properties are tried on other inputs in each run, but for those of which the outcome must not depend on luck.
if (process.env['CI']) fc.configureGlobal({ seed: 20250512 })
