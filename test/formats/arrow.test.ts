import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { tableFromArrays, tableToIPC } from 'apache-arrow'
import { describe, expect, test } from 'vitest'
import { readArrow } from '../../src/formats/arrow_reader.ts'
import { ByteSource } from '../../src/formats/byte_source.ts'
import { openParquet, toJson } from '../../src/formats/parquet_reader.ts'
import { fileWith, jsonLines, parquetRows, runHere, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
/** Files that pyarrow 26 has written; `types` in two record batches: as a file, as a stream with zstd, and as one with LZ4. */
const formatFile = (name: string): string => fileURLToPath(new URL(`arrow/${name}`, import.meta.url))
const written = (name: string): string => formatFile(`types.${name}`)

async function rowsOf(path: string): Promise<unknown[]> {
  const rows: unknown[] = []
  const source = new ByteSource(path)
  for await (const batch of readArrow(source)) rows.push(...batch.rows.map(toJson))
  source.close()
  return rows
}

const first = {
  text: 'a',
  id: 'x',
  n: 1,
  ts: '2023-11-14T22:13:20.123456Z',
  tz: '2023-11-14T22:13:20Z',
  d: '2020-01-02',
  dec: -12.34,
  l: [1, 2],
  s: { a: 1, b: ['q'] },
  f: 1.5,
  dict: 'u',
  bin: '/wA=',
  ls: 'L',
  m: { k: 1 },
  b: true,
}
const none = Object.fromEntries(Object.keys(first).map((name) => [name, null]))

test.each(['arrow', 'zstd.arrows', 'lz4.arrows'])('values of every type, from types.%s', async (name) => {
  expect(await rowsOf(written(name))).toEqual([
    first,
    { ...none, text: 'b', id: 'y', n: String(2n ** 60n), dec: 5, f: 'NaN', dict: 'v', bin: 'ok', ls: 'M', b: false },
    {
      ...none,
      id: 'z',
      ts: '1970-01-01T00:00:00Z',
      tz: '1970-01-01T00:00:00Z',
      d: '1969-12-31',
      l: [3],
      s: { a: null, b: [] },
      dict: 'u',
      m: {},
    },
  ])
})

test('values in lists, structs and maps are the same in Arrow and in Parquet', async () => {
  const t = '2020-01-02T03:04:05.678Z'
  const expected = [
    {
      id: 'a',
      s: { t, d: '2020-01-02', n: '12345678901234567890.5' },
      l: [{ t: [t, null] }],
      m: { k: t, j: null },
      ld: [[0.1], [null]],
      md: { k: '98765432109876543210.125' },
      tm: { x: ['01:02:03.000004'] },
      fl: ['2020-01-02', '2020-01-02'],
      day: '2020-01-02',
      u: 'AAAAAAAAAAAAAAAAAAAAAQ==',
      ['__proto__']: 'p',
    },
    { id: 'b', s: null, l: [], m: {}, ld: null, md: null, tm: null, fl: null, day: null, u: null, ['__proto__']: null },
    {
      id: 'c',
      s: { t: null, d: null, n: null },
      l: null,
      m: null,
      ld: null,
      md: null,
      tm: null,
      fl: [null, '2020-01-02'],
      day: '1969-12-31',
      u: 'plain text bytes',
      ['__proto__']: 'q',
    },
  ]
  expect(JSON.stringify(await rowsOf(formatFile('nested.arrow')))).toBe(JSON.stringify(expected))
  const parquet = await openParquet(formatFile('nested.parquet'))
  const rows: unknown[] = []
  for await (const batch of parquet.batches()) rows.push(...batch.map(toJson))
  parquet.close()
  expect(JSON.stringify(rows)).toBe(JSON.stringify(expected))
})

test.each(['runs.arrows', 'runs.lz4.arrows'])(
  'columns of runs are read by their rows; where runs are inside a column, that column is left out (%s)',
  async (name) => {
    const rows = Array.from({ length: 6 }, (_, i) => ({
      id: i,
      l: [1, i],
      v: ['short', 'a string that is longer than twelve', null][i % 3],
      r: ['a', 'a', null, 'c', 'c', 'c'][i],
      cat: ['p', 'q'][i % 2],
      t: '2020-01-01T00:00:00.123Z',
      text: `text ${i}`,
      d: i < 4 ? 'u' : 'v',
    }))
    expect(await rowsOf(formatFile(name))).toEqual(rows)
  },
)

test('LZ4 blocks that refer to those before', async () => {
  const repeated = 'all of this is repeated, and longer than a block; '.repeat(4000)
  expect(await rowsOf(formatFile('blocks.lz4.arrow'))).toEqual([{ text: repeated }, { text: 'x' }])
})

describe('what cannot be read is told', () => {
  test.each(['arrow', 'zstd.arrows', 'lz4.arrows'])('types.%s cut anywhere', async (name) => {
    const whole = readFileSync(written(name))
    for (let bytes = 8; bytes < whole.length; bytes += 101)
      await expect(rowsOf(fileWith(dir, 'cut', whole.subarray(0, bytes)))).rejects.toThrow('damaged, or no Arrow file: ')
  })
})

test.each(['types.arrow', 'types.zstd.arrows', 'runs.lz4.arrows'])(
  '%s with bytes changed is read, or told to be damaged; it neither hangs nor fills the memory',
  async (name) => {
    const whole = readFileSync(formatFile(name))
    const outcomes = new Set<string>()
    for (let at = 0; at < whole.length; at += 5) {
      const changed = Buffer.from(whole)
      changed[at]! ^= 1 << (at % 8)
      const outcome = await rowsOf(fileWith(dir, 'changed', changed)).then(
        (rows) => `${rows.length <= 6}`,
        (error: Error) => error.message.replace(/(?::|, which).*/, ''),
      )
      outcomes.add(outcome)
    }
    expect([...outcomes].sort()).toEqual(['damaged, or no Arrow file', 'true'])
  },
)

test('documents of Arrow files and streams, and the rows before damage', async () => {
  const texts = Array.from({ length: 5 }, (_, i) => `text of document ${i}`)
  const table = tableFromArrays({ text: texts, id: texts.map((_, i) => `d${i}`), url: texts.map((_, i) => `https://example.org/${i}`) })
  const stream = Buffer.from(tableToIPC(table, 'stream'))
  const inputs = [
    fileWith(dir, '0.jsonl', tableToIPC(table, 'file')),
    fileWith(dir, '1.arrow', stream),
    fileWith(dir, '2.arrow', stream.subarray(0, -8)),
    fileWith(dir, '3.arrow', tableToIPC(tableFromArrays({ content: texts }), 'file')),
  ]
  const out = join(dir, 'run')
  const pipeline = fileWith(dir, 'p.yaml', 'name: p\nsteps:\n  - read\n  - write\n')
  const { manifest } = await runHere(pipeline, inputs, out)
  for (const i of [0, 1, 2]) {
    const rows = await parquetRows(join(out, `data/0000${i}.parquet`))
    expect(rows.map(({ text, id, url }) => [text, id, url])).toEqual(texts.map((text, k) => [text, `d${k}`, `https://example.org/${k}`]))
  }
  expect(manifest.records).toMatchObject({ read: 17, kept: 15, errors: { bad_arrow: 1, no_text_column: 1 } })
  const errors = [2, 3].flatMap((i) => jsonLines(readFileSync(join(out, `errors/0000${i}.jsonl`), 'utf8')))
  expect(errors).toEqual([
    { kind: 'bad_arrow', file: inputs[2], row: 5, message: 'damaged, or no Arrow file: it ends before its end mark' },
    {
      kind: 'no_text_column',
      file: inputs[3],
      message: 'no column "text" for the text (columns: content); name one with --set read.text_field=COLUMN',
    },
  ])
})
