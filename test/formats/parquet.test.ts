import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openParquet } from '../../src/formats/parquet_reader.ts'
import { type Column, createParquet } from '../../src/formats/parquet_writer.ts'
import { hasSharedData, sharedData, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const duckdb = await (await DuckDBInstance.create(':memory:')).connect()
const quote = (path: string): string => `'${path.replaceAll("'", "''")}'`

/** Rows as DuckDB reads them, as JSON. */
async function duckRows(path: string): Promise<unknown[]> {
  const reader = await duckdb.runAndReadAll(`select * from read_parquet(${quote(path)})`)
  return reader.getRowObjectsJson()
}

async function ownRows(path: string, limits?: Parameters<typeof openParquet>[1]): Promise<Record<string, unknown>[]> {
  const file = await openParquet(path, limits)
  const rows: Record<string, unknown>[] = []
  for await (const batch of file.batches()) rows.push(...batch)
  file.close()
  return rows
}

const columns: Column[] = [
  { name: 'text', type: 'string', nullable: false },
  { name: 'language', type: 'string', nullable: true },
  { name: 'score', type: 'double', nullable: true },
  { name: 'tokens', type: 'int64', nullable: true },
  { name: 'row', type: 'int32', nullable: false },
]

async function write(name: string, rows: readonly (readonly unknown[])[], groupRows = 1000, groupBytes = 1 << 20): Promise<string> {
  const path = join(dir, name)
  const table = await createParquet(path, { columns, metadata: { a: 'b' }, level: 3, groupBytes, groupRows })
  for (const row of rows) table.write(row)
  expect((await table.close()).rows).toBe(rows.length)
  return path
}

describe('what is written', () => {
  const row = fc.tuple(
    fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('x'.repeat(5000))),
    fc.option(fc.string(), { nil: null }),
    fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: null }),
    fc.option(fc.maxSafeInteger(), { nil: null }),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  )

  test('reads back the same here and in DuckDB, for any rows and groups', async () => {
    let n = 0
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 60 }), fc.integer({ min: 1, max: 40 }), async (rows, groupRows) => {
        const path = await write(`round-${n++}.parquet`, rows, groupRows)
        const objects = rows.map(([text, language, score, tokens, row]) => ({
          text,
          language,
          score,
          tokens: tokens === null ? null : BigInt(tokens),
          row,
        }))
        const own = await ownRows(path)
        expect(
          own.map((values) => ({
            ...values,
            language: values['language'] ?? null,
            score: values['score'] ?? null,
            tokens: values['tokens'] ?? null,
          })),
        ).toEqual(objects)
        const duck = (await duckdb.runAndReadAll(`select * from read_parquet(${quote(path)})`)).getRowObjectsJS()
        expect(duck).toEqual(objects)
      }),
      { numRuns: 40 },
    )
  })

  test('closes a row group when its bytes are enough', async () => {
    const path = await write(
      'groups.parquet',
      Array.from({ length: 100 }, (_, i) => ['x'.repeat(1000), null, null, null, i]),
      1000,
      10_000,
    )
    const [{ groups }] = (
      await duckdb.runAndReadAll(`select count(distinct row_group_id)::int as groups from parquet_metadata(${quote(path)})`)
    ).getRowObjectsJS() as [{ groups: number }]
    expect(groups).toBe(10)
  })

  test('refuses null where a column may not have it', async () => {
    await expect(write('null.parquet', [[null, null, null, null, 0]])).rejects.toThrow('column text may not be null')
  })

  test('has the columns, types and codec that it says', async () => {
    const path = await write('schema.parquet', [['a', 'en', 0.5, 3, 0]])
    const schema = await duckdb.runAndReadAll(
      `select name, type, repetition_type from parquet_schema(${quote(path)}) where type is not null`,
    )
    expect(schema.getRowsJson()).toEqual([
      ['text', 'BYTE_ARRAY', 'REQUIRED'],
      ['language', 'BYTE_ARRAY', 'OPTIONAL'],
      ['score', 'DOUBLE', 'OPTIONAL'],
      ['tokens', 'INT64', 'OPTIONAL'],
      ['row', 'INT32', 'REQUIRED'],
    ])
    const codecs = await duckdb.runAndReadAll(`select distinct compression from parquet_metadata(${quote(path)})`)
    expect(codecs.getRowsJson()).toEqual([['ZSTD']])
  })
})

