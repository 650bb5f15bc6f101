import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = (path: string): string => fileURLToPath(new URL(path, new URL('../../src/kernels/', import.meta.url)))

/** `module.generated.ts` as the compiler makes it of `assembly/`. */
export async function compileKernels(): Promise<string> {
  const { main } = await import('assemblyscript/asc')
  const options = ['--optimizeLevel', '3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--outFile', 'kernels.wasm']
  let wasm: Uint8Array | undefined
  const { error, stderr } = await main(['index.ts', '--baseDir', here('assembly'), ...options], {
    writeFile: (_, content) => {
      if (typeof content !== 'string') wasm = content
    },
  })
  if (error || !wasm) throw new Error(stderr.toString())
  return `// Written by \`npm run kernels\` from assembly/.\nexport const wasm =\n  '${Buffer.from(wasm).toString('base64')}'\n`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(here('module.generated.ts'), await compileKernels())
