import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Metrics } from '../src/core/metrics.ts'
import type { Task } from '../src/core/task.ts'
import type { Verdict } from '../src/core/verdict.ts'

// npm run bench:dedup -- [--folder DIR]
//
// Signing: documents of 500 words a second, text in, signature out; and exact duplicates among such documents. For clustering see minhash_scale.ts.

async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}.js`, import.meta.url).href)) as T
}
const { Doc } = await built<typeof import('../src/core/doc.ts')>('core/doc')
const { signer } = await built<typeof import('../src/dedup/signatures.ts')>('dedup/signatures')
const { loadStep } = await built<typeof import('../src/pipeline/registry.ts')>('pipeline/registry')
const { count } = await built<typeof import('../src/reports/format.ts')>('reports/format')

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: tmpdir() },
  },
})
const [bands, rows] = [14, 8]

/** mulberry32 */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

console.log(`Node ${process.version}, ${cpus()[0]?.model ?? '?'}, one thread\n`)
console.log('| signing, 112 hash functions, 500 words each | documents/s |\n| --- | --: |')
const next = random(1)
const syllables = 'ba de fi go lu mar nes per qui ro sta tin ul ver wol xan yer zo kla bri'.split(' ')
const vocabulary = Array.from({ length: 20_000 }, () =>
  Array.from({ length: 1 + Math.floor(next() * 3) }, () => syllables[Math.floor(next() * syllables.length)]).join(''),
)
const texts = Array.from({ length: 2000 }, () =>
  Array.from(
    { length: 500 },
    (_, i) => `${vocabulary[Math.floor(20_000 ** next())]!}${i % 12 === 11 ? (i % 48 === 47 ? '.\n' : ',') : ''}`,
  ).join(' '),
)
for (const hash of ['xxh64', 'sha1'] as const) {
  const sign = signer({ unit: 'word', ngram: 5, normalizer: 'datatrove', tokenizer: 'spacy_english', hash, bands, rows, seed: 1 })
  const times = Array.from({ length: 6 }, () => {
    const start = performance.now()
    for (const text of texts) assert.equal(sign(text, 0)?.minhashes.length, bands * rows)
    return performance.now() - start
  })
  const median = times.slice(1).sort((a, b) => a - b)[2]!
  console.log(`| ${hash} | ${count((1000 * texts.length) / median)} |`)
}

const root = mkdtempSync(join(values.folder, 'decant-bench-dedup-'))
try {
  await exact()
} finally {
  rmSync(root, { recursive: true, force: true })
}

/** Exact duplicates among documents of 500 words: each of them twenty times. */
async function exact(): Promise<void> {
  const step = await loadStep('exact_dedup')
  assert(step.kind === 'barrier')
  const options = step.schema.parse({ partitions: 1 })
  const copies = 20
  const docs = texts.flatMap((text, i) =>
    Array.from({ length: copies }, (_, copy) => new Doc({ id: `${copy}-${i}`, text, verdict: verdict(copies * i + copy) })),
  )
  const folder = join(root, 'exact')
  mkdirSync(folder)
  const times: number[] = []
  for (let repeat = 0; repeat < 6; repeat++) {
    const metrics = new Metrics()
    const output = (name: string): string => join(folder, name)
    const task = { index: 0, metrics, output, inputs: (_: string, name: string) => [{ index: 0, path: output(name) }] } as unknown as Task
    const start = performance.now()
    const before = await step.before(options, task, () => () => 0)
    for (const doc of docs) before.see(doc)
    before.end()
    await step.jobs[0]!.run(options, task, 1)
    assert.equal(metrics.counts['exact_dedup:duplicates'], docs.length - texts.length)
    times.push(performance.now() - start)
  }
  const median = times.slice(1).sort((a, b) => a - b)[2]!
  console.log(`| exact_dedup, hash to decision | ${count((1000 * docs.length) / median)} |`)
}

function verdict(row: number): Verdict {
  return { row, bytes: 0, reason: null, values: new Float64Array(0), full: false }
}
