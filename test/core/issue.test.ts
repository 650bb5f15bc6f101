import { expect, test } from 'vitest'
import { z } from 'zod'
import { expectedText, issueText } from '../../src/core/issue.ts'

const options = z.strictObject({
  min: z.number().optional(),
  rows: z.int().min(1).max(100).optional(),
  rate: z.number().gt(0).lt(1).optional(),
  even: z.number().multipleOf(2).optional(),
  name: z.string().min(1).max(3).optional(),
  words: z.array(z.string()).min(1).optional(),
  when: z.enum(['always', 'never', 'sometimes']).optional(),
  html: z.union([z.boolean(), z.literal('auto')]).optional(),
  pattern: z.union([z.object({ text: z.string() }), z.object({ regex: z.string() })]).optional(),
  format: z.string().startsWith('decant-').optional(),
  code: z
    .string()
    .regex(/^[a-z]+$/)
    .optional(),
  exact: z.boolean().optional(),
  pairs: z.array(z.tuple([z.int(), z.number()])).optional(),
  weights: z.record(z.string(), z.number()).optional(),
  rising: z
    .array(z.number())
    .refine(([a, b]) => a! < b!, 'each must be above the one before it')
    .optional(),
  rules: z.array(z.object({ bound: z.number() })).optional(),
})

test.each<[value: unknown, text: string]>([
  [{ min: 'abc' }, 'min: expected a number, got "abc"'],
  [{ min: null }, 'min: expected a number, got null'],
  [{ min: Number.NaN }, 'min: expected a number, got NaN'],
  [{ min: ['a'.repeat(100)] }, `min: expected a number, got ["${'a'.repeat(58)}…`],
  [{ rows: 1.5 }, 'rows: expected a whole number, got 1.5'],
  [{ rows: 0 }, 'rows: expected a number of at least 1, got 0'],
  [{ rows: 101 }, 'rows: expected a number of at most 100, got 101'],
  [{ rate: 0 }, 'rate: expected a number above 0, got 0'],
  [{ rate: 1 }, 'rate: expected a number below 1, got 1'],
  [{ even: 3 }, 'even: expected a multiple of 2, got 3'],
  [{ name: '' }, 'name: expected a text that is not empty, got ""'],
  [{ name: 'four' }, 'name: expected a text of at most 3 characters, got "four"'],
  [{ words: [] }, 'words: expected a list that is not empty, got []'],
  [{ words: 'en' }, 'words: expected a list, got "en"'],
  [{ words: ['a', 7] }, 'words[1]: expected a text, got 7'],
  [{ when: 'allways' }, 'when: expected one of always, never or sometimes, got "allways"; did you mean always?'],
  [{ when: 7 }, 'when: expected one of always, never or sometimes, got 7'],
  [{ html: 'yes' }, 'html: expected true, false or auto, got "yes"'],
  [{ pattern: {} }, 'pattern: expected a map with "text" or a map with "regex", got {}'],
  [{ format: 'x/1' }, 'format: expected a text that begins with "decant-", got "x/1"'],
  [{ code: 'A' }, 'code: expected a text that matches /^[a-z]+$/, got "A"'],
  [{ exact: 'no' }, 'exact: expected true or false, got "no"'],
  [{ pairs: [[2, 'x']] }, 'pairs[0][1]: expected a number, got "x"'],
  [{ weights: { a: 'x' } }, 'weights.a: expected a number, got "x"'],
  [{ rising: [2, 1] }, 'rising: each must be above the one before it'],
  [{ rules: [{}] }, 'rules[0].bound: missing, expected a number'],
  [{ mni: 1 }, 'unknown key "mni"; did you mean min?'],
  [{ colour: 1 }, 'unknown key "colour"'],
  ['min', 'expected a map, got "min"'],
])('%j', (value, text) => {
  expect(issueText(options.safeParse(value).error!, value, Object.keys(options.shape))).toBe(text)
})

test('where the value is not at hand', () => {
  expect(expectedText(z.string().safeParse(7).error!)).toBe('expected a text')
  expect(expectedText(z.enum(['a', 'b']).safeParse(7).error!)).toBe('expected one of a or b')
  expect(expectedText(options.safeParse({ rising: [2, 1] }).error!)).toBe('rising: each must be above the one before it')
})

test('a value that is nested too deep to be written', () => {
  const value = { mode: JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as unknown }
  const schema = z.object({ mode: z.string() })
  expect(issueText(schema.safeParse(value).error!, value, ['mode'])).toBe('mode: expected a text, got […]')
})
