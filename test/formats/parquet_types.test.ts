import type { FileMetaData } from 'hyparquet'
import { expect, test } from 'vitest'
import { exactTypes } from '../../src/formats/parquet_types.ts'

type Element = Record<string, unknown>
const meaningsOf = (...elements: Element[]) => {
  const top = elements.filter((element) => !element['inner'])
  const schema = [{ name: 'root', num_children: top.length }, ...elements]
  return exactTypes({ schema } as unknown as FileMetaData)
}
const meaning = (element: Element, stored: unknown): unknown => meaningsOf({ name: 'x', ...element }).meanings.get('x')?.(stored)

test.each([
  [{ converted_type: 'DECIMAL', scale: 2 }, 12345, 123.45],
  [{ converted_type: 'DECIMAL', scale: 3 }, -5n, -0.005],
  [{ converted_type: 'DECIMAL', scale: 5 }, Buffer.from('01056e0f36a6443de2df79', 'hex'), '12345678901234567890.12345'],
  [{ converted_type: 'DECIMAL', scale: 1 }, Buffer.from('fff5', 'hex'), -1.1],
  [{ converted_type: 'TIME_MILLIS' }, 49_530_250, '13:45:30.25'],
  [{ converted_type: 'TIME_MICROS' }, 49_530_250_001n, '13:45:30.250001'],
  [{ logical_type: { type: 'TIME', unit: 'MILLIS' } }, 49_530_250, '13:45:30.25'],
  [{ logical_type: { type: 'TIME', unit: 'MICROS' } }, 49_530_250_001n, '13:45:30.250001'],
  [{ logical_type: { type: 'TIME', unit: 'NANOS' } }, 1n, '00:00:00.000000001'],
  [{ converted_type: 'INTERVAL' }, Buffer.from('0e00000002000000c4090000', 'hex'), 'P14M2DT2.5S'],
  [{ converted_type: 'BSON' }, Buffer.from([1, 2, 3]), 'AQID'],
  [{ converted_type: 'UTF8' }, 'text', undefined],
])('%j', (element, stored, expected) => {
  expect(meaning(element, stored)).toBe(expected)
})

test('columns with such values anywhere in them; the others stay as they are', () => {
  const struct = { name: 's', num_children: 2 }
  const date = { name: 'day', converted_type: 'DATE', inner: true }
  const { metadata, meanings } = meaningsOf(struct, { name: 'd', converted_type: 'DECIMAL', inner: true }, date, {
    name: 'd2',
    converted_type: 'DECIMAL',
    type: 'INT32',
  })
  expect([...meanings.keys()]).toEqual(['s', 'd2'])
  expect(metadata.schema.slice(1)).toEqual([struct, { name: 'd', inner: true }, date, { name: 'd2', type: 'INT32' }])
  expect(meanings.get('s')!({ d: 5n, day: '2020-01-02' })).toEqual({ d: 5, day: '2020-01-02' })
})
