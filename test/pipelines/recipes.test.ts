import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readConfig } from '../../src/pipeline/config.ts'
import { makePlan } from '../../src/pipeline/make_plan.ts'
import { fillIn, readParameters } from '../../src/pipeline/parameters.ts'
import { loadStep } from '../../src/pipeline/registry.ts'
import { chainOf, pipelineFile } from './support.ts'

/** A line of so many characters. */
const line = (length: number): string => 'word '.repeat(length).slice(0, length)

test('mc4 keeps pages with three lines of 200 characters', async () => {
  const chain = await chainOf('mc4', 'long_line_count', 'long_line_count', 1)
  const reason = (...lengths: number[]): string | null => chain(lengths.map(line).join('\n')).reason
  expect([reason(200, 200, 200), reason(200, 199, 200, 10), reason(1000, 1000)]).toEqual([
    null,
    'long_line_count.min',
    'long_line_count.min',
  ])
})

test('slimpajama counts 200 characters without ASCII punctuation and repeated spaces', async () => {
  const chain = await chainOf('slimpajama', 'fix_text', 'cleaned_char_count')
  const text = 'a'.repeat(199)
  expect([chain(`${text}b`).reason, chain(`${text} .,!`).reason, chain(`${text}  c`).reason]).toEqual([
    null,
    'cleaned_char_count.min',
    null,
  ])
})

test('colossal-oscar warns of what ungoliant warns of', async () => {
  const chain = await chainOf('colossal-oscar', 'trim_short_lines', 'noisy')
  const long = (n: number): string[] => Array.from({ length: n }, () => line(120).trim().padEnd(120, 'x'))
  const reason = (...lines: string[]): string | null => chain(lines.join('\n')).reason
  expect(reason(...long(5))).toBe(null)
  // Short lines at the ends are cut off; those in between stay.
  expect(chain(['menu', ...long(2), 'short', ...long(3), '©'].join('\n')).text).toBe([...long(2), 'short', ...long(3)].join('\n'))
  expect(reason(...long(4))).toBe('tiny.min')
  expect(reason(...long(1), ...Array.from({ length: 6 }, () => line(90)), ...long(1))).toBe('long_line_char_ratio.min')
  expect(reason(...Array.from({ length: 5 }, () => `${'1'.repeat(50)}${'a'.repeat(70)}`))).toBe(null)
  expect(reason(...Array.from({ length: 5 }, () => `${'1'.repeat(70)}${'a'.repeat(50)}`))).toBe('noisy.min')
})

test.each(readdirSync(pipelineFile('fineweb-2')))('fineweb-2 with %s', async (file) => {
  const config = readConfig(pipelineFile('fineweb-2.yaml'), [], pipelineFile(`fineweb-2/${file}`))
  const published = parse(readFileSync(pipelineFile(`fineweb-2/${file}`), 'utf8')) as Record<string, unknown>
  const options = Object.fromEntries(config.steps.map((step) => [step.label, step.options]))
  expect(options['duplicate_line_ratio']).toEqual({ max: published['dup_line_frac'] })
  expect(options['stop_word_count']).toEqual({ tokenizer: published['tokenizer'], words: published['stopwords'], min: 2 })
  // 0 switches a Gopher rule off; for FineWeb's own rules it is a bound.
  expect(options['mean_word_length']?.['min']).toBe(published['min_avg_word_length'] || undefined)
  expect(options['line_punct_ratio']).toEqual({ min: published['line_punct_thr'] })
  expect((await makePlan(config, [], { measure: false, audit: 0, keep_removed: false, limit: null })).passes).toHaveLength(6)
})

const commented = readdirSync(pipelineFile('')).flatMap((file) =>
  file.endsWith('.yaml')
    ? [...readFileSync(pipelineFile(file), 'utf8').matchAll(/^ +# - (\w+: \{.*\})$/gm)].map(([, step]): [string, string] => [file, step!])
    : [],
)

test.each(commented)('%s: a step that waits for its files has the right options: %s', async (_, step) => {
  const [[stepName, given]] = Object.entries(parse(step) as Record<string, Record<string, unknown>>) as [[string, Record<string, unknown>]]
  const { as: _label, ...options } = fillIn(given, readParameters(pipelineFile('ccnet/en.yml'), step), () => step)
  expect((await loadStep(stepName)).schema.safeParse(options).error).toBeUndefined()
})
