import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../src/core/hash.ts'
import { decode, decodePage, encodingFromLabel, sniffCharset } from '../../src/formats/charset.ts'
import { parseHttpResponse } from '../../src/formats/http.ts'
import { hasSharedData, sharedData } from '../support.ts'
import { everySequence } from './sequences.ts'

const bytes = (...parts: (string | number[] | Buffer)[]): Buffer =>
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

const standard = JSON.parse(readFileSync(new URL('charset_digests.json', import.meta.url), 'utf8')) as Record<
  string,
  { labels: string[]; sha256: string }
>

test.each(Object.entries(standard))(
  '%s: every byte sequence is decoded as the Encoding Standard says',
  (encoding, { sha256: expected }) => {
    expect(sha256(decode(everySequence(encoding), encoding))).toBe(expected)
  },
)

test('every label stands for the encoding that the Encoding Standard says', () => {
  const found = Object.entries(standard).flatMap(([encoding, { labels }]) =>
    labels.filter((label) => encodingFromLabel(label) !== encoding),
  )
  expect(found).toEqual([])
  expect([' UTF-8\n', 'Windows-1251', 'klingon', ''].map(encodingFromLabel)).toEqual(['utf-8', 'windows-1251', undefined, undefined])
})

const japanese = '日本語のページです。'
const jis = bytes([0x1b, 0x24, 0x42, 0x46, 0x7c, 0x4b, 0x5c, 0x1b, 0x28, 0x42]) // 日本

describe('what is declared by nobody', () => {
  const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()
  test.each([
    ['UTF-16, little end first', Buffer.from(`<p>${japanese}</p><p>The end</p>`, 'utf16le'), '', 'utf-16le'],
    ['UTF-16, big end first', utf16be(`<html><p>${japanese}</p></html>`), '', 'utf-16be'],
    ['UTF-16 that is declared as UTF-8', utf16be('<meta charset=utf-8><p>The end'), 'text/html; charset=utf-8', 'utf-16be'],
    ['UTF-16 that is declared as Latin', Buffer.from('<p>The end</p>', 'utf16le'), 'text/html; charset=iso-8859-1', 'utf-16le'],
    ['ASCII that is declared as UTF-16', bytes('<p>The end</p>'), 'text/html; charset=utf-16', 'utf-8'],
    [
      'Czech between more markup than text',
      bytes(
        '<div class="the content of the page">'.repeat(40),
        '<p>',
        [0x50, 0xf8, 0xed, 0x6c, 0x69, 0x9a],
        ' ',
        [0x9e, 0x6c, 0x75, 0x9d, 0x6f, 0x75, 0xe8, 0x6b, 0xfd],
        ' ',
        [0x6b, 0xf9, 0xf2],
        ' ',
        [0xfa, 0x70, 0xec, 0x6c],
        ' ',
        [0xef, 0xe1, 0x62, 0x65, 0x6c, 0x73, 0x6b, 0xe9],
        ' ',
        [0xf3, 0x64, 0x79],
        ' v noci na pond',
        [0xec, 0x6c, 0xed],
      ),
      '',
      'windows-1250',
    ],
    ['a page with a few zero bytes', bytes('<p>a', [0], 'b', [0, 0], 'c</p>', 'x'.repeat(100)), '', 'utf-8'],
    ['ISO-2022-JP', bytes('<p>', jis, '</p>'), '', 'iso-2022-jp'],
    ['an escape sequence that shifts to nothing', bytes('<p>', [0x1b, 0x24, 0x42], 'é'), '', 'utf-8'],
    [
      'ISO-2022-JP that is cut',
      bytes('<p>', ...Array.from({ length: 9 }, () => bytes(jis, ' ')), [0x1b, 0x24, 0x42, 0x46]),
      '',
      'iso-2022-jp',
    ],
    ['a shift before what is no Japanese', bytes('<p>', [0x1b, 0x24, 0x42], '\n\n\n'), '', 'utf-8'],
  ])('%s', (_, page, contentType, expected) => {
    expect(sniffCharset(page, contentType)).toBe(expected)
  })
})

test.each([
  ['ISO-2022-KR with shifts', bytes([0x1b, 0x24, 0x29, 0x43, 0x0e, 0x30, 0x21, 0x0f]), 'iso-2022-kr', 'replacement'],
  ['HZ', bytes('~{VPND~}'), 'hz-gb-2312', 'replacement'],
  ['plain ASCII', bytes('plain'), 'hz-gb-2312', 'utf-8'],
  ['UTF-8', bytes('naïve'), 'iso-2022-kr', 'utf-8'],
])('an encoding that browsers refuse: %s', (_, page, charset, expected) => {
  expect(sniffCharset(page, `text/html; charset=${charset}`)).toBe(expected)
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
