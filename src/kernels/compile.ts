import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = (path: string): string => fileURLToPath(new URL(path, new URL('../../src/kernels/', import.meta.url)))

/** Modules by the file they are written to: what of `assembly/` they begin with, and how they are compiled. */
const modules: Record<string, { entry: string; options: string[] }> = {
  'module.generated.ts': { entry: 'index.ts', options: [] },
  'trees.generated.ts': { entry: 'trees.ts', options: ['--enable', 'simd'] },
  'fasttext.generated.ts': {
    entry: 'fasttext.ts',
    options: '--enable simd --enable threads --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536'.split(' '),
  },
}

/** Files as the compiler makes them of `assembly/`, by name. */
export async function compileKernels(): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const [file, { entry, options }] of Object.entries(modules)) files[file] = await compile(entry, options)
  return files
}

async function compile(entry: string, more: readonly string[]): Promise<string> {
  const { main } = await import('assemblyscript/asc')
  const options = ['--optimizeLevel', '3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--outFile', 'kernels.wasm']
  let wasm: Uint8Array | undefined
  const { error, stderr } = await main([entry, '--baseDir', here('assembly'), ...options, ...more], {
    writeFile: (_, content) => {
      if (typeof content !== 'string') wasm = content
    },
  })
  if (error || !wasm) throw new Error(stderr.toString())
  return `// Written by \`npm run kernels\` from assembly/.\nexport const wasm =\n  '${Buffer.from(wasm).toString('base64')}'\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, content] of Object.entries(await compileKernels())) writeFileSync(here(file), content)
}
