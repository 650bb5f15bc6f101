import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openMeasured, planOf } from '../../src/commands/compare.ts'
import { attribute, type Decisions, decide, overlaps, reaches, rulesIn } from '../../src/compare/decisions.ts'
import type { VerdictTable } from '../../src/compare/verdict_table.ts'
import { brokenBound } from '../../src/core/filter.ts'
import type { Plan } from '../../src/pipeline/plan.ts'
import { crawl, decant, fileWith, parquetRows, readJson, runHere, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const shards = `${crawl}*.warc.gz`
const pipeline = fileWith(
  dir,
  'p.yaml',
  `name: p
steps:
  - read
  - extract_html
  - word_count: { min: 50 }
  - mean_word_length: { above: 3, below: 10 }
  - line_punct_ratio: { min: 0.5 }
  - duplicate_line_ratio: { max: 0.3 }
  - letter_word_ratio
  - token_count
  - write
`,
)
const measured = join(dir, 'measured')
let run: Plan
let verdicts: VerdictTable
let reached: Uint8Array

beforeAll(async () => {
  await runHere(pipeline, shards, measured, { measure: true })
  const opened = await openMeasured(measured)
  run = opened.run
  verdicts = await opened.load(
    rulesIn(run, run)
      .map(({ column }) => column)
      .concat('letter_word_ratio'),
  )
  reached = reaches(verdicts, run)
})

const decided = async (...set: string[]): Promise<Decisions> =>
  decide(verdicts, reached, rulesIn(run, await planOf(run, undefined, { set })))
const ids = ({ kept }: Decisions): string[] => verdicts.ids.filter((_, i) => kept[i] === 1).sort()

describe('deciding on measured values gives what a run with those settings gives', () => {
  test.each([
    [[]],
    [['word_count.min=200']],
    [['word_count.min=null', 'duplicate_line_ratio.max=0.1']],
    [['letter_word_ratio.min=0.8', 'line_punct_ratio.min=null']],
    [['mean_word_length.above=4', 'mean_word_length.below=4.6']],
  ])('%j', async (set) => {
    const out = join(dir, `run-${set.join()}`)
    const { manifest } = await runHere(pipeline, shards, out, { set })
    const rows = (await Promise.all([0, 1, 2, 3, 4].map((i) => parquetRows(join(out, `data/0000${i}.parquet`))))).flat()
    const decisions = await decided(...set)
    expect(ids(decisions)).toEqual(rows.map(({ id }) => String(id)).sort())
    expect(decisions.keptAmount).toEqual({
      documents: manifest.records.kept,
      bytes: manifest.text_bytes.kept,
      tokens: manifest.tokens!.kept,
    })
    // What each rule is the first to remove is what the run's reasons say.
    const first = attribute(decisions).flatMap(({ label, first: { documents } }) => (documents > 0 ? [[label, documents]] : []))
    const reasons = Object.entries(manifest.records.removed).map(([reason, n]): [string, number] => [
      reason.slice(0, reason.lastIndexOf('.')),
      n,
    ])
    const byRule = new Map<string, number>()
    for (const [label, n] of reasons) if (!/^(read|extract_html)$/.test(label)) byRule.set(label, (byRule.get(label) ?? 0) + n)
    expect(Object.fromEntries(first)).toEqual(Object.fromEntries(byRule))
  })
})

test('what each rule does is what counting document by document gives', async () => {
  const decisions = await decided()
  const { rules } = decisions
  const broken = verdicts.ids.map((_, i) =>
    reached[i] ? rules.flatMap(({ column, bounds }, r) => (brokenBound(verdicts.values.get(column)![i]!, bounds) ? [r] : [])) : [],
  )
  const documents = (wanted: (rules: number[]) => boolean): number => broken.filter(wanted).length
  attribute(decisions).forEach(({ first, solo, unique, share }, r) => {
    expect([first, solo, unique].map((amount) => amount.documents)).toEqual([
      documents((list) => list[0] === r),
      documents((list) => list.includes(r)),
      documents((list) => list.length === 1 && list[0] === r),
    ])
    expect(share.documents).toBeCloseTo(
      broken.reduce((sum, list) => sum + (list.includes(r) ? 1 / list.length : 0), 0),
      9,
    )
  })
  const removed = documents((list) => list.length > 0)
  expect(attribute(decisions).reduce((sum, { share }) => sum + share.documents, 0)).toBeCloseTo(removed, 9)
  expect(overlaps(decisions)).toEqual(rules.map((_, a) => rules.map((__, b) => documents((list) => list.includes(a) && list.includes(b)))))
})

describe('a pipeline that the run cannot speak for is refused', () => {
  test.each([
    [
      'another text',
      (text: string) => text.replace('- extract_html', '- extract_html: {preset: recall}'),
      /does not make the texts that were measured/,
    ],
    [
      'a value that was not measured',
      (text: string) => text.replace('- letter_word_ratio', '- char_count: {min: 5}'),
      /has not measured char_count/,
    ],
    [
      'a value measured on an edited text',
      (text: string) => text.replace('  - letter_word_ratio', '  - trim_lines\n  - letter_word_ratio: {min: 0.8}'),
      /does not make the texts/,
    ],
  ])('%s', async (name, change, message) => {
    const source = await import('node:fs').then(({ readFileSync }) => readFileSync(pipeline, 'utf8'))
    const other = fileWith(dir, `${name}.yaml`, change(source))
    const plan = await planOf(run, other, { set: [] })
    expect(() => rulesIn(run, plan)).toThrow(message)
  })

  test('a run that dropped documents', async () => {
    await runHere(pipeline, `${crawl}CC-MAIN-20250512-00000.warc.gz`, join(dir, 'dropped'))
    await expect(openMeasured(join(dir, 'dropped'))).rejects.toThrow('dropped documents at the first bound they broke')
  })
})

interface Sweep {
  current: number
  candidates: number
  kept: { threshold: number; documents: number; tokens: number }[]
  nearest: { id: string; value: number }[]
}

describe('sweep', () => {
  test.each([
    ['word_count.min', 50],
    ['duplicate_line_ratio.max', 0.3],
    ['mean_word_length.above', 3],
    ['mean_word_length.below', 10],
  ])('%s: each threshold keeps what deciding with it keeps', async (target, current) => {
    const { stdout } = await decant(['sweep', measured, target, '--json'])
    const result = JSON.parse(stdout) as Sweep
    expect([result.current, result.kept.length]).toEqual([current, 21])
    for (const { threshold, documents, tokens } of result.kept) {
      // No number is above 3 and below 2: not a setting that can be run.
      if (target === 'mean_word_length.below' && threshold <= 3) {
        expect(documents).toBe(0)
        continue
      }
      const { keptAmount } = await decided(`${target}=${threshold}`)
      expect([threshold, documents, tokens]).toEqual([threshold, keptAmount.documents, keptAmount.tokens])
    }
  })

  test('shows the documents nearest to the bound', async () => {
    const result = JSON.parse((await decant(['sweep', measured, 'line_punct_ratio.min', '--json', '--nearest', '2'])).stdout) as Sweep
    const values = result.nearest.map(({ value }) => value)
    expect(values).toEqual([...values].sort((a, b) => a - b))
    expect(values.filter((value) => value < 0.5).length).toBe(2)
  })

  test.each([
    ['word_count', 'decant: word_count: not a bound'],
    ['wrd_count.min', 'decant: wrd_count.min: no step measures "wrd_count"; did you mean word_count?'],
  ])('of %s', async (target, message) => {
    const { code, stderr } = await decant(['sweep', measured, target])
    expect([code, stderr.split('\n')[0]]).toEqual([2, message])
  })
})

test('compare says who keeps what, and why the other does not', async () => {
  const { stdout } = await decant(['compare', measured, '--set', 'word_count.min=300', '--json', '--samples', '2'])
  const result = JSON.parse(stdout) as Record<'only_a' | 'only_b' | 'both' | 'neither', { documents: number }> & {
    a: { kept: { documents: number } }
    samples: { only_a: { broken: { rule: string; value: number }[] }[] }
  }
  const [a, b] = [await decided(), await decided('word_count.min=300')]
  expect(result.only_a.documents).toBe(a.keptAmount.documents - b.keptAmount.documents)
  expect([result.only_b.documents, result.both.documents]).toEqual([0, b.keptAmount.documents])
  expect(result.samples.only_a.map(({ broken }) => broken.map(({ rule, value }) => [rule, value < 300]))).toEqual([
    [['word_count', true]],
    [['word_count', true]],
  ])
  const words = (await decant(['compare', measured, '--set', 'word_count.min=300'])).stdout
  expect(words).toContain('kept by p (A)')
  expect(words).toMatch(/only p \(A\) keeps; what p \(B\) objects to\n {2}\S+\n {4}word_count \d+\n/)
  expect(readJson<{ options: { measure: boolean } }>(join(measured, 'manifest.json')).options.measure).toBe(true)
})
