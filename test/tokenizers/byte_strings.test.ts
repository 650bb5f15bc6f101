import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteStringCache, ByteStringTable, hashBytes, Utf8Buffer } from '../../src/tokenizers/byte_strings.ts'

const byteStrings = fc.uint8Array({ maxLength: 6, max: 3 })

function tableOf(strings: readonly Uint8Array[]): ByteStringTable {
  const starts = [0]
  for (const string of strings) starts.push(starts.at(-1)! + string.length)
  return new ByteStringTable(Buffer.concat(strings), Uint32Array.from(starts))
}

test('the hash is 32-bit FNV-1a of sign-extended bytes', () => {
  const hash = (text: string): number => hashBytes(Buffer.from(text), 0, Buffer.byteLength(text)) >>> 0
  expect([hash(''), hash('a'), hash('foobar')]).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968])
  // a plain FNV-1a would give 0x1e9de8c1
  expect(hash('é')).toBe(0x3cfa68c1)
})

describe('ByteStringTable', () => {
  test('finds what is in it and nothing else', () => {
    fc.assert(
      fc.property(fc.array(byteStrings), byteStrings, (strings, wanted) => {
        const found = tableOf(strings).indexOf(wanted, 0, wanted.length, hashBytes(wanted, 0, wanted.length))
        expect(found).toBe(strings.findIndex((string) => Buffer.compare(string, wanted) === 0))
      }),
    )
  })

  test('knows its longest string', () => {
    expect(tableOf(['a', 'longest', 'b'].map((text) => Buffer.from(text))).maxLength).toBe(7)
    expect(tableOf([]).maxLength).toBe(0)
  })
})

test('ByteStringCache never takes one string for another', () => {
  fc.assert(
    fc.property(fc.array(byteStrings), (strings) => {
      const cache = new ByteStringCache(4, 5)
      const kept: (string | undefined)[] = []
      for (const string of strings) {
        const hash = hashBytes(string, 0, string.length)
        const found = cache.find(string, 0, string.length, hash)
        const slot = cache.add(string, 0, string.length, hash)
        const text = Buffer.from(string).toString('hex')
        if (found !== -1) expect(kept[found]).toBe(text)
        expect(slot === -1).toBe(string.length === 0 || string.length > 5)
        if (slot !== -1) kept[slot] = text
        expect(cache.find(string, 0, string.length, hash)).toBe(slot)
      }
    }),
  )
})

test('Utf8Buffer grows, and writes U+FFFD for a lone surrogate', () => {
  const buffer = new Utf8Buffer()
  const text = `a\ud800${'é日😀'.repeat(20_000)}`
  const length = buffer.encode(text)
  expect(Buffer.from(buffer.bytes.subarray(0, length)).toString('utf8')).toBe(text.replace('\ud800', '\ufffd'))
})
