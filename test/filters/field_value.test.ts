import { expect, test } from 'vitest'
import { Doc, type Metadata } from '../../src/core/doc.ts'
import fieldValue from '../../src/filters/field_value.ts'

test.each<[metadata: Metadata, options: object, value: number]>([
  [{}, {}, 0],
  [{ score: 3 }, {}, 3],
  [{ score: 0 }, { missing: 5 }, 0],
  [{ score: true }, {}, 1],
  [{ score: '3.5' }, {}, 3.5],
  [{ score: '' }, { missing: 5 }, 5],
  [{ score: 'x' }, {}, 0],
  [{ score: null }, { missing: -1 }, -1],
  [{ score: Number.NaN }, { missing: -1 }, -1],
  [{ score: [3] }, {}, 0],
])('%j with %j measures %d', async (metadata, options, value) => {
  const measure = await fieldValue.measure(fieldValue.schema.parse({ field: 'score', ...options }))
  expect(measure(new Doc({ id: '1', text: 'any', metadata }))).toBe(value)
})
