import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Doc } from '../../src/core/doc.ts'
import type { Bounds } from '../../src/core/filter.ts'
import type { ConfigStep } from '../../src/pipeline/config.ts'
import { built, repository } from './peer.ts'

/** datatrove's names for the reasons, by step and, where they differ, bound. */
const reasons: Record<string, string> = {
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

/** Files of `pipelines/rules/` by datatrove's filter, in FineWeb's order. */
export const groups = { gopher_rep: 'gopher_repetition', gopher_qual: 'gopher_quality', c4: 'c4_quality', fineweb_qual: 'fineweb_quality' }
export type Group = keyof typeof groups
export const groupNames = Object.keys(groups) as Group[]

/** The document as it leaves a rule, or datatrove's name for why it is removed. */
export type Rule = (doc: Doc) => Doc | string
export type Rules = Record<Group, Rule[]>

/** The rules of FineWeb by group; `_v1` for those of FineWeb 1.0. */
export async function finewebRules(suffix: '' | '_v1'): Promise<Rules> {
  const rules: Partial<Rules> = {}
  for (const group of groupNames) rules[group] = await Promise.all((await stepsOf(groups[group] + suffix)).map(compile))
  return rules as Rules
}

/** The steps of a file of `pipelines/rules/`. */
export async function stepsOf(file: string): Promise<ConfigStep[]> {
  const { readConfig } = await built<typeof import('../../src/pipeline/config.ts')>('pipeline/config')
  const folder = mkdtempSync(join(tmpdir(), 'decant-rules-'))
  const pipeline = join(folder, `${file}.yaml`)
  try {
    writeFileSync(pipeline, `name: x\nsteps:\n  - include: ${join(repository, 'pipelines/rules', file)}.yaml\n`)
    return readConfig(pipeline).steps
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function compile({ step: name, label, options: given }: ConfigStep): Promise<Rule> {
  const { brokenBound } = await built<typeof import('../../src/core/filter.ts')>('core/filter')
  const { loadStep } = await built<typeof import('../../src/pipeline/registry.ts')>('pipeline/registry')
  const step = await loadStep(name)
  const options = step.schema.parse(given)
  if (step.kind === 'editor') {
    const edit = await step.edit(options)
    return (doc) => doc.withText(edit(doc))
  }
  if (step.kind !== 'filter') throw new Error(`${name} is no rule`)
  const measure = await step.measure(options)
  return (doc) => {
    const bound = brokenBound(measure(doc), options as Bounds)
    return bound === undefined ? doc : (reasons[`${label}.${bound}`] ?? reasons[label]!)
  }
}

export function applyRules(rules: readonly Rule[], doc: Doc): Doc | string {
  for (const rule of rules) {
    const result = rule(doc)
    if (typeof result === 'string') return result
    doc = result
  }
  return doc
}

/** Apply one group after the other: "group:reason", or null for a document that all of them keep. */
export function chainVerdict(rules: Rules, doc: Doc): string | null {
  for (const group of groupNames) {
    const result = applyRules(rules[group], doc)
    if (typeof result === 'string') return `${group}:${result}`
    doc = result
  }
  return null
}
