import { existsSync } from 'node:fs'
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

const groups = { gopher_rep: 'gopher_repetition', gopher_qual: 'gopher_quality', c4: 'c4_quality', fineweb_qual: 'fineweb_quality' }
type Group = keyof typeof groups
type Rule = (doc: Doc) => Doc | string

const dir = temporaryFolder()
const rules = {} as Record<Group, Rule[]>

beforeAll(async () => {
  for (const [group, file] of Object.entries(groups) as [Group, string][]) {
    rules[group] = await Promise.all(stepsOf(file).map(({ use, label, options }) => compile(use, label, options)))
  }
})

/** The steps of a shared group of rules. */
function stepsOf(file: string): ConfigStep[] {
  const include = join(import.meta.dirname, '../../pipelines/rules', `${file}.yaml`)
  return readConfig(fileWith(dir, `${file}.yaml`, `name: x\nsteps:\n  - include: ${include}\n`)).steps
}

async function compile(use: string, label: string, given: object): Promise<Rule> {
  const step = await loadStep(use)
  const options = step.schema.parse(given)
  if (step.kind === 'editor') {
    const edit = await step.edit(options)
    return (doc) => doc.withText(edit(doc))
  }
  if (step.kind !== 'filter') throw new Error(`${use} is no rule`)
  const measure = await step.measure(options)
  return (doc) => {
    const bound = brokenBound(measure(doc), options as Bounds)
    return bound === undefined ? doc : (names[`${label}.${bound}`] ?? names[label]!)
  }
}

function apply(group: Group, doc: Doc): Doc | string {
  for (const rule of rules[group]) {
    const result = rule(doc)
    if (typeof result === 'string') return result
    doc = result
  }
  return doc
}

const document = (text: string): Doc => new Doc({ id: 'x', text })
const reason = (result: Doc | string): string | null => (typeof result === 'string' ? result : null)

function chain(text: string): string | null {
  let doc = document(text)
  for (const group of Object.keys(groups) as Group[]) {
    const result = apply(group, doc)
    if (typeof result === 'string') return `${group}:${result}`
    doc = result
  }
  return null
}

/** The reference divides by zero where a document has no words; a document without lines is too short by another rule here. */
const comparable = (expected: string | null): boolean => expected !== 'error' && expected !== 'empty'

interface Vector {
  note: string
  text: string
  alone: Record<Group, string | null>
  chain: string | null
  after_c4?: string
}

describe('every rule removes what the reference removes, for the same reason', () => {
  test.each(vectors<Vector>('reference/fineweb_rules.jsonl').map((vector) => [vector.note, vector] as const))('%s', (_, vector) => {
    const { text, alone, after_c4 } = vector
    for (const group of Object.keys(groups) as Group[]) {
      const result = apply(group, document(text))
      if (comparable(alone[group])) expect([group, reason(result)]).toEqual([group, alone[group]])
      if (group === 'c4' && result instanceof Doc) expect(result.text).toBe(after_c4 ?? text)
    }
    if (comparable(vector.chain)) expect(chain(text)).toBe(vector.chain)
  })
})

test('every rule measures what the reference computes', async () => {
  const documents = vectors<Vector>('reference/fineweb_rules.jsonl')
  const expected = vectors<Record<string, number>>('reference/fineweb_values.jsonl')
  expect(expected).toHaveLength(documents.length)
  for (const file of Object.values(groups)) {
    for (const { use, label, options } of stepsOf(file)) {
      const step = await loadStep(use)
      if (step.kind !== 'filter' || expected[0]![label] === undefined) continue
      const measure = await step.measure(step.schema.parse(options))
      documents.forEach(({ note, text }, i) => {
        expect([label, note, measure(document(text)).toPrecision(12)]).toEqual([label, note, expected[i]![label]!.toPrecision(12)])
      })
    }
  }
})

interface SharedVector {
  id: string
  now: { alone: Record<Group, [boolean | 'error', string | null]>; chain: { keep: boolean | 'error'; stage?: string; reason?: string } }
}
const shared = new URL('../../../shared/reference/filters/', import.meta.url)

describe.skipIf(!existsSync(shared))('boundary documents of the reference', () => {
  const read = <T>(name: string): T[] => (existsSync(shared) ? vectors<T>(new URL(name, shared)) : [])
  const texts = new Map(read<{ id: string; text: string }>('documents.jsonl').map(({ id, text }) => [id, text]))
  test.each(read<SharedVector>('expected.jsonl').map((vector) => [vector.id, vector] as const))('%s', (id, { now }) => {
    const text = texts.get(id)!
    for (const group of Object.keys(groups) as Group[]) {
      const [keep, why] = now.alone[group]
      if (keep !== 'error' && comparable(why)) expect([group, reason(apply(group, document(text)))]).toEqual([group, why])
    }
    const { keep, stage, reason: why } = now.chain
    if (keep !== 'error' && comparable(why ?? null)) expect(chain(text)).toBe(keep ? null : `${stage}:${why}`)
  })
})
