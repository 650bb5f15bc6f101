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
  [{ a: { b: { c: 7 } } }, { field: 'a.b.c' }, 7],
  [{ a: { b: 1 }, 'a.b': 2 }, { field: 'a.b' }, 2],
  [{ a: { b: 1 } }, { field: 'a.toString' }, 0],
  [{ a: [{ b: 4 }] }, { field: 'a.0.b' }, 4],
  [{ score: 'wiki' }, { equals: 'wiki' }, 1],
  [{ score: 'Wiki' }, { equals: 'wiki' }, 0],
  [{ score: 5 }, { equals: 5 }, 1],
  [{ score: true }, { equals: true }, 1],
  [{}, { equals: 'wiki' }, 0],
  [{}, { equals: 'wiki', missing: -1 }, -1],
  [{ score: 'b' }, { in: ['a', 'b'] }, 1],
  [{ score: 'c' }, { in: ['a', 'b'] }, 0],
  [{ score: 'cc-2024-10' }, { matches: '^cc-\\d{4}' }, 1],
  [{ score: 'x cc-2024' }, { matches: '^cc' }, 0],
  [{ score: 'x' }, { equals: 'y', matches: 'x' }, 1],
])('%j with %j measures %d', async (metadata, options, value) => {
  const measure = await fieldValue.measure(fieldValue.schema.parse({ field: 'score', ...options }))
  expect(measure(new Doc({ id: '1', text: 'any', metadata }))).toBe(value)
})