describe('what DuckDB writes', () => {
  for (const codec of ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw']) {
    for (const version of ['V1', 'V2']) {
      test(`${codec} ${version} reads back the same`, async () => {
        const path = join(dir, `${codec}-${version}.parquet`)
        await duckdb.run(
          `copy (select 'doc ' || i as id, repeat('word ' || (i % 7), i % 50) as text, i::bigint as n, case when i % 3 = 0 then null else i / 7.0 end as score, [i, i + 1] as list, {a: i, b: 'x'} as struct from range(3000) t(i)) to ${quote(path)} (format parquet, codec '${codec}', parquet_version '${version}', row_group_size 2048)`,
        )
        const expected = comparable(await duckRows(path))
        expect(comparable(await ownRows(path))).toEqual(expected)
        // The same in slices of some hundred rows, which read only the pages they need.
        expect(comparable(await ownRows(path, { whole: 0, slice: 10_000, values: 1 << 20 }))).toEqual(expected)
        expect(comparable(await ownRows(path, { whole: 1e9, slice: 1e9, values: 1000 }))).toEqual(expected)
      })
    }
  }

  test('one giant row group is read in slices, in order', async () => {
    const path = join(dir, 'giant.parquet')
    await duckdb.run(
      `copy (select i::int as i, repeat(md5(i::varchar), 40) as text from range(120000) t(i)) to ${quote(path)} (format parquet, row_group_size 1000000)`,
    )
    const file = await openParquet(path)
    let next = 0
    let largest = 0
    for await (const rows of file.batches()) {
      largest = Math.max(largest, rows.length)
      for (const row of rows) if (row['i'] !== next++) throw new Error(`row ${next - 1} is ${String(row['i'])}`)
    }
    file.close()
    expect([next, largest < 60_000]).toEqual([120_000, true])
  })
})

const edge = join(sharedData, 'edge')

describe.skipIf(!hasSharedData)('real files from parquet-testing', () => {
  for (const name of hasSharedData ? readdirSync(join(edge, 'parquet')) : []) {
    test(name, async () => {
      const path = join(edge, 'parquet', name)
      if (name.includes('large_string_map')) {
        // Two strings of 1 GiB in a file of 4 kB: refused before anything is inflated.
        await expect(ownRows(path)).rejects.toThrow(/a row takes about/)
        return
      }
      if (notDuckdb[name]) {
        await expect(duckRows(path)).rejects.toThrow(notDuckdb[name])
        expect((await ownRows(path)).length).toBe(name.includes('lz4') ? 4 : 3)
        return
      }
      const expected = comparable(await duckRows(path))
      expect(comparable(await ownRows(path))).toEqual(expected)
      expect(comparable(await ownRows(path, { whole: 0, slice: 1000, values: 1 << 20 }))).toEqual(expected)
    })
  }

  test.each([
    ['ARROW-GH-43605', 21_186],
    ['ARROW-GH-45185', /^damaged, or no Parquet file/],
    ['ARROW-RS-GH-6229-DICTHEADER', /^damaged, or no Parquet file/],
    ['ARROW-RS-GH-6229-LEVELS', /^damaged, or no Parquet file/],
  ])('broken: %s', async (name, expected) => {
    const rows = ownRows(join(edge, 'parquet-bad', `parquet-testing__${name}.parquet`))
    if (typeof expected === 'number') expect((await rows).length).toBe(expected)
    else await expect(rows).rejects.toThrow(expected)
  })
})

/** Files that can be read here and that DuckDB refuses, and its words for it. */
const notDuckdb: Record<string, RegExp> = {
  'parquet-testing__map_no_value.parquet': /MAP_KEY_VALUE requires two children/,
  'parquet-testing__non_hadoop_lz4_compressed.parquet': /Unsupported compression/,
}

/** Both sides in DuckDB's JSON notation, with numbers as numbers and maps as objects. */
function comparable(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : String(value).replace('Infinity', 'inf')
  if (value instanceof Uint8Array)
    return comparable(
      [...value]
        .map((byte) =>
          byte >= 32 && byte < 127 && byte !== 92 ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`,
        )
        .join(''),
    )
  if (typeof value === 'string')
    return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value.replace(/^(\d{4}-\d\d-\d\d)T([\d:.]+)Z$/, '$1 $2')
  if (Array.isArray(value)) {
    const pairs =
      value.length > 0 && value.every((item) => typeof item === 'object' && item !== null && Object.keys(item).join() === 'key,value')
    return pairs
      ? comparable(Object.fromEntries(value.map(({ key, value }: { key: unknown; value: unknown }) => [String(key), value])))
      : value.map(comparable)
  }
  // An empty map and an empty list look alike in DuckDB's JSON.
  if (typeof value === 'object')
    return Object.keys(value).length === 0 ? [] : Object.fromEntries(Object.entries(value).map(([key, v]) => [key, comparable(v)]))
  return value
}
