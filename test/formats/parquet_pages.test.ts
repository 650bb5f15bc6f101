import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readPages } from '../../src/formats/parquet_pages.ts'

const varint = (n: number): number[] => (n < 128 ? [n] : [128 + (n % 128), ...varint(Math.floor(n / 128))])
const zigzag = (n: number): number[] => varint(n < 0 ? -2 * n - 1 : 2 * n)

/** A page as Thrift's compact protocol has it: 0x15 is "next field, i32", 0x2c "the field after the next, struct". */
function page(
  values: number,
  {
    uncompressed = 4,
    compressed = 4,
    body,
    statistics = 0,
  }: { uncompressed?: number; compressed?: number; body?: number; statistics?: number } = {},
): number[] {
  const minimum = statistics > 0 ? [0x4c, 0x18, ...varint(statistics), ...Array<number>(statistics).fill(97), 0] : []
  const data = [0x15, ...zigzag(values), ...minimum, 0]
  return [
    0x15,
    0,
    0x15,
    ...zigzag(uncompressed),
    0x15,
    ...zigzag(compressed),
    0x2c,
    ...data,
    0,
    ...Array<number>(body ?? compressed).fill(255),
  ]
}

const check = (bytes: number[], values: number): void => {
  const file = Uint8Array.from(bytes)
  readPages((start, end) => file.subarray(start, end), { start: 0, end: file.length, values })
}

describe('page headers', () => {
  test('that add up pass', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(1e9), fc.nat(300), fc.nat(20_000)), { maxLength: 5 }), (pages) => {
        const bytes = pages.flatMap(([values, compressed, statistics]) => page(values, { compressed, statistics }))
        check(
          bytes,
          pages.reduce((sum, [values]) => sum + values, 0),
        )
      }),
      { numRuns: 50 },
    )
  })

  test.each([
    ['a size below zero, which would send the decoder back', page(1, { compressed: -20, body: 4 }), 'page header: field 3 is -20'],
    ['an inflated size below zero', page(1, { uncompressed: -1 }), 'page header: field 2 is -1'],
    ['a page larger than its column', page(1, { compressed: 1000, body: 4 }), 'a page of 1000 bytes does not fit into its column'],
    ['values below zero', page(-1), 'page header: field 1 is -1'],
    ['more values than the column has', page(2 ** 31 - 1), 'pages hold more than the 3 values of their column'],
    ['an end too early', page(1).slice(0, 5), 'page header: no end'],
    ['a type that is none', [0x1f, 0], 'page header: unknown type 15'],
    ['structs without end', Array<number>(100).fill(0x1c), 'page header: too many structs in one another'],
    ['a number without end', [0x15, ...Array<number>(20).fill(255)], 'page header: a number without end'],
  ])('with %s are refused', (_, bytes, message) => {
    expect(() => check(bytes, 3)).toThrow(message)
  })
})
