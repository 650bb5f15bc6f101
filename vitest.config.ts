import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const compiled = fileURLToPath(new URL('dist/', import.meta.url))

// Tests name files of src/ and run what is compiled from them (test/build.ts sees to it): what ships, in half the time.
export default defineConfig({
  resolve: { alias: [{ find: /^(?:\.\.\/)+src\/(.*)\.ts$/, replacement: `${compiled}$1.js` }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/build.ts',
    setupFiles: 'test/setup.ts',
    server: { deps: { external: [/\/dist\//] } },
    testTimeout: 180_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    isolate: false,
  },
})
