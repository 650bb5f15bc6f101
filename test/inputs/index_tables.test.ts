import { mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { findInputs } from '../../src/inputs/find_inputs.ts'
import type { InputOptions } from '../../src/inputs/input.ts'
import { fileWith, jsonLines, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
let tables = 0

/** Where the records are that an index lists: file, offset and length. */
async function recordsIn(table: string | Buffer, options: InputOptions = {}): Promise<unknown[][]> {
  const index = fileWith(dir, `table-${tables++}`, table)
  const keepIn = (): string => mkdtempSync(join(dir, 'kept-'))
  const [input] = await findInputs([`@${index}`], { base: 'https://a.example/', keepIn, ...options })
  return jsonLines(readFileSync(input!.path, 'utf8')).map((row) => Object.values(row))
}

const header = 'warc_filename,warc_record_offset,warc_record_length'
const a = ['https://a.example/a.gz', 5, 10]
const b = ['https://a.example/b.gz', 0, 7]

test.each<[string, string | Buffer, unknown[][]]>([
  ['CSV, whatever its order and other columns', `url,${header}\n"https://x/?a,""b",b.gz,0,7\nx,a.gz,5,10\n`, [a, b]],
  ['CSV with a byte order mark, CRLF and blank lines', `\ufeff${header}\r\n\r\na.gz,5,10\r\n`, [a]],
  ['gzip', gzipSync(`${header}\na.gz,5,10\n`), [a]],
  ['JSON Lines, numbers as text', '{"filename":"a.gz","offset":"5","length":"10"}\n', [a]],
  ['CDXJ', 'com,example)/ 20250512000000 {"filename":"a.gz","offset":5,"length":10}\n', [a]],
  ['a record that is listed twice', `${header}\na.gz,5,10\nb.gz,0,7\na.gz,5,10\n`, [a, b]],
  ['absolute names', `${header}\nhttps://a.example/a.gz,5,10\ns3://b/c.gz,1,2\n`, [a, ['s3://b/c.gz', 1, 2]]],
])('%s', async (_, table, expected) => expect(await recordsIn(table)).toEqual(expected))

test('of records that are listed several times, as many are drawn as are wanted', async () => {
  const table = `${header}\n${Array.from({ length: 40 }, (_, i) => `a.gz,${i % 10},1\n`).join('')}`
  for (const count of [1, 4, 9, 10, 50]) expect(await recordsIn(table, { take: { count } })).toHaveLength(Math.min(count, 10))
})

const columns = header.replaceAll(',', ', ')
test.each<[string, string, string, InputOptions?]>([
  ['a negative offset', `${header}\na.gz,-5,10\n`, `row 1 names no record (${columns}: a.gz, -5, 10)`],
  ['an empty offset', `${header}\na.gz,5,10\nb.gz,,10\n`, `row 2 names no record (${columns}: b.gz, , 10)`],
  ['a word for a length', `${header}\na.gz,5,ten\n`, `row 1 names no record (${columns}: a.gz, 5, ten)`],
  ['a part of a byte', `${header}\na.gz,5.5,10\n`, `row 1 names no record (${columns}: a.gz, 5.5, 10)`],
  ['no bytes', `${header}\na.gz,5,0\n`, `row 1 names no record (${columns}: a.gz, 5, 0)`],
  ['a row cut short', `${header}\na.gz\n`, `row 1 names no record (${columns}: a.gz, , )`],
  ['null', '{"filename":"a.gz","offset":null,"length":1}', 'row 1 names no record (filename, offset, length: a.gz, , 1)'],
  ['true', '{"filename":"a.gz","offset":true,"length":1}', 'row 1 names no record (filename, offset, length: a.gz, true, 1)'],
  ['a missing column', 'warc_filename,warc_record_offset\na.gz,5\n', `has no columns ${columns}`],
  ['JSON without the columns', '{"url":"https://a.example/"}\n', `has no columns ${columns}`],
  ['a header alone', `${header}\n`, 'lists no records'],
  ['a draw of none', `${header}\na.gz,5,10\n`, '--take draws none of its 1 records', { take: { share: 1e-9 } }],
])('%s is one clear line', async (_, table, message, options) => {
  await expect(recordsIn(table, options)).rejects.toMatchObject({
    name: 'UserError',
    message: `-i @${dir}/table-${tables - 1}: ${message}`,
  })
})
