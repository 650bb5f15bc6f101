import { describe, expect, test } from 'vitest'
import { collectScores, defaultMetrics, lastCommon, runScores } from '../../src/experiments/scores.ts'
import { summarize } from '../../src/experiments/summary.ts'
import { fileOf, sampled, scoresOf } from './support.ts'

const arms = sampled(['raw', 'c4'], [1, 2])
const options = { metrics: defaultMetrics, budget: 28e9 }

describe('tasks and metrics', () => {
  const both = [
    fileOf(
      { arm: 'raw', seed: 1 },
      { a: { 'acc,none': 0.5, 'acc_norm,none': 0.4 }, b: { 'acc,none': 0.2, 'acc_norm,none': 0.1 }, extra: 0.9 },
    ),
    fileOf({ arm: 'c4', seed: 1 }, { a: { 'acc,none': 0.6, 'acc_norm,none': 0.5 }, b: 0.3 }),
  ]

  test('the preferred metric that all have; tasks that not all have are left out', () => {
    const scores = collectScores(both, arms, options)
    expect(scores.tasks.map(({ name, metric }) => [name, metric])).toEqual([
      ['a', 'acc_norm'],
      ['b', 'acc'],
    ])
    expect(scores.left_out).toEqual(['extra'])
    expect(scores.checkpoints.map(({ arm, at, mean }) => [arm, at, mean.value])).toEqual([
      ['raw', 28e9, 30],
      ['c4', 28e9, 40],
    ])
  })

  test('another order of metrics, and two tasks as one', () => {
    const acc = collectScores(both, arms, { ...options, metrics: ['acc'] })
    expect(acc.checkpoints[0]!.mean.value).toBeCloseTo(35, 12)
    const joined = collectScores(both, arms, { ...options, metrics: ['acc'], tasks: ['a+b', 'a'] })
    expect([...joined.checkpoints[0]!.tasks].map(([name, { value }]) => [name, value])).toEqual([
      ['a+b', expect.closeTo(35, 12)],
      ['a', 50],
    ])
  })

  test('the files of one checkpoint together', () => {
    const parts = [fileOf({ arm: 'raw', seed: 1 }, { a: 0.2 }, 'x'), fileOf({ arm: 'raw', seed: 1 }, { b: 0.4 }, 'y')]
    const [point] = collectScores(parts, arms, options).checkpoints
    expect(point).toEqual({
      arm: 'raw',
      seed: 1,
      at: 28e9,
      files: ['x', 'y'],
      tasks: new Map([
        ['a', { value: 20, error: 1 }],
        ['b', { value: 40, error: 1 }],
      ]),
      mean: { value: 30, error: Math.SQRT1_2 },
    })
    expect(() => collectScores([...parts, parts[0]!], arms, options)).toThrow('x and x both have a of raw, seed 1, at 28000000000 tokens')
  })

  test('says what is wrong', () => {
    expect(() => collectScores(both, arms, { ...options, tasks: ['exra'] })).toThrow(
      '--tasks exra: no result has a task "exra"; did you mean extra?',
    )
    expect(() => collectScores(both, arms, { ...options, metrics: ['f1'] })).toThrow(
      'no task has one of the metrics f1 in all 2 checkpoints',
    )
    const mixed = [fileOf({ arm: 'raw', seed: 1 }, { a: 0.5, b: { 'word_perplexity,none': 23 } })]
    expect(() => collectScores(mixed, arms, { ...options, tasks: ['a', 'b'] })).toThrow(
      'a: acc (a share, higher is better) and b: word_perplexity (a number, lower is better) have no mean',
    )
  })

  test('perplexities beside accuracies are left out, and are the scores where there is nothing else', () => {
    const mixed = [fileOf({ arm: 'raw', seed: 1 }, { b: { 'word_perplexity,none': 23 }, a: 0.5 })]
    const scores = collectScores(mixed, arms, options)
    expect([scores.tasks.map(({ name }) => name), scores.left_out, scores.lower_is_better, scores.measured_in]).toEqual([
      ['a'],
      ['b'],
      false,
      'points',
    ])
    const alone = collectScores([fileOf({ arm: 'raw', seed: 1 }, { b: { 'word_perplexity,none': 23 } })], arms, options)
    expect([alone.checkpoints[0]!.mean.value, alone.lower_is_better, alone.measured_in]).toEqual([23, true, 'value'])
  })

  test.each([
    ['mcc', -0.2, -20, false],
    ['acc', 0.45, 45, false],
    ['bits_per_byte', 0.9, 0.9, true],
    ['loss', 3.2, 3.2, true],
    ['log_likelihood', -512.5, -512.5, false],
    ['my_score', 0.5, 50, false],
  ])('%s %d is told as %d', (metric, value, told, isLower) => {
    const scores = collectScores([fileOf({ arm: 'raw', seed: 1 }, { a: { [`${metric},none`]: value } })], arms, {
      ...options,
      metrics: [metric],
    })
    expect([scores.checkpoints[0]!.mean.value, scores.lower_is_better]).toEqual([told, isLower])
  })
})

