import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { Tally } from '../../src/compare/attribution.ts'
import { type ArmVerdicts, judge } from '../../src/compare/judge.ts'
import { type Arm, armOf, type Measurement, openMeasurement } from '../../src/compare/measurement.ts'
import { crawl, decant, fileWith, htmlResponse, jsonShards, members, parquetRows, readJson, runHere, temporaryFolder } from '../support.ts'
import { brokenByHand, keptIds, verdictRows } from './support.ts'

const dir = temporaryFolder()
/** Three shards of the crawl, with damage in one. */
const shards = `${crawl}*-0000{0,1,4}.warc.gz`
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
let measurement: Measurement

beforeAll(async () => {
  await runHere(pipeline, shards, measured, { measure: true })
  measurement = openMeasurement(measured)
})

const armWith = (...set: string[]): Promise<Arm> => armOf(measurement, undefined, { set })

async function tallyOf(arm: Arm): Promise<Tally> {
  const tally = new Tally(labels(arm))
  for await (const { arms } of judge(3, [arm])) tally.add(arms[0] as ArmVerdicts)
  return tally
}
const labels = ({ rules }: Arm): string[] => rules.map(({ label }) => label)

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
    const rows = (await Promise.all([0, 1, 2].map((i) => parquetRows(join(out, `data/0000${i}.parquet`))))).flat()
    const arm = await armWith(...set)
    expect(await keptIds(measurement, arm)).toEqual(rows.map(({ id }) => String(id)).sort())
    const tally = await tallyOf(arm)
    expect(tally.kept).toEqual({ documents: manifest.records.kept, bytes: manifest.text_bytes.kept, tokens: manifest.tokens!.kept })
    // What each rule is the first to remove is what the run's reasons say.
    const first = tally.rules.flatMap(({ label, first: { documents } }) => (documents > 0 ? [[label, documents]] : []))
    const byRule = new Map<string, number>()
    for (const [reason, n] of Object.entries(manifest.records.removed)) {
      const label = reason.slice(0, reason.lastIndexOf('.'))
      if (!/^(read|extract_html)$/.test(label)) byRule.set(label, (byRule.get(label) ?? 0) + n)
    }
    expect(Object.fromEntries(first)).toEqual(Object.fromEntries(byRule))
  })
})

test('what each rule does is what counting document by document gives', async () => {
  const arm = await armWith()
  const broken = brokenByHand(arm, await verdictRows(measured, 3)).map((list) => list ?? [])
  const documents = (wanted: (rules: number[]) => boolean): number => broken.filter(wanted).length
  const tally = await tallyOf(arm)
  const attributions = tally.rules
  attributions.forEach(({ first, solo, unique, share }, r) => {
    expect([first, solo, unique].map((amount) => amount.documents)).toEqual([
      documents((list) => list[0] === r),
      documents((list) => list.includes(r)),
      documents((list) => list.length === 1 && list[0] === r),
    ])
    const byHand = broken.reduce((sum, list) => sum + (list.includes(r) ? 1 / list.length : 0), 0)
    expect(share.documents).toBeCloseTo(byHand, 9)
  })
  expect(attributions.reduce((sum, { share }) => sum + share.documents, 0)).toBeCloseTo(
    documents((list) => list.length > 0),
    9,
  )
  const byHand = arm.rules.map((_, a) => arm.rules.map((__, b) => documents((list) => list.includes(a) && list.includes(b))))
  expect(tally.overlaps).toEqual(byHand)
})

test('shares are Shapley values: the mean over all orders of what each rule is the first to remove', async () => {
  const arm = await armWith()
  const broken = brokenByHand(arm, await verdictRows(measured, 3)).flatMap((list) => (list && list.length > 0 ? [list] : []))
  const orders = (items: number[]): number[][] =>
    items.length < 2 ? [items] : items.flatMap((item) => orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]))
  const all = orders([...arm.rules.keys()])
  const { rules } = await tallyOf(arm)
  rules.forEach(({ share }, r) => {
    const firsts = all.map((order) => broken.filter((list) => order.find((rule) => list.includes(rule)) === r).length)
    expect(share.documents).toBeCloseTo(firsts.reduce((a, b) => a + b, 0) / all.length, 9)
  })
})

test('a page that a rule removes by its address, and that turns out to have no text', async () => {
  const words = fileWith(dir, 'words.txt', 'bad\n')
  const text = '<p>The river rose in the night, and by morning the lower meadow was a lake that shone.</p>'
  const pages: [string, string][] = [
    ['https://a.example/bad/1', ''],
    ['https://a.example/good/2', text],
    ['https://a.example/bad/3', text],
    ['https://a.example/good/4', ''],
    ['https://a.example/good/5', text],
  ]
  const records = pages.map(([url, html], i) => htmlResponse(`p${i}`, `<html><body><article>${html}</article></body></html>`, { url }))
  const warc = fileWith(dir, 'pages.warc.gz', members(records).bytes)
  const rules = `name: rules\nsteps:\n  - url_word_count: {words: ${words}, max: 0}\n  - extract_html\n  - word_count: {min: 5}\n`
  const [file, out] = [fileWith(dir, 'rules.yaml', rules), join(dir, 'rules-measured')]
  await runHere(file, warc, out, { measure: true })
  const opened = openMeasurement(out)
  for (const set of [[], ['url_word_count.max=null'], ['url_word_count.max=null', 'word_count.min=null']]) {
    const again = join(dir, `rules-${set.join()}`)
    const { manifest } = await runHere(file, warc, again, { set })
    const arm = await armOf(opened, undefined, { set })
    expect(await keptIds(opened, arm)).toEqual((await parquetRows(join(again, 'data/00000.parquet'))).map(({ id }) => String(id)).sort())
    const tally = new Tally(labels(arm))
    for await (const { arms } of judge(1, [arm])) tally.add(arms[0] as ArmVerdicts)
    const first = tally.rules.find(({ label }) => label === 'url_word_count')
    expect(first?.first.documents ?? 0).toBe(manifest.records.removed['url_word_count.max'] ?? 0)
  }
  // Where texts are is told apart from where they are not, whatever the reason.
  for await (const { arms } of judge(1, [await armOf(opened, undefined)])) expect(Array.from(arms[0]!.dataRow)).toEqual([-1, 0, 1, -1, 2])
})

