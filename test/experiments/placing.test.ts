import { describe, expect, test } from 'vitest'
import { parseMapping } from '../../src/experiments/mapping.ts'
import { amountOf, placeResult, type SampledArm } from '../../src/experiments/placing.ts'

const arms: SampledArm[] = ['raw', 'fineweb', 'fineweb-strict', 'c4'].flatMap((name) =>
  [1, 2].map((seed) => ({ name, seed, tokens: 28e9 })),
)

describe('by path and model', () => {
  test.each<[string, string, string, number, number | null, number | null]>([
    ['eval/raw-seed1/step-2000/results.json', '', 'raw', 1, null, 2000],
    ['raw-seed1-2.1B.json', '', 'raw', 1, 2.1e9, null],
    ['raw_s2_tokens-500M/results_2025-05-01T10-00-00.123.json', '', 'raw', 2, 500e6, null],
    ['raw/seed_2/8.4BT/results.json', '', 'raw', 2, 8.4e9, null],
    ['fineweb-strict-seed2/checkpoint-13000/results.json', '', 'fineweb-strict', 2, null, 13000],
    ['fineweb-seed1/results.json', '', 'fineweb', 1, null, null],
    // The folder above is nearer to the file than the one of all raw results.
    ['raw/c4-seed1/iter_0000500/results.json', '', 'c4', 1, null, 500],
    ['out/results_1.json', 'lab/fineweb-seed2-2.1B', 'fineweb', 2, 2.1e9, null],
    ['out/__ckpt__c4-seed1__step-2000/results_2024-01-01.json', '/ckpt/raw-seed2/step-1', 'c4', 1, null, 2000],
    // The size of the model stands before the arm's name.
    ['1.7B-raw-seed1-step-9/results.json', '', 'raw', 1, null, 9],
    ['1.7B-raw-seed1/results.json', '', 'raw', 1, null, null],
    ['raw-1.71B-seed1/results.json', '', 'raw', 1, null, null],
    ['raw-seed1-1.82B/results.json', '', 'raw', 1, null, null],
    ['raw-1.71B-seed1-2.1B/results.json', '', 'raw', 1, 2.1e9, null],
    ['raw-7B-model-seed1/results.json', '', 'raw', 1, null, null],
    // More than was drawn for the arm.
    ['raw-seed1-70B/results.json', '', 'raw', 1, null, null],
    ['raw-seed1-28B/results.json', '', 'raw', 1, 28e9, null],
    ['raw-seed1-2100000000tokens.json', '', 'raw', 1, 2.1e9, null],
  ])('%s %s', (path, model, arm, seed, tokens, step) => {
    expect(placeResult(path, model, arms)).toEqual({ arm, seed, tokens, step })
  })
})

test('an arm with one seed needs none in the path', () => {
  expect(placeResult('solo/step-5/results.json', '', [{ name: 'solo', seed: 7, tokens: null }])).toEqual({
    arm: 'solo',
    seed: 7,
    tokens: null,
    step: 5,
  })
})

test('by a pattern, and by a mapping, which goes first', () => {
  const pattern = /(?<arm>\w+)@(?<seed>\d+)\+(?<tokens>[\d.]+B)/
  expect(placeResult('x/raw@2+2.1B.json', '', arms, { pattern })).toEqual({ arm: 'raw', seed: 2, tokens: 2.1e9, step: null })
  const mapped = { arm: 'c4', step: 10 }
  expect(placeResult('x/seed1.json', '', arms, { mapped })).toEqual({ arm: 'c4', seed: 1, tokens: null, step: 10 })
})

describe('says what is wrong', () => {
  test.each<[string, string, string]>([
    ['eval/other-seed1/results.json', 'gpt2', 'eval/other-seed1/results.json: no arm\'s name in its path, nor in the model\'s ("gpt2")'],
    ['raw-vs-c4-seed1.json', '', "no arm's name in its path"],
    ['raw/results.json', '', 'raw/results.json: raw has seeds 1, 2, and the path names none'],
    ['raw-seed3/results.json', '', 'raw-seed3/results.json: raw has no seed 3 (it has 1, 2)'],
  ])('%s', (path, model, message) => {
    expect(() => placeResult(path, model, arms)).toThrow(message)
  })
  test('a pattern that does not match, and one that finds no arm of the sample', () => {
    expect(() => placeResult('a/b.json', '', arms, { pattern: /(?<arm>x)/ })).toThrow('a/b.json: --pattern does not match it')
    expect(() => placeResult('a/rwa.json', '', arms, { pattern: /a\/(?<arm>\w+)/ })).toThrow(
      'the sample has no arm "rwa"; did you mean raw?',
    )
  })
})

test.each<[string, number | undefined]>([
  ['2.1B', 2.1e9],
  ['500M', 5e8],
  ['2_100', 2100],
  ['7', 7],
  ['x', undefined],
])('amount %s', (text, expected) => {
  expect(amountOf(text)).toBe(expected)
})

describe('mappings', () => {
  const expected = [
    { file: 'a, b.json', arm: 'raw', seed: 1, step: 2000 },
    { file: 'c.json', arm: 'c4', tokens: 2.1e9 },
  ]
  test('CSV', () => {
    expect(parseMapping('m.csv', 'file,arm,seed,step,tokens\n"a, b.json",raw,1,2000,\nc.json,c4,,,2.1B\n')).toEqual(expected)
    expect(parseMapping('m.tsv', 'file\tarm\tseed\tstep\ttokens\na, b.json\traw\t1\t2000\t\r\nc.json\tc4\t\t\t2.1B\r\n')).toEqual(expected)
  })
  test('JSON', () => {
    expect(parseMapping('m.json', JSON.stringify(expected))).toEqual(expected)
  })
  test.each([
    ['arm,seed\nraw,1\n', 'm: line 1: no column "file"'],
    ['file,stp\na,1\n', 'm: line 2: unknown key "stp"; did you mean step?'],
    ['file,step\na,x\n', 'm: line 2: step: expected a number, got "x"'],
    ['[{"arm": "raw"}]', 'm: entry 1: file: missing, expected a text'],
    ['[{', 'm: not JSON'],
  ])('%j', (text, message) => {
    expect(() => parseMapping('m', text)).toThrow(message)
  })
})
