import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import { type Bounds, brokenBound } from '../../src/core/filter.ts'
import { type ConfigStep, readConfig } from '../../src/pipeline/config.ts'
import { loadStep } from '../../src/pipeline/registry.ts'
import { fileWith, temporaryFolder, vectors } from '../support.ts'

/** datatrove's names for the reasons, by step and, where they differ, bound. */
const names: Record<string, string> = {
  duplicate_paragraph_ratio: 'dup_para_frac',
  duplicate_paragraph_char_ratio: 'dup_para_char_frac',
  duplicate_line_ratio: 'dup_line_frac',
  duplicate_line_char_ratio: 'dup_line_char_frac',
  ...Object.fromEntries([2, 3, 4].map((n) => [`top_${n}_gram_char_ratio`, `top_${n}_gram`])),
  ...Object.fromEntries([5, 6, 7, 8, 9, 10].map((n) => [`duplicate_${n}_gram_char_ratio`, `duplicated_${n}_n_grams`])),
  'word_count.min': 'gopher_short_doc',
  'word_count.max': 'gopher_long_doc',
  'mean_word_length.min': 'gopher_below_avg_threshold',
  'mean_word_length.max': 'gopher_above_avg_threshold',
  hash_word_ratio: 'gopher_too_many_hashes',
  ellipsis_word_ratio: 'gopher_too_many_ellipsis',
  bullet_line_ratio: 'gopher_too_many_bullets',
  ellipsis_line_ratio: 'gopher_too_many_end_ellipsis',
  letter_word_ratio: 'gopher_below_alpha_threshold',
  stop_word_count: 'gopher_enough_stop_words',
  lorem_ipsum_count: 'lorem_ipsum',
  curly_bracket_count: 'curly_bracket',
  sentence_count: 'too_few_sentences',
  line_punct_ratio: 'line_punct_ratio',
  short_line_ratio: 'short_line_ratio',
  repeated_line_char_ratio: 'char_dup_ratio',
  newline_word_ratio: 'list_ratio',
}

/** The rules of each filter of the reference, and by which of its versions: datatrove 0.10 and 0.2.0. */
const groups = { gopher_rep: 'gopher_repetition', gopher_qual: 'gopher_quality', c4: 'c4_quality', fineweb_qual: 'fineweb_quality' }
const presets = [
  { preset: 'fineweb', version: 'now', suffix: '' },
  { preset: 'fineweb-v1', version: 'v020', suffix: '_v1' },
] as const
type Group = keyof typeof groups
type Version = (typeof presets)[number]['version']
type Rule = (doc: Doc) => Doc | string
type Rules = Record<Group, Rule[]>

const dir = temporaryFolder()
const pipelines = join(import.meta.dirname, '../../pipelines')

async function compileGroups(suffix: string): Promise<Rules> {
  const rules: Partial<Rules> = {}
  for (const [group, file] of Object.entries(groups) as [Group, string][]) {
    rules[group] = await Promise.all(stepsOf(file + suffix).map(({ step: stepName, label, options }) => compile(stepName, label, options)))
  }
  return rules as Rules
}

/** The steps of a shared group of rules. */
function stepsOf(file: string): ConfigStep[] {
  const include = join(pipelines, 'rules', `${file}.yaml`)
  return readConfig(fileWith(dir, `${file}.yaml`, `name: x\nsteps:\n  - include: ${include}\n`)).steps
}

async function compile(stepName: string, label: string, given: object): Promise<Rule> {
  const step = await loadStep(stepName)
  const options = step.schema.parse(given)
  if (step.kind === 'editor') {
    const edit = await step.edit(options)
    return (doc) => doc.withText(edit(doc))
  }
  if (step.kind !== 'filter') throw new Error(`${stepName} is no rule`)
  const measure = await step.measure(options)
  return (doc) => {
    const bound = brokenBound(measure(doc), options as Bounds)
    return bound === undefined ? doc : (names[`${label}.${bound}`] ?? names[label]!)
  }
}

function apply(rules: readonly Rule[], doc: Doc): Doc | string {
  for (const rule of rules) {
    const result = rule(doc)
    if (typeof result === 'string') return result
    doc = result
  }
  return doc
}

