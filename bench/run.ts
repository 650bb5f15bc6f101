import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

// npm run bench -- [PIPELINE] -i FILES… [-w 1 -w 2] [--repeats 5] [--set step.option=value] [--cpu-profile FILE]
//
// Runs a pipeline over files from scratch with each number of workers in turn, asserts that all runs wrote the same bytes, and prints
// Markdown: the median over all repeats for whole runs, and the time spent in each step from one more run with timers around the steps.

/** The built code, so that what is timed is what is shipped, worker threads included. */
async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}.js`, import.meta.url).href)) as T
}
const { planRun } = await built<typeof import('../src/commands/run.ts')>('commands/run')
const { runLocal } = await built<typeof import('../src/executors/local.ts')>('executors/local')
const { makeManifest, total } = await built<typeof import('../src/reports/manifest.ts')>('reports/manifest')
const { openRunFolder } = await built<typeof import('../src/pipeline/run_folder.ts')>('pipeline/run_folder')
const { sealedEntries } = await built<typeof import('../src/pipeline/seal.ts')>('pipeline/seal')
const { stepsOf } = await built<typeof import('../src/pipeline/plan.ts')>('pipeline/plan')
const { count } = await built<typeof import('../src/reports/format.ts')>('reports/format')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    input: { type: 'string', short: 'i', multiple: true, default: ['fixtures/crawl/*.warc.gz'] },
    workers: { type: 'string', short: 'w', multiple: true, default: ['1', '2'] },
    repeats: { type: 'string', default: '5' },
    set: { type: 'string', multiple: true, default: [] },
    'cpu-profile': { type: 'string' },
  },
})
const { plan, inputs, splits } = await planRun(positionals[0] ?? 'fineweb', { input: values.input, set: values.set })

async function runOnce(workers: number, timings = false) {
  const dir = mkdtempSync(join(tmpdir(), 'decant-bench-'))
  try {
    openRunFolder(dir, plan, splits)()
    const started = performance.now()
    const { failed } = await runLocal(plan, dir, { workers, timings })
    const seconds = (performance.now() - started) / 1000
    assert.deepEqual(failed, [])
    return { seconds, manifest: makeManifest(plan, dir), entries: plan.passes.flatMap((pass) => sealedEntries(dir, plan, pass)) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1]!
const row = (...cells: (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`)
const mebibytes = (kibibytes: number): string => `${Math.round(kibibytes / 1024)} MiB`

const counts = values.workers.map(Number)
const { manifest } = await runOnce(counts[0]!) // warms files and code up, and is what all others must equal
const seconds = new Map(counts.map((workers): [number, number[]] => [workers, []]))
const peak = new Map<number, number>()
for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
  for (const workers of counts) {
    const run = await runOnce(workers)
    assert.deepEqual(run.manifest, manifest, `${workers} workers gave other results`)
    seconds.get(workers)!.push(run.seconds)
    if (repeat === 0) peak.set(workers, process.resourceUsage().maxRSS)
  }
}

const { records, bytes } = manifest
const stored = inputs.reduce((sum, input) => sum + input.bytes, 0)
console.log(
  `${plan.name}: ${count(records.read)} documents, ${(bytes.read / 1e6).toFixed(1)} MB of pages and texts (${(stored / 1e6).toFixed(1)} MB stored), ${inputs.length} shards`,
)
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? '?'}; median of ${values.repeats} interleaved runs, same bytes in all\n`,
)
row('workers', 'seconds', 'documents/s', 'MB/s', 'peak memory so far')
row('--:', '--:', '--:', '--:', '--:')
for (const workers of counts) {
  const s = median(seconds.get(workers)!)
  row(workers, s.toFixed(2), count(records.read / s), (bytes.read / s / 1e6).toFixed(1), mebibytes(peak.get(workers)!))
}

const timed = await runOnce(1, true)
assert.deepEqual(timed.manifest, manifest, 'timers changed the results')
const spent = new Map<string, number>()
for (const { timings = {} } of timed.entries) for (const [step, s] of Object.entries(timings)) spent.set(step, (spent.get(step) ?? 0) + s)
const sum = [...spent.values()].reduce((a, b) => a + b, 0)
console.log('\nOne worker, step by step (documents that reached the step; MB of pages and texts of the whole input)\n')
row('step', 'seconds', 'share', 'documents', 'documents/s', 'MB/s')
row('---', '--:', '--:', '--:', '--:', '--:')
let reaching = records.kept + total(records.removed)
for (const { label } of stepsOf(plan)) {
  const s = spent.get(label) ?? 0
  row(
    `\`${label}\``,
    s.toFixed(3),
    `${((100 * s) / sum).toFixed(1)} %`,
    count(reaching),
    count(reaching / s),
    (bytes.read / s / 1e6).toFixed(1),
  )
  for (const [reason, n] of Object.entries(records.removed)) if (reason.startsWith(`${label}.`)) reaching -= n
}
row('all steps', sum.toFixed(3), '100 %', count(records.read), count(records.read / sum), (bytes.read / sum / 1e6).toFixed(1))

if (values['cpu-profile'] !== undefined) {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.start')
  await runOnce(0)
  const { profile } = await session.post('Profiler.stop')
  writeFileSync(values['cpu-profile'], JSON.stringify(profile))
  console.log(`\nwrote ${values['cpu-profile']} (one run in one thread; open it in Chrome's DevTools)`)
}
