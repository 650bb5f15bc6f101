import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { judge } from '../../src/compare/judge.ts'
import { type Arm, armOf, type Measurement, openMeasurement } from '../../src/compare/measurement.ts'
import { fileWith, htmlResponse, jsonShards, members, parquetRows, runHere, temporaryFolder } from '../support.ts'
import { crawlPipeline, crawlShards, keptIds, measureCrawl, tallyOf } from './support.ts'

const dir = temporaryFolder()
const measured = join(dir, 'measured')
let measurement: Measurement
let armWith: (...set: string[]) => Promise<Arm>

beforeAll(async () => {
  measurement = await measureCrawl(dir, measured)
  armWith = (...set) => armOf(measurement, undefined, { set })
})

describe('deciding on measured values gives what a run with those settings gives', () => {
  test.each([
    [[]],
    [['word_count.min=200']],
    [['word_count.min=null', 'duplicate_line_ratio.max=0.1']],
    [['letter_word_ratio.min=0.8', 'line_punct_ratio.min=null']],
    [['mean_word_length.above=4', 'mean_word_length.below=4.6']],
  ])('%j', async (set) => {
    const out = join(dir, `run-${set.join()}`)
    const { manifest } = await runHere(crawlPipeline(dir), crawlShards, out, { set })
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
    const tally = await tallyOf(arm, 1)
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
    const tally = await tallyOf(arm, 1)
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