const document = (text: string): Doc => new Doc({ id: 'x', text })
const reason = (result: Doc | string): string | null => (typeof result === 'string' ? result : null)

function chain(rules: Rules, text: string): string | null {
  let doc = document(text)
  for (const group of Object.keys(groups) as Group[]) {
    const result = apply(rules[group], doc)
    if (typeof result === 'string') return `${group}:${result}`
    doc = result
  }
  return null
}

/** The reference divides by zero where a document has no words; a document without lines is too short by another rule here. */
const comparable = (expected: string | null): boolean => expected !== 'error' && expected !== 'empty'

interface Expected {
  alone: Record<Group, string | null>
  chain: string | null
  after_c4?: string
}
type Vector = { note: string; text: string } & Record<Version, Expected>

interface SharedExpected {
  alone: Record<Group, [boolean | 'error', string | null]>
  chain: { keep: boolean | 'error'; stage?: string; reason?: string }
}
type SharedVector = { id: string } & Record<Version, SharedExpected>

const shared = new URL('../../../shared/reference/filters/', import.meta.url)
const readShared = <T>(name: string): T[] => (existsSync(shared) ? vectors<T>(new URL(name, shared)) : [])

describe.each(presets)('$preset', ({ version, suffix, preset }) => {
  let rules: Rules
  beforeAll(async () => {
    rules = await compileGroups(suffix)
  })

  test('has the rules that are tested here', () => {
    const text = readFileSync(join(pipelines, `${preset}.yaml`), 'utf8')
    const included = [...text.matchAll(/include: rules\/(\w+_(?:repetition|quality)\w*)\.yaml/g)].map(([, file]) => file)
    expect(included).toEqual(Object.values(groups).map((file) => `${file}${suffix}`))
  })

  describe('every rule removes what the reference removes, for the same reason', () => {
    test.each(vectors<Vector>('reference/fineweb_rules.jsonl').map((vector) => [vector.note, vector] as const))('%s', (_, vector) => {
      const { text } = vector
      const expected = vector[version]
      for (const group of Object.keys(groups) as Group[]) {
        const result = apply(rules[group], document(text))
        if (comparable(expected.alone[group])) expect([group, reason(result)]).toEqual([group, expected.alone[group]])
        if (group === 'c4' && result instanceof Doc) expect(result.text).toBe(expected.after_c4 ?? text)
      }
      if (comparable(expected.chain)) expect(chain(rules, text)).toBe(expected.chain)
    })
  })

  describe.skipIf(!existsSync(shared))('boundary documents of the reference', () => {
    const texts = new Map(readShared<{ id: string; text: string }>('documents.jsonl').map(({ id, text }) => [id, text]))
    test.each(readShared<SharedVector>('expected.jsonl').map((vector) => [vector.id, vector] as const))('%s', (id, vector) => {
      const text = texts.get(id)!
      const expected = vector[version]
      for (const group of Object.keys(groups) as Group[]) {
        const [keep, why] = expected.alone[group]
        if (keep !== 'error' && comparable(why)) expect([group, reason(apply(rules[group], document(text)))]).toEqual([group, why])
      }
      const { keep, stage, reason: why } = expected.chain
      if (keep !== 'error' && comparable(why ?? null)) expect(chain(rules, text)).toBe(keep ? null : `${stage}:${why}`)
    })
  })
})

test('every rule of fineweb measures what the reference computes', async () => {
  const documents = vectors<Vector>('reference/fineweb_rules.jsonl')
  const expected = vectors<Record<string, number>>('reference/fineweb_values.jsonl')
  expect(expected).toHaveLength(documents.length)
  for (const file of Object.values(groups)) {
    for (const { step: stepName, label, options } of stepsOf(file)) {
      const step = await loadStep(stepName)
      if (step.kind !== 'filter' || expected[0]![label] === undefined) continue
      const measure = await step.measure(step.schema.parse(options))
      documents.forEach(({ note, text }, i) => {
        expect([label, note, measure(document(text)).toPrecision(12)]).toEqual([label, note, expected[i]![label]!.toPrecision(12)])
      })
    }
  }
})
