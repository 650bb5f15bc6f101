import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { readConfig } from '../../src/pipeline/config.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
fileWith(dir, 'de.yml', 'low: 3\nhigh: 0\nwords: [der, die]\nngrams: [[2, 0.2], [3, 0.18]]\nnames: { de: German }\n')
fileWith(dir, 'fr.yml', 'low: 4\nhigh: 9\nwords: [le]\nngrams: [[2, 0.1]]\nnames: {}\n')

/** Options of the only step of a pipeline that names de.yml as its parameters. */
function options(step: string, parameters?: string, head = 'parameters: de.yml\n'): Record<string, unknown> {
  return readConfig(fileWith(dir, 'p.yaml', `name: p\n${head}steps:\n  - ${step}\n`), [], parameters).steps[0]!.options
}

describe('parameters are filled in', () => {
  test.each<[string, Record<string, unknown>]>([
    ['word_count: { min: $low }', { min: 3 }],
    ['stop_word_count: { words: $words }', { words: ['der', 'die'] }],
    ['stop_word_count: { words: [das, $file] }', { words: ['das', 'de'] }],
    ['top_ngram_char_ratio: { n: 3, max: $ngrams.3 }', { n: 3, max: 0.18 }],
    ['phrase_count: { phrases: [$names.de] }', { phrases: ['German'] }],
    ['word_count: { min: $low, max: { parameter: high, off: 0 } }', { min: 3 }],
    ['word_count: { max: { parameter: low, off: 0 } }', { max: 3 }],
    // What is no parameter stays as it is.
    ['phrase_count: { phrases: [$$low, $5, $, US$] }', { phrases: ['$low', '$5', '$', 'US$'] }],
  ])('%s', (step, expected) => {
    expect(options(step)).toEqual(expected)
  })

  test('from the file on the command line instead', () => {
    expect(options('word_count: { min: $low, max: { parameter: high, off: 0 } }', join(dir, 'fr.yml'))).toEqual({ min: 4, max: 9 })
  })

  test('in included files', () => {
    fileWith(dir, 'rules.yaml', '- word_count: { min: $low }\n')
    expect(options('include: rules.yaml')).toEqual({ min: 3 })
  })
})

describe('what is missing is named with its place', () => {
  const error = (run: () => unknown): [string, string | undefined] => {
    try {
      run()
    } catch (thrown) {
      if (thrown instanceof UserError) return [thrown.message.replaceAll(`${dir}/`, ''), thrown.hint?.replaceAll(`${dir}/`, '')]
    }
    throw new Error('no UserError')
  }

  test.each<[string, string, string | undefined]>([
    ['word_count: { min: $lwo }', 'p.yaml:4: de.yml has no parameter "lwo"; did you mean low?', undefined],
    ['word_count: { min: $other }', 'p.yaml:4: de.yml has no parameter "other"', 'it has file, low, high, words, ngrams, names'],
    ['top_ngram_char_ratio: { n: 4, max: $ngrams.4 }', 'p.yaml:4: parameter "ngrams" in de.yml has no entry 4', undefined],
  ])('%s', (step, message, hint) => {
    expect(error(() => options(step))).toEqual([message, hint])
  })

  test('no file of parameters', () => {
    const step = 'word_count: { min: $low }'
    expect(error(() => options(step, undefined, ''))).toEqual([
      'p.yaml:3: $low is a parameter, and no file of parameters is given',
      'name one with --parameters FILE',
    ])
  })

  test('a file that is not there', () => {
    expect(error(() => options('word_count', undefined, 'parameters: it.yml\n'))).toEqual([
      'p.yaml:2: parameters: it.yml: cannot be read (ENOENT)',
      'looked for it.yml',
    ])
  })
})
