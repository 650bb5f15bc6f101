import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  applyRules,
  chainVerdict,
  finewebRules,
  type Group,
  groupNames,
  groups,
  type Rules,
  stepsOf,
} from '../../bench/parity/fineweb_rules.ts'
import { Doc } from '../../src/core/doc.ts'
import { loadStep } from '../../src/pipeline/registry.ts'
import { vectors } from '../support.ts'

/** The rules of each filter of the reference, and by which of its versions: datatrove 0.10 and 0.2.0. */
const presets = [
  { preset: 'fineweb', version: 'now', suffix: '' },
  { preset: 'fineweb-v1', version: 'v020', suffix: '_v1' },
] as const
type Version = (typeof presets)[number]['version']

const pipelines = join(import.meta.dirname, '../../pipelines')
const document = (text: string): Doc => new Doc({ id: 'x', text })
const reason = (result: Doc | string): string | null => (typeof result === 'string' ? result : null)

const chain = (rules: Rules, text: string): string | null => chainVerdict(rules, document(text))

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
    rules = await finewebRules(suffix)
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
      for (const group of groupNames) {
        const result = applyRules(rules[group], document(text))
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
      for (const group of groupNames) {
        const [keep, why] = expected.alone[group]
        if (keep !== 'error' && comparable(why)) expect([group, reason(applyRules(rules[group], document(text)))]).toEqual([group, why])
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
    for (const { step: stepName, label, options } of await stepsOf(file)) {
      const step = await loadStep(stepName)
      if (step.kind !== 'filter' || expected[0]![label] === undefined) continue
      const measure = await step.measure(step.schema.parse(options))
      documents.forEach(({ note, text }, i) => {
        expect([label, note, measure(document(text)).toPrecision(12)]).toEqual([label, note, expected[i]![label]!.toPrecision(12)])
      })
    }
  }
})
