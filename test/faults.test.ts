import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Kind, kinds, outcomeOf } from '../bench/fuzz/outcome.ts'
import { cpuSeconds, readJson, repository } from './support.ts'

// Files that once stopped a run or lost records, as small as they could be made. `npm run bench:fuzz -- --expect` writes anew what they come to.

const folder = join(repository, 'fixtures/faults')
const expected = readJson<Record<string, unknown>>(join(folder, 'expected.json'))
const namesOf = (kind: Kind): string[] => (existsSync(join(folder, kind)) ? readdirSync(join(folder, kind)).sort() : [])

test('every file is of a kind that is fuzzed, and has an outcome', () => {
  expect(kinds.flatMap((kind) => namesOf(kind).map((name) => `${kind}/${name}`)).sort()).toEqual(Object.keys(expected).sort())
})

describe.each(kinds.filter((kind) => namesOf(kind).length > 0))('%s', (kind) => {
  test.each(namesOf(kind))('%s', async (name) => {
    let outcome: unknown
    const seconds = await cpuSeconds(async () => {
      outcome = await outcomeOf(kind, join(folder, kind, name))
    })
    expect(JSON.parse(JSON.stringify(outcome))).toEqual(expected[`${kind}/${name}`])
    expect(seconds).toBeLessThan(3)
  })
})