test('rules before a barrier decide on what it removed, and what they remove is counted before it is edited', async () => {
  const long = 'a line of nine words that is long enough here'
  const documents = [
    { id: 'a', text: `${long}\n${long} too\nshort` },
    { id: 'b', text: `${long}\n${long} too\nshort` },
    { id: 'c', text: `short\nlines\nonly here` },
    { id: 'd', text: `${long}\n${long}\n${long}\nend` },
  ]
  const steps =
    '  - read\n  - word_count: {min: 6}\n  - drop_short_lines: {min_words: 3}\n  - exact_dedup\n  - char_count: {min: 1}\n  - token_count\n  - write\n'
  const [file, input] = [fileWith(dir, 'b.yaml', `name: b\nsteps:\n${steps}`), jsonShards(dir, [documents])[0]!]
  const out = join(dir, 'barrier-measured')
  await runHere(file, input, out, { measure: true })
  const opened = openMeasurement(out)
  for (const set of [[], ['word_count.min=25'], ['char_count.min=100']]) {
    const arm = await armOf(opened, undefined, { set })
    const tally = new Tally(labels(arm))
    for await (const { arms } of judge(1, [arm])) tally.add(arms[0] as ArmVerdicts)
    const { manifest } = await runHere(file, input, join(dir, `barrier-${set.join()}`), { set })
    const [words, characters] = tally.rules
    const removed = (reason: string) => [
      manifest.records.removed[reason] ?? 0,
      manifest.tokens!.removed[reason] ?? 0,
      manifest.text_bytes.removed[reason] ?? 0,
    ]
    expect([words!.first.documents, words!.first.tokens, words!.first.bytes]).toEqual(removed('word_count.min'))
    expect(characters!.first.documents).toBe(manifest.records.removed['char_count.min'] ?? 0)
    expect(tally.byBarriers.documents).toBe(manifest.records.removed['exact_dedup.duplicate'] ?? 0)
    expect(tally.reached.documents).toBe(4)
    expect(tally.kept).toEqual({ documents: manifest.records.kept, bytes: manifest.text_bytes.kept, tokens: manifest.tokens!.kept })
  }
})

describe('a pipeline that nothing measured can speak for is refused', () => {
  test.each([
    [
      'another text',
      (text: string) => text.replace('- extract_html', '- extract_html: {preset: recall}'),
      /p: its texts were made otherwise: extract_html has other options/,
    ],
    [
      'a value that was not measured',
      (text: string) => text.replace('- letter_word_ratio', '- char_count: {min: 5}'),
      /p: it has not measured char_count with these options/,
    ],
    [
      'a value measured on an edited text',
      (text: string) => text.replace('  - letter_word_ratio', '  - trim_lines\n  - letter_word_ratio: {min: 0.8}'),
      /p: its texts were made otherwise: it has no trim_lines|trim_lines stands where it has nothing more/,
    ],
  ])('%s', async (name, change, message) => {
    const other = fileWith(dir, `${name}.yaml`, change(readFileSync(pipeline, 'utf8')))
    await expect(armOf(measurement, other)).rejects.toThrow(message)
  })

  test('a run that dropped documents, and a folder without one', async () => {
    await runHere(pipeline, `${crawl}CC-MAIN-20250512-00000.warc.gz`, join(dir, 'dropped'))
    expect(() => openMeasurement(join(dir, 'dropped'))).toThrow('dropped documents at the first bound they broke')
    expect(() => openMeasurement(join(dir, 'nowhere'))).toThrow('no run here')
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
    for (const { threshold, documents, tokens } of result.kept.filter((_, i) => i % 5 === 0)) {
      // No number is above 3 and below 2: not a setting that can be run.
      if (target === 'mean_word_length.below' && threshold <= 3) {
        expect(documents).toBe(0)
        continue
      }
      const { kept } = await tallyOf(await armWith(`${target}=${threshold}`))
      expect([threshold, documents, tokens]).toEqual([threshold, kept.documents, kept.tokens])
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
    samples: { only_a: { values: Record<string, number> }[] }
  }
  const [a, b] = [await tallyOf(await armWith()), await tallyOf(await armWith('word_count.min=300'))]
  expect(result.only_a.documents).toBe(a.kept.documents - b.kept.documents)
  expect([result.only_b.documents, result.both.documents]).toEqual([0, b.kept.documents])
  expect(result.samples.only_a.map(({ values }) => values['word_count']! < 300)).toEqual([true, true])
  const words = (await decant(['compare', measured, '--set', 'word_count.min=300'])).stdout
  expect(words).toContain('kept by p (A)')
  expect(words).toMatch(/only p \(A\) keeps; what p \(B\) objects to\n {2}\S+\n {4}word_count \d+\n/)
  expect(readJson<{ options: { measure: boolean } }>(join(measured, 'manifest.json')).options.measure).toBe(true)
})
