import { expect, test } from 'vitest'
import { longestRun } from '../../src/text/longest_run.ts'

test.each<[items: number[], maxPeriod: number, times: number]>([
  [[], 3, 0],
  [[1, 1], 3, 0],
  [[1, 1, 1], 3, 3],
  [[1, 2, 1, 2, 1], 3, 0],
  [[0, 1, 2, 1, 2, 1, 2, 0], 3, 3],
  // Half a group more does not count.
  [[1, 2, 1, 2, 1, 2, 1], 3, 3],
  [[1, 2, 3, 1, 2, 3, 1, 2, 3], 2, 0],
  [[1, 1, 1, 1, 2, 3, 2, 3, 2, 3], 2, 4],
])('%j, groups of at most %d: %d times', (items, maxPeriod, times) => {
  expect(longestRun(items, maxPeriod)).toBe(times)
})
