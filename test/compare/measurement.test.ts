import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { armOf, type Measurement, openMeasurement, readIn } from '../../src/compare/measurement.ts'
import { crawl, fileWith, jsonShards, runHere, temporaryFolder } from '../support.ts'
import { crawlPipeline, measureCrawl, measureDocuments } from './support.ts'

const dir = temporaryFolder()
const measured = join(dir, 'measured')
let measurement: Measurement

beforeAll(async () => {
  measurement = await measureCrawl(dir, measured)
})

describe('a pipeline that nothing measured can speak for is refused', () => {
  test.each([
    [
      'another text',
      (text: string) => text.replace('- extract_html', '- extract_html: {preset: recall}'),
      /p: its text was extracted differently: extract_html has other options/,
    ],
    [
      'a value that was not measured',
      (text: string) => text.replace('- letter_word_ratio', '- char_count: {min: 5}'),
      /p: it has not measured char_count with these options/,
    ],
    [
      'a value measured on an edited text',
      (text: string) => text.replace('  - letter_word_ratio', '  - trim_lines\n  - letter_word_ratio: {min: 0.8}'),
      /p: its text was extracted differently: it has no trim_lines|it also has trim_lines/,
    ],
  ])('%s', async (name, change, message) => {
    const other = fileWith(dir, `${name}.yaml`, change(readFileSync(crawlPipeline(dir), 'utf8')))
    await expect(armOf(measurement, other)).rejects.toThrow(message)
  })

  test('a run that dropped documents, and a folder without one', async () => {
    await runHere(crawlPipeline(dir), `${crawl}CC-MAIN-20250512-00000.warc.gz`, join(dir, 'dropped'))
    expect(() => openMeasurement(join(dir, 'dropped'))).toThrow('dropped documents at the first bound they broke')
    expect(() => openMeasurement(join(dir, 'nowhere'))).toThrow('no run here')
  })
})

test('an arm by its name, changed on the command line', async () => {
  expect(measurement.runs.map(({ name }) => name)).toEqual(['p'])
  const [plain, changed] = [await armOf(measurement, 'p'), await armOf(measurement, undefined, { set: ['word_count.min=200'] })]
  expect(plain.rules.map(({ label, bounds }) => [label, bounds])).toEqual([
    ['word_count', { min: 50 }],
    ['mean_word_length', { above: 3, below: 10 }],
    ['line_punct_ratio', { min: 0.5 }],
    ['duplicate_line_ratio', { max: 0.3 }],
  ])
  expect(changed.rules[0]).toEqual({ label: 'word_count', column: 'word_count', bounds: { min: 200 } })
  await expect(armOf(measurement, 'q')).rejects.toThrow('q: no pipeline of that name')
})

test('barriers stand where the rules of an arm are others than those measured', async () => {
  const input = jsonShards(dir, [[{ id: 'a', text: 'one two' }], [{ id: 'b', text: 'one' }]])
  const opened = openMeasurement(await measureDocuments(dir, 'standing', input, 'word_count: {min: 1}', 'exact_dedup'))
  expect((await armOf(opened, undefined)).standing).toEqual([])
  expect((await armOf(opened, undefined, { set: ['word_count.min=2'] })).standing).toEqual(['exact_dedup'])
  expect(readIn(opened.runs[0]!)).toBe(2)
})

test('runs on other inputs are no measurement together', async () => {
  const together = join(dir, 'together')
  mkdirSync(together)
  const shards = jsonShards(dir, [[{ id: 'a', text: 'one' }], [{ id: 'b', text: 'two' }]])
  await measureDocuments(together, 'x', [shards[0]!])
  await measureDocuments(together, 'y', [shards[1]!])
  expect(() => openMeasurement(together)).toThrow(`${join(together, 'y')} was measured on other inputs than ${join(together, 'x')}`)
})
