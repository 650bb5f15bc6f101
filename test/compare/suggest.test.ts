import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ArmVerdicts } from '../../src/compare/judge.ts'
import { HashSample, openCorpus, type Suggestions, suggestRules } from '../../src/compare/suggest.ts'
import { readConfig } from '../../src/pipeline/config.ts'
import { makePlan } from '../../src/pipeline/make_plan.ts'
import { stepsOf } from '../../src/pipeline/plan.ts'
import { crawl, decant, fileWith, readJson, runHere, temporaryFolder } from '../support.ts'
import { verdictRows } from './support.ts'

const dir = temporaryFolder()
const pipeline = (name: string, rules: string): string =>
  fileWith(dir, `${name}.yaml`, `name: ${name}\nsteps:\n  - read\n  - extract_html\n${rules}  - token_count\n  - write\n`)
const rules = `  - word_count: { min: 50 }
  - symbol_word_ratio: { as: hash_word_ratio, symbols: ['#'], max: 0.1 }
  - line_punct_ratio
  - mean_word_length
`
const [mine, raw, other] = ['both/mine', 'both/raw', 'other'].map((name) => join(dir, name)) as [string, string, string]

beforeAll(async () => {
  await runHere(pipeline('mine', rules), `${crawl}*.warc.gz`, mine, { measure: true })
  // The same measures in another order on other documents, and one of its own.
  const own = rules.trimEnd().split('\n').reverse().join('\n')
  await runHere(pipeline('other', `${own}\n  - char_count\n`), `${crawl}CC-MAIN-20250512-0000[01].warc.gz`, other, { measure: true })
  await runHere(pipeline('raw', ''), `${crawl}*.warc.gz`, raw, { measure: true })
})

const options = { weight: 'documents', minRemoved: 0, maxRemoved: 1, values: 1e6 } as const
const compared = async (good: string, bad: string, more: object = {}): Promise<Suggestions> =>
  suggestRules(await openCorpus(good, '--good', undefined), await openCorpus(bad, '--bad', undefined), { ...options, ...more })

describe('what it looks at', () => {
  test('what rules keep and remove, by the verdicts', async () => {
    const { good, bad, columns } = await compared(mine, `${mine}:removed`)
    const rows = (await verdictRows(mine, 5)).filter(({ reason }) => reason === null || /^(word_count|hash_word_ratio)\./.test(reason))
    const lists = [true, false].map((isKept) => rows.filter(({ reason }) => (reason === null) === isKept))
    expect([good.amount.documents, bad.amount.documents]).toEqual(lists.map((list) => list.length))
    expect(good.amount.tokens).toBe(lists[0]!.reduce((sum, { tokens }) => sum + Number(tokens), 0))
    expect(columns.map(({ step }) => step).sort()).toEqual([
      'hash_word_ratio',
      'line_punct_ratio',
      'mean_word_length',
      'token_count',
      'word_count',
    ])
    for (const { step, distance } of columns) {
      const [x, y] = lists.map((list) => list.map((row) => Number(row[step])).sort((a, b) => a - b)) as [number[], number[]]
      // The distance of two samples of any sizes: the mean distance of their quantiles, at so many places as both divide.
      const n = x.length * y.length
      let sum = 0
      for (let i = 0; i < n; i++) sum += Math.abs(x[Math.floor(i / y.length)]! - y[Math.floor(i / x.length)]!)
      expect(distance).toBeCloseTo(sum / n, 9)
    }
    const words = columns.find(({ step }) => step === 'word_count')!
    expect(words.bounded).toEqual([{ pipeline: 'mine', bounds: { min: 50 } }])
    expect(words.cuts[0]).toMatchObject({ bound: 'min', threshold: 50, good: { documents: 0 } })
  })

  test('of the same pages, values that only one pipeline measured', async () => {
    const { good, bad, columns } = await compared(mine, raw)
    expect(good.amount.documents).toBeLessThan(bad.amount.documents)
    expect(columns.map(({ step }) => step)).toContain('line_punct_ratio')
  })

  test('of other pages, what both have measured', async () => {
    const { columns, left_out } = await compared(`${mine}:all`, `${other}:all`)
    expect(columns.length).toBe(5)
    expect(left_out).toEqual(['char_count'])
    const same = await compared(`${other}:all`, `${other}:all`)
    expect(same.columns.map(({ separation, cuts }) => [separation, cuts])).toEqual(Array.from({ length: 6 }, () => [0, []]))
  })
})

