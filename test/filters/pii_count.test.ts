import { expect, test } from 'vitest'
import piiCount from '../../src/filters/pii_count.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', {}, 0],
  ['a@b.c d@e.f g@h.i ', {}, 3],
  ['a@b.c', {}, 0],
  ['10.0.0.1, 256.1.1.1', {}, 2],
  [' 555 010 1234\n(555) 010-1234\n +1 (555) 010-1234', {}, 2],
  ['a 555-010-1234@x.y b', {}, 2],
  [' ٥٥٥ ٠١٠ ١٢٣٤ 😀', {}, 1],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(piiCount, text, options)).toBe(value)
})
