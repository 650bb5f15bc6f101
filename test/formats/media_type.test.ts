import { describe, expect, test } from 'vitest'
import { looksBinary, looksLikeHtml, mediaType } from '../../src/formats/media_type.ts'

const html = Buffer.from('<!DOCTYPE html><p>Page')
const pdf = Buffer.from('%PDF-1.4\n%\xe2\xe3', 'latin1')

describe('media type', () => {
  test.each([
    ['text/html', html, 'text/html'],
    ['Text/HTML; charset=utf-8', html, 'text/html'],
    ['"text/html; charset=utf-8"', html, 'text/html'],
    ["'text/html'", html, 'text/html'],
    ['text/plain, text/html', html, 'text/html'],
    ['text/html, text/html;charset=utf-8', html, 'text/html'],
    ['text/html charset=utf-8', html, 'text/html'],
    ['text/html;', html, 'text/html'],
    ['application/xhtml+xml', html, 'application/xhtml+xml'],
    ['application/json', html, 'application/json'],
    ['text/plain', html, 'text/plain'],
    ['', html, 'text/html'],
    ['html', html, 'text/html'],
    ['; charset=utf-8', html, 'text/html'],
    ['application/octet-stream', html, 'text/html'],
    ['*/*', html, 'text/html'],
    ['', Buffer.from('words'), 'unknown'],
    ['text/html', pdf, 'application/pdf'],
    ['text/html', Buffer.from('PK\x03\x04zip'), 'application/zip'],
    ['text/html', Buffer.from([0xff, 0xd8, 0xff, 0xe0]), 'image/jpeg'],
    ['text/html', Buffer.from('RIFF\0\0\0\0WEBPVP8 '), 'application/x-riff'],
    ['text/html', Buffer.from('\0\0\0\x18ftypmp42'), 'video/mp4'],
    ['text/html', Buffer.from('\ufeff%PDF-1.4'), 'application/pdf'],
    ['text/html', Buffer.from('\n  %PDF-1.4'), 'application/pdf'],
    ['text/html', Buffer.from('{\\rtf1\\ansi words}'), 'text/rtf'],
    ['text/html', Buffer.from('BZh91AY&SY'), 'application/x-bzip2'],
    ['text/html', Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1'), 'application/x-ole-storage'],
    ['text/html', Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 97) & 0xff)), 'application/octet-stream'],
    ['text/html', Buffer.concat([html, Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 97) & 0xff))]), 'text/html'],
    ['text/html', Buffer.from('\ufeff<!doctype html><p>Съешь же ещё этих мягких булок', 'utf16le'), 'text/html'],
    ['text/html', Buffer.from('<html><p>Съешь же ещё этих мягких французских булок', 'utf16le'), 'text/html'],
    ['text/html', Buffer.from('\ufeffСъешь же ещё этих мягких булок', 'utf16le'), 'text/html'],
    ['application/xhtml+xml', Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 97) & 0xff)), 'application/octet-stream'],
    ['text/html', Buffer.from('<?xml version="1.0"?>\n<!-- news --><rss version="2.0">'), 'application/rss+xml'],
    ['text/html', Buffer.from('\ufeff<feed xmlns="http://www.w3.org/2005/Atom">'), 'application/atom+xml'],
    ['text/html', Buffer.from('<rdf:RDF xmlns="http://purl.org/rss/1.0/">'), 'application/rss+xml'],
    ['text/html', Buffer.from('<rdf:RDF xmlns="http://www.w3.org/2000/01/rdf-schema#">'), 'text/html'],
    ['text/html', Buffer.from('<feedback>words'), 'text/html'],
    ['text/html', Buffer.from(`${'<!-- a -->'.repeat(100)}<p>words`), 'text/html'],
    ['text/html', Buffer.from(`${'<!-- a --><!b>\n'.repeat(80)}<rss>`), 'application/rss+xml'],
    ['text/html', Buffer.from('<!-- never ends <rss>'), 'text/html'],
    ['text/html', Buffer.from('{"a": 1}'), 'text/html'],
    ['text/html', Buffer.from('RIFF is a mountain range'), 'text/html'],
    ['text/html', Buffer.from('ID cards'), 'text/html'],
  ])('%j', (declared, body, expected) => {
    expect(mediaType([undefined, declared], body)).toBe(expected)
  })

  test('what the crawler identified goes before what the server declared', () => {
    expect(mediaType(['text/html', 'text/plain'], html)).toBe('text/html')
    expect(mediaType(['application/json', 'text/html'], html)).toBe('application/json')
  })
})

test.each([
  ['<!doctype HTML>', true],
  ['  \n<HTML lang=en>', true],
  ['\ufeff<p>', true],
  ['<?xml version="1.0"?>\n<html>', true],
  ['<!-- a comment --> <div class=a>', true],
  ['<!-- a comment --> words', false],
  ['<br/>', true],
  ['<bread>', false],
  ['<svg>', false],
  ['{"a": 1}', false],
  ['', false],
])('%j looks like HTML: %j', (text, expected) => {
  expect(looksLikeHtml(Buffer.from(text))).toBe(expected)
})

test.each([
  ['text', Buffer.from('Words\tand\r\nlines\f'), false],
  ['text with a few control characters', Buffer.from(`one\vtwo${'word '.repeat(50)}`), false],
  ['compressed bytes', Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 97) & 0xff)), true],
  ['UTF-16', Buffer.from('words', 'utf16le'), false],
  ['nothing', Buffer.alloc(0), false],
])('%s', (_, bytes, expected) => {
  expect(looksBinary(bytes)).toBe(expected)
})
