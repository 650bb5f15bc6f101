import { readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { planRun } from '../../src/commands/run.ts'
import { runLocal } from '../../src/executors/local.ts'
import { needPlan, openRunFolder } from '../../src/pipeline/run_folder.ts'
import { filesBelow, fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const list = fileWith(dir, 'p.yaml', '')
let out = ''
let runs = 0

const pipeline = (before: number, after: number): string =>
  `name: resume\nsteps:\n  - char_count: {min: ${before}}\n  - exact_dedup: {partitions: 2}\n  - char_count: {min: ${after}, as: later}\n`
const shard = (n: number): string => join(dir, `${n}.jsonl`)
const lines = (n: number, texts: string[]): string => texts.map((text, i) => `${JSON.stringify({ id: `${n}-${i}`, text })}\n`).join('')

beforeEach(() => {
  out = join(dir, `run${runs++}`)
  for (const n of [0, 1, 2]) writeFileSync(shard(n), lines(n, [`only in ${n}`, 'in every shard', 'x']))
})

/** Run, and say which tasks had to be done: pass/index. */
async function ran(text: string, { limit }: { limit?: number } = {}): Promise<string[]> {
  writeFileSync(list, text)
  const { plan, splits } = await planRun(list, { input: [shard(0), shard(1), shard(2)], set: [], ...(limit ? { limit } : {}) })
  const done: string[] = []
  const release = openRunFolder(out, plan, splits)
  try {
    const { failed } = await runLocal(plan, out, {
      workers: 0,
      onTask: ({ pass, index }, reused) => void (reused || done.push(`${pass}/${index}`)),
    })
    expect(failed).toEqual([])
  } finally {
    release()
  }
  return done
}

const first = ['0/0', '0/1', '0/2']
const jobs = ['0-exact_dedup-compare/0', '0-exact_dedup-compare/1']
const second = ['1/0', '1/1', '1/2']

test('nothing has changed: nothing runs', async () => {
  expect(await ran(pipeline(2, 0))).toEqual([...first, ...jobs, ...second])
  expect(await ran(pipeline(2, 0))).toEqual([])
})

test.each(['exact_dedup', 'minhash_dedup', 'line_dedup', 'paragraph_dedup', 'sentence_span_dedup', 'substring_dedup'])(
  'nothing has changed, and %s finds nothing: nothing runs',
  async (barrier) => {
    for (const n of [0, 1, 2]) writeFileSync(shard(n), lines(n, n === 1 ? [] : [`words that are in ${n} alone`]))
    const text = `name: resume\nsteps:\n  - char_count: {min: 2}\n  - ${barrier}\n  - char_count: {min: 0, as: later}\n`
    expect(await ran(text)).not.toEqual([])
    expect(await ran(text)).toEqual([])
  },
)

test('an option after the barrier: the passes after it run', async () => {
  await ran(pipeline(2, 0))
  expect(await ran(pipeline(2, 5))).toEqual(second)
  // Results of an earlier configuration are not kept beside the new ones.
  expect(await ran(pipeline(2, 0))).toEqual(second)
})

test('an option before the barrier: everything runs', async () => {
  await ran(pipeline(2, 0))
  expect(await ran(pipeline(3, 0))).toEqual([...first, ...jobs, ...second])
})

test('comments, spaces, names and the order of options change nothing', async () => {
  await ran(pipeline(2, 0))
  expect(await ran(`# why\n${pipeline(2, 0).replace('{min: 0, as: later}', '\n      as: later\n      min: 0.0')}`)).toEqual([])
})

test('the content of an input: that shard, and what depends on it', async () => {
  await ran(pipeline(2, 0))
  writeFileSync(shard(1), lines(1, ['only in 1 and new', 'in every shard', 'x']))
  // The other shards' documents and decisions are what they were.
  expect(await ran(pipeline(2, 0))).toEqual(['0/1', ...jobs, '1/1'])
  // Another document survives now, and the decisions on its duplicates name it.
  writeFileSync(shard(0), lines(0, ['only in 0', 'no longer in every shard', 'x']))
  expect(await ran(pipeline(2, 0))).toEqual(['0/0', ...jobs, '1/0', '1/1', '1/2'])
})

test('the time stamp of an input: nothing', async () => {
  await ran(pipeline(2, 0))
  utimesSync(shard(1), new Date(), new Date(Date.now() + 60_000))
  expect(await ran(pipeline(2, 0))).toEqual([])
})

test('an output that is missing or cut short: the task that wrote it', async () => {
  await ran(pipeline(2, 0))
  rmSync(join(out, 'data/00001.parquet'))
  const file = join(out, 'verdicts/00002.parquet')
  writeFileSync(file, readFileSync(file).subarray(0, 100))
  expect(await ran(pipeline(2, 0))).toEqual(['1/1', '1/2'])
})

test('an entry of a sealed pass that is damaged: the task', async () => {
  await ran(pipeline(2, 0))
  for (const [pass, index] of [
    ['0', 1],
    ['1', 2],
  ] as const) {
    const { key } = needPlan(out).passes.find(({ name }) => name === pass)!
    const seal = join(out, 'ledger', `${pass}.${key}`)
    const bytes = readFileSync(seal)
    bytes[bytes.indexOf(`"index":${index}`)]! ^= 1
    writeFileSync(seal, bytes)
  }
  expect(await ran(pipeline(2, 0))).toEqual(['0/1', '1/2'])
})

test('a seal that is gone: its tasks', async () => {
  await ran(pipeline(2, 0))
  rmSync(join(out, 'ledger'), { recursive: true })
  expect(await ran(pipeline(2, 0))).toEqual([...first, ...jobs, ...second])
})

test('a limit is part of what a run is', async () => {
  await ran(pipeline(2, 0))
  expect(await ran(pipeline(2, 0), { limit: 4 })).toEqual([...first, ...jobs, ...second])
  expect(await ran(pipeline(2, 0), { limit: 4 })).toEqual([])
  // One document fewer in the first shard is one more of the second.
  writeFileSync(shard(0), lines(0, ['only in 0', 'in every shard']))
  expect(await ran(pipeline(2, 0), { limit: 4 })).toEqual(['0/0', '0/1', ...jobs, '1/0', '1/1'])
})

test('a shard that cannot be read fails alone; the next run does what is left', async () => {
  writeFileSync(list, pipeline(2, 0))
  const { plan, splits } = await planRun(list, { input: [shard(0), shard(1), shard(2)], set: [] })
  rmSync(shard(1))
  const done: string[] = []
  const release = openRunFolder(out, plan, splits)
  const { failed } = await runLocal(plan, out, { workers: 0, onTask: ({ pass, index }) => void done.push(`${pass}/${index}`) })
  release()
  expect(failed.map(({ pass, index, code, userError }) => ({ pass, index, code, userError }))).toEqual([
    { pass: '0', index: 1, code: 'ENOENT', userError: false },
  ])
  expect(done).toEqual(['0/0', '0/2'])
  expect(filesBelow(out).filter((path) => /\.part|^data/.test(path))).toEqual([])
  writeFileSync(shard(1), lines(1, ['back again']))
  expect(await ran(pipeline(2, 0))).toEqual(['0/1', ...jobs, ...second])
})

test('cut into fewer splits: no file of the larger number stays', async () => {
  writeFileSync(list, pipeline(2, 0))
  const many = lines(
    7,
    Array.from({ length: 200 }, (_, i) => `text number ${i}`),
  )
  writeFileSync(shard(0), many)
  const cut = async (splitBytes: number): Promise<string[]> => {
    const { plan, splits } = await planRun(list, { input: [shard(0)], set: [], splitBytes })
    const release = openRunFolder(out, plan, splits)
    expect((await runLocal(plan, out, { workers: 0 })).failed).toEqual([])
    release()
    expect(splits.length).toBe(Math.ceil(many.length / splitBytes))
    return filesBelow(join(out, 'data'))
  }
  expect((await cut(1000)).length).toBe(Math.ceil(many.length / 1000))
  expect(await cut(many.length)).toEqual(['00000.parquet'])
})
