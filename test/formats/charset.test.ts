import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decode, decodePage, sniffCharset } from '../../src/formats/charset.ts'
import { parseHttpResponse } from '../../src/formats/http.ts'
import { hasSharedData, sharedData } from '../support.ts'

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))
const cyrillic1251 = [0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2] // Привет

describe('order: byte order mark, HTTP header, meta, detection', () => {
  test.each([
    ['UTF-8 mark beats the header', bytes([0xef, 0xbb, 0xbf], 'a'), 'text/html; charset=windows-1251', 'utf-8'],
    ['UTF-16 marks', bytes([0xff, 0xfe, 0x61, 0]), '', 'utf-16le'],
    ['UTF-16 marks', bytes([0xfe, 0xff, 0, 0x61]), '', 'utf-16be'],
    ['header', bytes(cyrillic1251), 'text/html; charset="windows-1251"', 'windows-1251'],
    ['header beats meta', bytes('<meta charset=koi8-r>', cyrillic1251), 'text/html; charset=cp1251', 'windows-1251'],
    ['meta charset', bytes('<meta charset="windows-1251">', cyrillic1251), 'text/html', 'windows-1251'],
    [
      'meta http-equiv',
      bytes("<META http-equiv=Content-Type content='text/html; charset=windows-1251'>", cyrillic1251),
      '',
      'windows-1251',
    ],
    [
      'meta in a comment does not count',
      bytes('<!-- <meta charset=koi8-r> --><meta charset=windows-1251>', cyrillic1251),
      '',
      'windows-1251',
    ],
    ['XML declaration', bytes('<?xml version="1.0" encoding="windows-1251"?>', cyrillic1251), '', 'windows-1251'],
    ['iso-8859-1 means windows-1252', bytes('caf', [0xe9]), 'text/html; charset=ISO-8859-1', 'windows-1252'],
    ['gb2312 means gbk', bytes([0xc4, 0xe3, 0xba, 0xc3]), 'text/html; charset=gb2312', 'gbk'],
    ['valid UTF-8 beats a wrong label', bytes('naïve café'), 'text/html; charset=iso-8859-1', 'utf-8'],
    ['plain ASCII is UTF-8', bytes('plain'), '', 'utf-8'],
    ['an unknown label is no label', bytes('naïve'), 'text/html; charset=klingon', 'utf-8'],
    [
      'UTF-8 with a bad byte stays UTF-8',
      bytes('déjà vu, être, où, ça, là, naïve, été, à '.repeat(3), [0xe9, 0x20]),
      'text/html; charset=utf-8',
      'utf-8',
    ],
    [
      'declared UTF-8 that is Latin text',
      bytes('Le caf', [0xe9], ' est tr', [0xe8], 's bon, la for', [0xea], 't est l', [0xe0], '.'),
      'text/html; charset=utf-8',
      'windows-1252',
    ],
  ])('%s', (_, page, contentType, expected) => {
    expect(sniffCharset(page, contentType)).toBe(expected)
  })

  test('undeclared Cyrillic is detected', () => {
    const page = Buffer.from('Ïðèâåò, ýòî äîâîëüíî äëèííûé òåêñò íà ðóññêîì ÿçûêå, ÷òîáû åãî ìîæíî áûëî óçíàòü.', 'latin1')
    expect(decodePage(page, '')).toEqual({
      charset: 'windows-1251',
      text: 'Привет, это довольно длинный текст на русском языке, чтобы его можно было узнать.',
    })
  })
})

test('windows-1252 has its own bytes 0x80 to 0x9F', () => {
  expect(decode(Buffer.from([0x93, 0x68, 0x69, 0x94, 0x20, 0x80, 0x85, 0x97, 0xe9]), 'windows-1252')).toBe('“hi” €…—é')
})

test('bytes that mean nothing become replacement characters', () => {
  expect(decode(Buffer.from([0x61, 0xff, 0x62]), 'utf-8')).toBe('a\ufffdb')
})

describe.skipIf(!hasSharedData)('pages found in the wild', () => {
  // All pages in other charsets, and one in 25 of those in UTF-8.
  const rows = hasSharedData ? csvRows(gunzipSync(readFileSync(join(sharedData, 'warc/pages.csv.gz'))).toString('utf8')) : []
  const pages = rows.filter(({ mime, charset }, i) => /html/.test(mime!) && charset !== '?' && (charset !== 'utf-8' || i % 25 === 0))

  test('are read as what they are, with the HTTP header and without', () => {
    const wrong: string[] = []
    for (const { shard, offset, length, charset, url } of pages) {
      const source = openSync(join(sharedData, 'warc', shard!), 'r')
      const member = Buffer.alloc(Number(length))
      readSync(source, member, 0, member.length, Number(offset))
      closeSync(source)
      const record = gunzipSync(member)
      const { body, headers } = parseHttpResponse(record.subarray(record.indexOf('\r\n\r\n') + 4), 1 << 26)!
      const truth = decode(body, charset === 'iso-8859-1' ? 'windows-1252' : charset!)
      for (const contentType of [headers.get('content-type') ?? '', '']) if (decodePage(body, contentType).text !== truth) wrong.push(url!)
    }
    expect(pages.length).toBeGreaterThan(350)
    expect(wrong).toEqual([])
  })
})

/** Rows of a CSV file without line ends in its fields, by the names in its first line. */
function csvRows(csv: string): Record<string, string>[] {
  const [names, ...rows] = csv
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''))
  return rows.map((row) => Object.fromEntries(row.map((value, i) => [names![i]!, value])))
}