describe('where a checkpoint stands', () => {
  const at = (placed: { step?: number; tokens?: number }[], tokensPerStep?: number) => {
    const files = placed.map((place, i) => fileOf({ arm: 'raw', seed: i + 1, ...place }, { a: 0.5 }))
    const { unit, checkpoints } = collectScores(files, sampled(['raw'], [1, 2, 3]), { ...options, tokensPerStep })
    return [unit, checkpoints.map((checkpoint) => checkpoint.at)]
  }
  test('tokens, steps, or the end', () => {
    expect(at([{ tokens: 5 }, {}])).toEqual(['tokens', [5, 28e9]])
    expect(at([{ step: 5 }, { step: 6 }])).toEqual(['steps', [5, 6]])
    expect(at([{ step: 5 }, {}], 10)).toEqual(['tokens', [50, 28e9]])
    expect(() => at([{ step: 5 }, {}])).toThrow('says no step, while others say steps and not tokens')
  })
})

test('results of the end of the training only are compared there, although arms differ by a document', () => {
  const drawn = [
    { name: 'raw', seed: 1, tokens: 218_755 },
    { name: 'c4', seed: 1, tokens: 200_116 },
  ]
  const files = ['raw', 'c4'].map((arm) => fileOf({ arm, seed: 1 }, { a: 0.5 }))
  for (const [budget, end] of [
    [200_000, 200_000],
    [null, 218_755],
  ] as const) {
    const scores = collectScores(files, drawn, { ...options, budget })
    expect([scores.unit, lastCommon(scores, 3)]).toEqual(['tokens', [end]])
  }
})

describe('checkpoints that all runs have', () => {
  const scores = scoresOf({ raw: { 1: [0.1, 0.2, 0.3, 0.4], 2: [0.3, 0.4, 0.5] }, c4: { 1: [0.2, 0.3, 0.4, 0.5] } })
  test('the last ones', () => {
    expect(lastCommon(scores, 2)).toEqual([2, 3])
    expect(lastCommon(scores, 9)).toEqual([1, 2, 3])
  })
  test('their mean by run; the error of the same questions stays as it is', () => {
    const raw = runScores(scores, [2, 3]).get('raw')!
    expect([...raw].map(([seed, { value, error }]) => [seed, value, error])).toEqual([
      [1, 25, 1],
      [2, 45, 1],
    ])
  })
  test('a summary says which later ones it leaves out', () => {
    const { checkpoints, later, arms: found } = summarize(scores, { baseline: 'raw', last: 2, confidence: 0.95 })
    expect([checkpoints, later]).toEqual([[2, 3], [4]])
    expect(found.map(({ name, score, seeds }) => [name, score, seeds])).toEqual([
      ['raw', 35, [1, 2]],
      ['c4', 35, [1]],
    ])
    expect(found[0]!.curve[0]).toEqual({ at: 1, score: 20, seeds: { 1: 10, 2: 30 } })
  })
  test('none', () => {
    const files = [fileOf({ arm: 'raw', seed: 1, step: 1 }, { a: 0.5 }), fileOf({ arm: 'c4', seed: 1, step: 2 }, { a: 0.5 })]
    expect(() => lastCommon(collectScores(files, arms, options), 1)).toThrow('the 2 runs have no checkpoint in common')
  })
})
