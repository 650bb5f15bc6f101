import assert from 'node:assert/strict'
import { linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

// npm run bench:compare -- [--documents 1000000] [--rules 60] [--sample-documents 0] [--folder DIR]
//
// A made-up measurement (values of 60 rules, ten different shards of 100,000 documents, repeated as often as needed), what it takes to read it,
// to compare all of its rules with a stricter set, to sweep one bound, and to draw a sample; one thread. Asserts that sums close.

async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}.js`, import.meta.url).href)) as T
}
const { compareArms } = await built<typeof import('../src/compare/comparison.ts')>('compare/comparison')
const { judge } = await built<typeof import('../src/compare/judge.ts')>('compare/judge')
const { armOf, openMeasurement } = await built<typeof import('../src/compare/measurement.ts')>('compare/measurement')
const { sweepBound } = await built<typeof import('../src/compare/sweep.ts')>('compare/sweep')
const { createParquet } = await built<typeof import('../src/formats/parquet_writer.ts')>('formats/parquet_writer')
const { readConfig } = await built<typeof import('../src/pipeline/config.ts')>('pipeline/config')
const { sealed } = await built<typeof import('../src/pipeline/ledger.ts')>('pipeline/ledger')
const { verdictColumns } = await built<typeof import('../src/pipeline/outputs.ts')>('pipeline/outputs')
const { makePlan } = await built<typeof import('../src/pipeline/make_plan.ts')>('pipeline/make_plan')
const { shardName } = await built<typeof import('../src/pipeline/plan.ts')>('pipeline/plan')
const { bytes, count } = await built<typeof import('../src/reports/format.ts')>('reports/format')
const { drawSample } = await built<typeof import('../src/sample/draw.ts')>('sample/draw')

const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '1000000' },
    rules: { type: 'string', default: '60' },
    'sample-documents': { type: 'string', default: '0' },
    folder: { type: 'string', default: tmpdir() },
  },
})
const shardDocuments = 100_000
const rules = Number(values.rules)
const labels = Array.from({ length: rules }, (_, i) => `rule_${i}`)

/** mulberry32 */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const room = mkdtempSync(join(values.folder, 'decant-bench-'))
process.on('exit', () => rmSync(room, { recursive: true, force: true }))

async function writeShard(path: string, seed: number): Promise<void> {
  const table = await createParquet(path, {
    columns: verdictColumns([...labels, 'token_count']),
    metadata: {},
    level: 3,
    groupBytes: 16 << 20,
    groupRows: 100_000,
  })
  const next = random(seed)
  for (let i = 0; i < shardDocuments; i++) {
    const tokens = Math.floor(2 ** (4 + 8 * next()))
    const language = ['en', 'de', 'fr', 'zh'][Math.floor(4 * next() ** 3)]!
    // Ratios with a handful of digits, and counts, as rules measure them.
    const measured = labels.map((_, k) => (k % 3 === 0 ? Math.floor(1000 * next()) : Math.round(10_000 * next()) / 10_000))
    const id = `<urn:uuid:${seed}-${i.toString(16).padStart(8, '0')}-4c9a-9b0e-35c1a4e6d2f7>`
    const url = `https://www.host${Math.floor(5000 * next())}.example/page/${i}`
    table.write([id, url, 0, i, null, tokens, 9 * tokens, 4 * tokens, 'CC-MAIN-2025-21', language, ...measured, tokens])
  }
  await table.close()
}

/** A measured run of so many shards, without texts. */
async function measurementOf(shards: number, name: string) {
  const dir = join(room, name)
  for (const folder of ['verdicts', 'data']) mkdirSync(join(dir, folder), { recursive: true })
  const file = join(room, `${name}.yaml`)
  const steps = labels.map((label, k) => `  - phrase_count: {as: ${label}, phrases: [${label}], min: ${k % 3 === 0 ? 10 : 0.02}}\n`)
  writeFileSync(file, `name: ${name}\nsteps:\n  - read\n${steps.join('')}  - token_count\n  - write\n`)
  const options = { measure: true, audit: 0, keep_removed: false, limit: null }
  const plan = await makePlan(readConfig(file), [], options)
  writeFileSync(join(dir, 'plan.json'), sealed({ ...plan, inputs: { ...plan.inputs, splits: shards } }))
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ records: { read: shards * shardDocuments }, outputs: [] }))
  for (let i = 0; i < shards; i++) {
    linkSync(join(room, `shard-${i % 10}.parquet`), join(dir, 'verdicts', `${shardName(i)}.parquet`))
    linkSync(join(room, 'texts.parquet'), join(dir, 'data', `${shardName(i)}.parquet`))
  }
  return openMeasurement(dir)
}

