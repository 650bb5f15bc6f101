import { expect, test } from 'vitest'
import edgeShortLineRatio from '../../src/filters/edge_short_line_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { edge: 'start', share: 0.5, max_bytes: 3 }, 0],
  ['a\nlong', { edge: 'start', share: 0.5, max_bytes: 3 }, 1],
  ['a\nlong', { edge: 'end', share: 0.5, max_bytes: 3 }, 0],
  ['a\nlong\nb\nc', { edge: 'start', share: 0.5, max_bytes: 3 }, 0.5],
  ['a\nb\nc', { edge: 'end', share: 0.2, max_bytes: 3 }, 0],
  // Bytes, not characters.
  ['мир\na', { edge: 'start', share: 0.5, max_bytes: 3 }, 0],
  ['мир\na', { edge: 'start', share: 0.5, max_bytes: 6 }, 1],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(edgeShortLineRatio, text, options)).toBe(value)
})
