import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import type { Task } from '../src/core/task.ts'

// npm run bench:minhash -- [--documents 50000000] [--shards 400] [--threads 2] [--folder DIR]
//
// All jobs of minhash_dedup, in so many threads of one process, on signatures of a made-up corpus: four of ten documents are copies of an earlier one,
// the popular ones of it more often (Zipf), and share each band with it by chance. Asserts that just the copies are removed that share a band.
// CPU seconds and peak RSS are those of that process; another one writes the signatures before.

async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}.js`, import.meta.url).href)) as T
}
const { Metrics } = await built<typeof import('../src/core/metrics.ts')>('core/metrics')
const { SignedFileWriter } = await built<typeof import('../src/dedup/signed_file.ts')>('dedup/signed_file')
const { loadStep } = await built<typeof import('../src/pipeline/registry.ts')>('pipeline/registry')
const { count, bytes } = await built<typeof import('../src/reports/format.ts')>('reports/format')

const [bands, rows] = [14, 8]
const script = fileURLToPath(import.meta.url)

interface Settings {
  documents: number
  shards: number
  root: string
}

const step = await loadStep('minhash_dedup')
assert(step.kind === 'barrier')
const { jobs } = step
const options = step.schema.parse({})

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      documents: { type: 'string', default: '50000000' },
      shards: { type: 'string', default: '400' },
      threads: { type: 'string', default: '2' },
      folder: { type: 'string', default: tmpdir() },
      write: { type: 'string' },
    },
  })
  const [documents, shards] = [Number(values.documents), Number(values.shards)]
  if (values.write !== undefined) return writeCorpus({ documents, shards, root: values.write })
  const root = mkdtempSync(join(values.folder, 'decant-bench-minhash-'))
  try {
    const written = spawnSync(process.execPath, [script, '--write', root, '--documents', String(documents), '--shards', String(shards)], {
      stdio: 'inherit',
    })
    assert.equal(written.status, 0)
    await runJobs({ documents, shards, root }, Number(values.threads))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** Two mixtures of a number, each different for every number (MurmurHash3's last step). */
const mix = (n: number, seed: number): number => {
  let h = Math.imul(n ^ seed, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
const unit = (n: number, seed: number): number => (mix(n, seed) >>> 0) / 2 ** 32

/** Write the side files that `before` writes, and how many documents share a band with an earlier copy. */
function writeCorpus({ documents, shards, root }: Settings): void {
  const roots = new Uint32Array(documents)
  const key = new Int32Array(2 * bands)
  const sketch = new Uint8Array(bands * rows)
  let duplicates = 0
  for (let shard = 0; shard < shards; shard++) {
    const writer = new SignedFileWriter(bands, bands * rows)
    const end = Math.floor(((shard + 1) * documents) / shards)
    for (let i = Math.floor((shard * documents) / shards), row = 0; i < end; i++, row++) {
      const copied = i > 0 && unit(i, 1) < 0.4
      // Earlier documents are copied far more often than later ones.
      const original = copied ? roots[Math.min(i - 1, Math.floor(i ** unit(i, 2)) - 1)]! : i
      roots[i] = original
      let shares = false
      for (let band = 0; band < bands; band++) {
        const own = !copied || unit(i * bands + band, 3) < 0.3
        shares ||= !own
        const from = (own ? i : original) * bands + band
        key[2 * band] = mix(from, 4)
        key[2 * band + 1] = mix(from, 5)
        sketch[rows * band] = own ? i : original
      }
      if (copied && shares) duplicates++
      const id = `<urn:uuid:${String(mix(i, 6) >>> 0).padStart(10, '0')}-${String(i).padStart(25, '0')}>`
      writer.add(key, { row, id, rank: 0, sketch })
    }
    const folder = join(root, 'before', String(shard))
    mkdirSync(folder, { recursive: true })
    writer.write(join(folder, 'signed'), false)
  }
  writeFileSync(join(root, 'expected'), String(duplicates))
}

async function runJobs({ documents, shards, root }: Settings, threads: number): Promise<void> {
  const expected = Number(readFileSync(join(root, 'expected'), 'utf8'))
  const written = sizeOf(join(root, 'before'))
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? '?'}, ${threads} threads\n`)
  console.log(`${count(documents)} documents in ${shards} shards, ${count(expected)} near-duplicates, signatures of ${bytes(written)}\n`)
  console.log('| job | tasks | seconds | CPU seconds | writes |\n| --- | --: | --: | --: | --: |')
  const workers = Array.from({ length: threads }, () => new Worker(script, { workerData: { documents, shards, root } }))
  const metrics = new Metrics()
  const clock = (): [number, number] => {
    const { user, system } = process.cpuUsage()
    return [performance.now() / 1000, (user + system) / 1e6]
  }
  const start = clock()
  const line = (name: string, tasks: string, from: [number, number], disk: number): void => {
    const [seconds, cpu] = clock().map((now, i) => (now - from[i]!).toFixed(1))
    console.log(`| ${name} | ${tasks} | ${seconds} | ${cpu} | ${bytes(disk)} |`)
  }
  let disk = 0
  for (const [i, job] of jobs.entries()) {
    const begun = clock()
    const tasks = job.tasks(options, shards)
    let next = 0
    await Promise.all(
      workers.map(async (worker) => {
        while (next < tasks) {
          worker.postMessage([i, next++])
          const [counts] = (await once(worker, 'message')) as [Record<string, number>]
          for (const [name, n] of Object.entries(counts)) metrics.add(name, n)
        }
      }),
    )
    const size = sizeOf(join(root, job.name))
    disk += size
    line(job.name, String(tasks), begun, size)
  }
  line('all', '', start, disk)
  assert.equal(metrics.counts['minhash_dedup:removed'], expected)
  console.log(`\nPeak RSS: ${bytes(1024 * process.resourceUsage().maxRSS)}`)
  await Promise.all(workers.map((worker) => worker.terminate()))
}

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => statSync(join(folder, path)))
    .reduce((n, stat) => n + (stat.isFile() ? stat.size : 0), 0)
}

/** Run tasks as they are asked for: number of the job, and of its task. */
function work({ root, shards }: Settings): void {
  const inputs: Task['inputs'] = (from, name) =>
    readdirSync(join(root, from))
      .map((index) => ({ index: Number(index), path: join(root, from, index, name) }))
      .filter(({ path }) => statSync(path, { throwIfNoEntry: false }))
      .sort((a, b) => a.index - b.index)
  parentPort!.on('message', async ([i, index]: [number, number]) => {
    const job = jobs[i]!
    const folder = join(root, job.name, String(index))
    mkdirSync(folder, { recursive: true })
    const metrics = new Metrics()
    await job.run(options, { index, metrics, inputs, output: (name: string) => join(folder, name) } as unknown as Task, shards)
    parentPort!.postMessage(metrics.counts)
  })
}

if (isMainThread) await main()
else work(workerData as Settings)
