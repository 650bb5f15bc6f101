import { expect, test } from 'vitest'
import { round } from '../../src/text/round.ts'

// as Python's round
test.each<[value: number, decimals: number, rounded: number]>([
  [0, 1, 0],
  [0.25, 1, 0.2],
  [0.35, 1, 0.3],
  [0.45, 1, 0.5],
  [0.75, 1, 0.8],
  [45.25, 1, 45.2],
  [-500.25, 1, -500.2],
  [2.5, 0, 2],
  [3.5, 0, 4],
  [2.675, 2, 2.67],
  [0.375, 2, 0.38],
  [0.125, 2, 0.12],
  [339.96, 1, 340],
  [1e22, 1, 1e22],
])('%d to %d decimals is %d', (value, decimals, rounded) => {
  expect(round(value, decimals)).toBe(rounded)
})