test('a sample by hash depends on the documents alone', () => {
  const sampleOf = (shards: number[]): { size: number; values: number[] } => {
    const sample = new HashSample(1, 100)
    for (const shard of shards) {
      const all = Float64Array.from({ length: 90 }, (_, i) => shard * 1000 + i)
      const verdicts = { reached: new Uint8Array(90).fill(1), kept: new Uint8Array(90), bytes: all, tokens: all } as unknown as ArmVerdicts
      sample.addShard({ shard, size: 90, row: Int32Array.from(all.keys()), values: [all] }, verdicts, 'removed')
    }
    expect(sample.amount.documents).toBe(450)
    return { size: sample.size, values: Array.from(sample.column(0).values).sort((a, b) => a - b) }
  }
  const first = sampleOf([0, 1, 2, 3, 4])
  expect(sampleOf([3, 1, 4, 0, 2])).toEqual(first)
  expect(first.size).toBeGreaterThan(30)
  expect(first.size).toBeLessThanOrEqual(100)
})

describe('decant suggest', () => {
  test('writes rules that a pipeline can include', async () => {
    const [yaml, html] = ['candidates.yaml', 'report.html'].map((name) => join(dir, name)) as [string, string]
    const args = ['suggest', '--good', mine, '--bad', `${mine}:removed`, '-o', yaml, '--report', html]
    const { code, stdout } = await decant(args)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^word_count +min 50 +1\.000 +\d+\.\d +100\.0 % +0\.0 %/m)
    const path = fileWith(dir, 'candidate.yaml', `name: candidate\nsteps:\n  - read\n  - extract_html\n  - include: ${yaml}\n`)
    const plan = await makePlan(readConfig(path), [], { measure: false, audit: 0, keep_removed: false, limit: null })
    expect(stepsOf(plan).find(({ label }) => label === 'word_count')?.options).toMatchObject({ min: 50 })
    expect(readFileSync(html, 'utf8')).toContain('data-rule="word_count"')
    expect(readJson<Suggestions>(html.replace('.html', '.json')).good.pipeline).toBe('mine')
  })

  test('by tokens, as JSON, within limits', async () => {
    const { stdout } = await decant([
      'suggest',
      '--good',
      mine,
      '--bad',
      `${mine}:removed`,
      '--weight',
      'tokens',
      '--max-removed',
      '0.05',
      '--json',
    ])
    const { columns } = JSON.parse(stdout) as Suggestions
    const cuts = columns.flatMap((column) => column.cuts)
    expect(cuts.length).toBeGreaterThan(0)
    expect(cuts.every(({ good, bad, gain }) => good.tokens <= 0.05 && Math.abs(gain - (bad.tokens - good.tokens)) < 1e-12)).toBe(true)
  })

  test('does not write over a file of another', async () => {
    const { code, stderr } = await decant(['suggest', '--good', mine, '--bad', raw, '-o', 'mine.yaml'], { cwd: dir })
    expect([code, stderr.split('\n')[0]]).toEqual([2, 'decant: -o mine.yaml: a file that "decant suggest" has not written'])
  })
})

describe('says what is wrong', () => {
  test.each([
    ['gone', mine, 'gone: no run here (no plan.json)'],
    [`${mine}:kpt`, mine, `--good ${mine}:kpt: no documents are called "kpt"; did you mean kept?`],
    [mine, join(dir, 'both'), `--bad ${join(dir, 'both')}: holds 2 measured pipelines`],
    [mine, `${raw}:removed`, `--bad: ${raw} has no documents that are removed`],
  ])('%s, %s', async (good, bad, message) => {
    await expect(compared(good, bad)).rejects.toThrow(message)
  })
})
