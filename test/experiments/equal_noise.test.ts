import { describe, expect, test } from 'vitest'
import { rank } from '../../src/experiments/differences.ts'
import { noisyArm } from '../../src/experiments/equal_noise.ts'
import { normals } from './support.ts'

const even = [
  [1, 2, 3, 4, 5],
  [2, 2, 4, 4, 6],
  [3, 5, 4, 6, 6],
]
const of = (...arms: number[][]): Map<string, number[]> => new Map(arms.map((scores, i) => [`arm-${i}`, scores]))

describe('an arm that varies more than the others', () => {
  test.each([
    ['equally noisy arms', of(...even)],
    ['two arms', of([1, 9], [5, 5])],
    ['one seed', of([1], [2], [9])],
    ['no noise at all', of([1, 1], [2, 2], [3, 3])],
  ])('none: %s', (_, scores) => expect(noisyArm(scores)).toBeUndefined())

  test('one', () => {
    const found = noisyArm(of(...even, [0, 40, -20, 30, 4], [1, 2, 4, 4, 4]))!
    expect(found.arm).toBe('arm-3')
    expect(found.times).toBeCloseTo(Math.sqrt(583.2 / ((2.5 + 2.8 + 1.7 + 2) / 4)))
    expect(found.p).toBeLessThan(0.001)
  })

  test('equal arms are called noisy about as often as promised, and an arm three times as noisy is found', () => {
    const normal = normals(7)
    const found = (sd: number): number => {
      let n = 0
      for (let i = 0; i < 2000; i++) {
        const arms = [sd, 1, 1, 1, 1, 1].map((of) => Array.from({ length: 5 }, () => of * normal()))
        if (noisyArm(new Map(arms.map((scores, k) => [String(k), scores])))) n++
      }
      return n / 2000
    }
    expect(found(1)).toBeGreaterThan(0.02)
    expect(found(1)).toBeLessThan(0.08)
    expect(found(3)).toBeGreaterThan(0.5)
    expect(found(6)).toBeGreaterThan(0.95)
  })
})

test('of three or four arms one is found, though removing the effects of seeds leaves it at most two or three quarters', () => {
  const normal = normals(11)
  const found = (arms: number, seeds: number, sd: number): number => {
    let n = 0
    for (let i = 0; i < 1000; i++) {
      const scores = Array.from({ length: arms }, (_, a) => Array.from({ length: seeds }, () => (a === 0 ? sd : 1) * normal()))
      if (noisyArm(of(...scores))) n++
    }
    return n / 1000
  }
  expect([found(3, 3, 10), found(4, 3, 10), found(4, 2, 20)].map((share) => share > 0.5)).toEqual([true, true, true])
  expect(found(3, 5, 1)).toBeLessThan(0.06)
})

test('noise is not pooled over arms that are not equally noisy', () => {
  const runs = new Map(
    [...of(...even, [0, 40, -20, 30, 4])].map(([arm, scores]) => [
      arm,
      new Map(scores.map((value, seed) => [seed, { value, error: null }])),
    ]),
  )
  const ranking = rank(runs, 'arm-0', { confidence: 0.95, pooled: true })
  expect(ranking.not_pooled?.arm).toBe('arm-3')
  expect(ranking.differences.map(({ by }) => by)).toEqual(['paired seeds', 'paired seeds', 'paired seeds'])
  const equal = rank(new Map([...runs].slice(0, 3)), 'arm-0', { confidence: 0.95, pooled: true })
  expect([equal.not_pooled, equal.differences[0]!.by]).toEqual([null, 'pooled seeds'])
})
