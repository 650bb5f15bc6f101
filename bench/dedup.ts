import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Metrics } from '../src/core/metrics.ts'
import type { Task } from '../src/core/task.ts'
import type { Verdict } from '../src/core/verdict.ts'

// npm run bench:dedup -- [--documents 10000000] [--shards 20] [--folder DIR]
//
// Signing: documents of 500 words a second, text in, signature out. Grouping and clustering: signatures of a made-up corpus, in which four of ten
// documents are copies of an earlier one, the popular ones of it more often (Zipf), and share each band with it by chance; all jobs of
// minhash_dedup in this thread. Asserts that just the copies are removed that share a band.

async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}.js`, import.meta.url).href)) as T
}
const { Doc } = await built<typeof import('../src/core/doc.ts')>('core/doc')
const { KeyFileWriter } = await built<typeof import('../src/dedup/key_file.ts')>('dedup/key_file')
const { MemberFileWriter } = await built<typeof import('../src/dedup/member_file.ts')>('dedup/member_file')
const { signer } = await built<typeof import('../src/dedup/signatures.ts')>('dedup/signatures')
const { loadStep } = await built<typeof import('../src/pipeline/registry.ts')>('pipeline/registry')
const { count, bytes } = await built<typeof import('../src/reports/format.ts')>('reports/format')

const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '10000000' },
    shards: { type: 'string', default: '20' },
    folder: { type: 'string', default: tmpdir() },
  },
})
const [documents, shards] = [Number(values.documents), Number(values.shards)]
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
  const expected = writeCorpus()
  await cluster(expected)
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

/** Write the side files that `before` writes. Returns how many documents share a band with an earlier copy. */
function writeCorpus(): number {
  const draw = random(2)
  const roots = new Uint32Array(documents)
  let duplicates = 0
  const perShard = Math.ceil(documents / shards)
  for (let shard = 0; shard < shards; shard++) {
    const folder = join(root, 'before', String(shard))
    mkdirSync(folder, { recursive: true })
    const keys = new KeyFileWriter(bands)
    const members = new MemberFileWriter(bands * rows)
    const key = new Int32Array(2 * bands)
    const sketch = new Uint8Array(bands * rows)
    for (let i = shard * perShard; i < Math.min(documents, (shard + 1) * perShard); i++) {
      // Exponent: earlier documents are copied far more often than later ones.
      const copied = i > 0 && draw() < 0.4
      const original = copied ? roots[Math.min(i - 1, Math.floor(i ** draw()) - 1)]! : i
      roots[i] = original
      let shares = false
      for (let band = 0; band < bands; band++) {
        const own = !copied || draw() < 0.3
        shares ||= !own
        const from = random((own ? i : original) * 16 + band)
        key[2 * band] = from() * 2 ** 32
        key[2 * band + 1] = from() * 2 ** 32
      }
      if (copied && shares) duplicates++
      keys.add(key)
      members.add({ row: i, id: String(i).padStart(9, '0'), rank: 0, sketch })
    }
    const pairs = keys.write(join(folder, 'keys'), false)
    members.write(join(folder, 'members'))
    writePairs(join(folder, 'pairs'), pairs)
  }
  return duplicates
}

function writePairs(path: string, pairs: Int32Array): void {
  writeFileSync(path, new Uint8Array(pairs.buffer))
}

async function cluster(expected: number): Promise<void> {
  const step = await loadStep('minhash_dedup')
  assert(step.kind === 'barrier')
  const options = step.schema.parse({ partitions: 4 })
  const metrics = new Metrics()
  const found = (from: string, name: string): { index: number; path: string }[] =>
    readdirSync(join(root, from))
      .map((index) => ({ index: Number(index), path: join(root, from, index, name) }))
      .sort((a, b) => a.index - b.index)
  const start = performance.now()
  let peak = 0
  for (const job of step.jobs) {
    for (let index = 0; index < job.tasks(options, shards); index++) {
      mkdirSync(join(root, job.name, String(index)), { recursive: true })
      const task = { index, metrics, inputs: found, output: (name: string) => join(root, job.name, String(index), name) } as unknown as Task
      await job.run(options, task, shards)
      peak = Math.max(peak, process.memoryUsage.rss())
    }
  }
  const seconds = (performance.now() - start) / 1000
  assert.equal(metrics.counts['minhash_dedup:removed'], expected)
  const disk = ['before', 'compare', 'cluster']
    .flatMap((from) => readdirSync(join(root, from), { recursive: true, encoding: 'utf8' }).map((path) => statSync(join(root, from, path))))
    .reduce((n, { size }) => n + size, 0)
  console.log(`\n| grouping and clustering | seconds | documents/s | peak RSS | disk |\n| --- | --: | --: | --: | --: |`)
  console.log(
    `| ${count(documents)} documents, ${count(expected)} near-duplicates | ${seconds.toFixed(1)} | ${count(documents / seconds)} | ${bytes(peak)} | ${bytes(disk)} |`,
  )
}
