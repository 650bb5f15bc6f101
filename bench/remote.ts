import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { serveFiles } from '../test/services/file_server.ts'

// What reading over HTTP costs: the same run on the same files, from disk and from a server on this machine, interleaved. CPU seconds and peak RSS are
// those of the process that runs decant; the server is this one. The verdicts must be equal.
//
//     npm run bench:remote -- --input ../shared/data/warc --repeats 3

const { values } = parseArgs({
  options: { input: { type: 'string' }, repeats: { type: 'string', default: '3' }, recipe: { type: 'string', default: 'fineweb' } },
})
const folder = values.input ?? 'fixtures/crawl'
const files = readdirSync(folder).filter((name) => name.endsWith('.warc.gz'))
const dir = mkdtempSync(join(tmpdir(), 'decant-remote-'))
const server = await serveFiles(folder)

const cliFile = new URL('../../dist/cli.js', import.meta.url).href
/** Runs the command line, then says what it took. */
const program = `process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  require('node:fs').writeSync(3, JSON.stringify({ cpu: (user + system) / 1e6, rss: process.resourceUsage().maxRSS / 1024 }))
}); import('${cliFile}')`

async function run(inputs: string[], name: string): Promise<{ cpu: number; rss: number; digest: string }> {
  const out = join(dir, name)
  const { spawn } = await import('node:child_process')
  const args = ['-e', program, 'run', values.recipe, '-i', ...inputs, '-o', out, '-w', '1', '-q']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] })
  let said = ''
  child.stdio[3]!.on('data', (part: Buffer) => {
    said += part.toString()
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`${name}: exit ${String(code)}`)
  const hash = createHash('sha256')
  for (const file of readdirSync(join(out, 'verdicts')).sort()) hash.update(readFileSync(join(out, 'verdicts', file)))
  rmSync(out, { recursive: true })
  return { ...(JSON.parse(said) as { cpu: number; rss: number }), digest: hash.digest('hex') }
}

const sources: [name: string, inputs: string[]][] = [
  ['disk', files.map((name) => join(folder, name))],
  ['HTTP', files.map((name) => `${server.url}/${name}`)],
]
const taken = new Map<string, { cpu: number; rss: number }[]>(sources.map(([name]) => [name, []]))
const digests = new Set<string>()
for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
  for (const [name, inputs] of sources) {
    const { cpu, rss, digest } = await run(inputs, `${name}-${repeat}`)
    taken.get(name)!.push({ cpu, rss })
    digests.add(digest)
  }
}
server.close()
rmSync(dir, { recursive: true })
if (digests.size !== 1) throw new Error('the verdicts differ')

const median = (all: readonly number[]): number => [...all].sort((a, b) => a - b)[all.length >> 1]!
const { stdout: version } = spawnSync(process.execPath, ['--version'], { encoding: 'utf8' })
console.log(
  `Node ${version.trim()}, ${cpus()[0]?.model ?? '?'}; ${files.map((name) => basename(name)).join(', ')}; one worker, same verdicts\n`,
)
console.log('| from | CPU s, median | all | peak RSS |\n| ---- | ------------: | --- | -------: |')
for (const [name, runs] of taken) {
  const all = runs.map(({ cpu }) => cpu.toFixed(1)).join(' ')
  console.log(
    `| ${name} | ${median(runs.map(({ cpu }) => cpu)).toFixed(1)} | ${all} | ${Math.round(median(runs.map(({ rss }) => rss)))} MiB |`,
  )
}