let peak = 0
setInterval(() => {
  peak = Math.max(peak, process.memoryUsage().rss)
}, 50).unref()
async function timed<T>(what: () => Promise<T>): Promise<[T, number]> {
  const started = performance.now()
  const result = await what()
  peak = Math.max(peak, process.memoryUsage().rss)
  return [result, (performance.now() - started) / 1000]
}

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? '?'}, one thread`)
// Of texts, a sample asks only where their row groups lie.
const texts = await createParquet(join(room, 'texts.parquet'), {
  columns: [{ name: 'text', type: 'string', nullable: false }],
  metadata: {},
  level: 1,
  groupBytes: 2 ** 40,
  groupRows: 10_000,
})
for (let i = 0; i < shardDocuments; i++) texts.write(['x'])
await texts.close()
for (let i = 0; i < 10; i++) await writeShard(join(room, `shard-${i}.parquet`), i + 1)
const documents = Number(values.documents)
const measurement = await measurementOf(Math.ceil(documents / shardDocuments), 'measured')
const a = await armOf(measurement, undefined)
const b = await armOf(measurement, undefined, { set: ['rule_0.min=100', 'rule_1.min=0.1', 'rule_2.min=null'] })

const [, reading] = await timed(async () => {
  for await (const _ of judge(measurement.runs[0]!.plan.inputs.splits, [{ ...a, rules: [] }], {
    values: labels.map((column) => ({ arm: 0, column })),
  }));
})
const options = { samples: 3, nearest: 0, seed: 1, texts: false, values: 0 }
const [compared, comparing] = await timed(() => compareArms(measurement, a, b, { ...options, by: ['language', 'length', 'dump'] }))
assert.equal(compared.both.documents + compared.only_a.documents, compared.a.kept.documents)
assert.equal(
  compared.both.documents + compared.only_a.documents + compared.only_b.documents + compared.neither.documents,
  compared.documents,
)
const [, byDomain] = await timed(() => compareArms(measurement, a, b, { ...options, by: ['domain'] }))
const [swept, sweeping] = await timed(() =>
  sweepBound(measurement, a, { label: 'rule_4', bound: 'min' }, { nearest: 5, texts: false, step: 0.01 }),
)
assert.equal(swept.kept[0]!.documents, swept.candidates)
console.log(`\n| ${count(documents)} documents, ${rules} rules | seconds |\n| --- | --: |`)
console.log(`| reading all values | ${reading.toFixed(1)} |`)
console.log(`| compare, reading included | ${comparing.toFixed(1)} |`)
console.log(`| compare by domain, reading included | ${byDomain.toFixed(1)} |`)
console.log(`| sweep, reading included | ${sweeping.toFixed(1)} |`)
console.log(`\npeak memory ${bytes(peak)}`)

const sampled = Number(values['sample-documents'])
if (sampled > 0) {
  peak = 0
  const large = await measurementOf(Math.ceil(sampled / shardDocuments), 'sampled')
  const all = await armOf(large, undefined, { set: labels.map((label) => `${label}.min=null`) })
  const few = await armOf(large, undefined, { set: labels.slice(4).map((label) => `${label}.min=null`) })
  const arm = (name: string, one: typeof all) => ({ name, parts: [{ measurement: large, arm: one, share: 1 }], duplicated: 0 })
  const budget = Math.floor(sampled * 20)
  const request = {
    arms: [arm('all', all), arm('few', few)],
    seeds: [1, 2],
    budget,
    tokenizer: 'gpt2' as const,
    pin: [],
    heldOut: null,
    weight: null,
    clusters: null,
    wholeClusters: false,
    allowShort: false,
  }
  const [cuts, seconds] = await timed(() => drawSample({ ...request, arms: request.arms }, join(room, 'sample'), () => {}))
  console.log(
    `\n${count(sampled)} documents: a sample of two arms, two seeds, ${count(budget)} tokens each: ${seconds.toFixed(0)} s, peak memory ${bytes(peak)}, ${cuts.arms.map(({ documents }) => count(documents)).join(', ')} documents`,
  )
}
