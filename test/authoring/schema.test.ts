import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { repository } from '../support.ts'

const schema = JSON.parse(readFileSync(join(repository, 'pipelines/schema.json'), 'utf8')) as object
const validate = new Ajv2020({ allErrors: true, strict: false, formats: { 'file-path': true } }).compile(schema)
const isValid = (text: string): boolean => validate(parse(text))

const bundled = ['', 'rules/'].flatMap((folder) =>
  readdirSync(join(repository, 'pipelines', folder)).flatMap((file) => (file.endsWith('.yaml') ? [`${folder}${file}`] : [])),
)

test.each(bundled)('%s is valid', (file) => {
  expect([isValid(readFileSync(join(repository, 'pipelines', file), 'utf8')), validate.errors]).toEqual([true, null])
})

test.each([
  ['a step without options', '- word_count', true],
  ['a step with none of its options', '- word_count:', true],
  ['a bound', '- word_count: {min: 5}', true],
  ['a name of its own', '- word_count: {as: words, min: 5}', true],
  ['a parameter', '- word_count: {min: $least}', true],
  ['an entry of a parameter', '- word_count: {min: $least.2}', true],
  ['a bound that may be off', '- word_count: {min: {parameter: least, off: 0}}', true],
  ['a list with a parameter', '- language_score: {languages: [$code]}', true],
  ['an option that another one needs', '- minhash_dedup: {survivor: best, by: word_count}', true],
  ['an option whose default is what it needs', '- stop_word_count: {words: [the]}', true],
  ['an unknown step', '- word_counts', false],
  ['an unknown step with options', '- word_counts: {min: 5}', false],
  ['an unknown option', '- word_count: {minimum: 5}', false],
  ['a bound that is no number', '- word_count: {min: five}', false],
  ['a value that the option does not have', '- word_count: {tokenizer: spaces}', false],
  ['a required option left out', '- duplicate_ngram_char_ratio: {max: 0.1}', false],
  ['a step without its required options', '- duplicate_ngram_char_ratio:', false],
  ['two steps in one entry', '- {word_count: {min: 5}, char_count: {min: 5}}', false],
  ['an option without the one it needs', '- minhash_dedup: {survivor: best}', false],
  ['an option for another method', '- extract_html: {stop_words: list.txt}', false],
  ['none of two options', '- stop_word_count: {min: 2}', false],
])('%s: %s', (_, steps, expected) => {
  expect([isValid(steps), isValid(`name: p\nsteps:\n${steps.replace(/^/gm, '  ')}`)]).toEqual([expected, expected])
})
