import { expect, test } from 'vitest'
import { agree, plural } from '../../src/core/plural.ts'

test.each([
  [plural(0, 'record'), '0 records'],
  [plural(1, 'record'), '1 record'],
  [plural(2000, 'record'), '2,000 records'],
  [plural(1.5, 'degree'), '1.5 degrees'],
  [plural(2, 'pass', 'passes'), '2 passes'],
  [agree(1, 'reaches', 'reach'), 'reaches'],
  [agree(0, 'reaches', 'reach'), 'reach'],
])('%s', (text, expected) => {
  expect(text).toBe(expected)
})
