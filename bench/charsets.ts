import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sha256 } from '../src/core/hash.ts'
import { everySequence } from '../test/formats/sequences.ts'

// npm run bench:charsets -- --indexes DIR: decode every byte sequence of every legacy encoding as the Encoding Standard says, from its own index
// files (index-*.txt and encodings.json of github.com/whatwg/encoding), and write the digests that test/formats/charset.test.ts compares with.

const { decode, encodingFromLabel } = (await import(
  new URL('../../dist/formats/charset.js', import.meta.url).href
)) as typeof import('../src/formats/charset.ts')

const { values } = parseArgs({ options: { indexes: { type: 'string' } } })
if (!values.indexes) throw new Error('missing --indexes: folder with index-*.txt and encodings.json of the Encoding Standard')
const folder = values.indexes

/** Code points by pointer. */
function readIndex(name: string): Map<number, number> {
  const lines = readFileSync(join(folder, `index-${name}.txt`), 'utf8').split('\n')
  return new Map(
    lines.flatMap((line): [number, number][] => {
      const match = /^\s*(\d+)\s+0x([0-9A-F]+)/.exec(line)
      return match ? [[Number(match[1]), Number.parseInt(match[2]!, 16)]] : []
    }),
  )
}

/** What a decoder makes of the bytes at `at`: the text, and how many bytes it takes. */
type Step = (bytes: Uint8Array, at: number) => [text: string, length: number]

const bad = '\ufffd'
const between = (byte: number, from: number, to: number): boolean => byte >= from && byte <= to

/** A decoder of two bytes: the pointer of a pair, or -1. An ASCII byte behind a bad lead is read again. */
function pairs(isLead: (lead: number) => boolean, pointer: (lead: number, trail: number) => number, index: Map<number, number>): Step {
  return (bytes, at) => {
    const lead = bytes[at]!
    if (lead < 0x80) return [String.fromCharCode(lead), 1]
    if (!isLead(lead)) return [bad, 1]
    const trail = bytes[at + 1]
    if (trail === undefined) return [bad, 1]
    const found = index.get(pointer(lead, trail))
    if (found !== undefined) return [String.fromCodePoint(found), 2]
    return [bad, trail < 0x80 ? 1 : 2]
  }
}

const steps: Record<string, () => Step> = {
  'euc-kr': () =>
    pairs(
      (lead) => between(lead, 0x81, 0xfe),
      (lead, trail) => (between(trail, 0x41, 0xfe) ? (lead - 0x81) * 190 + trail - 0x41 : -1),
      readIndex('euc-kr'),
    ),
  big5: () => {
    const two: Record<number, string> = { 1133: 'Ê̄', 1135: 'Ê̌', 1164: 'ê̄', 1166: 'ê̌' }
    const pointer = (lead: number, trail: number): number =>
      between(trail, 0x40, 0x7e) || between(trail, 0xa1, 0xfe) ? (lead - 0x81) * 157 + trail - (trail < 0x7f ? 0x40 : 0x62) : -1
    const one = pairs((lead) => between(lead, 0x81, 0xfe), pointer, readIndex('big5'))
    return (bytes, at) => {
      const special = between(bytes[at]!, 0x81, 0xfe) ? two[pointer(bytes[at]!, bytes[at + 1] ?? 0)] : undefined
      return special === undefined ? one(bytes, at) : [special.normalize('NFC'), 2]
    }
  },
  shift_jis: () => {
    const index = readIndex('jis0208')
    return (bytes, at) => {
      const lead = bytes[at]!
      if (lead <= 0x80) return [String.fromCharCode(lead), 1]
      if (between(lead, 0xa1, 0xdf)) return [String.fromCharCode(0xff61 - 0xa1 + lead), 1]
      if (!between(lead, 0x81, 0x9f) && !between(lead, 0xe0, 0xfc)) return [bad, 1]
      const trail = bytes[at + 1]
      if (trail === undefined) return [bad, 1]
      if (between(trail, 0x40, 0x7e) || between(trail, 0x80, 0xfc)) {
        const pointer = (lead - (lead < 0xa0 ? 0x81 : 0xc1)) * 188 + trail - (trail < 0x7f ? 0x40 : 0x41)
        if (between(pointer, 8836, 10715)) return [String.fromCharCode(0xe000 - 8836 + pointer), 2]
        const found = index.get(pointer)
        if (found !== undefined) return [String.fromCodePoint(found), 2]
      }
      return [bad, trail < 0x80 ? 1 : 2]
    }
  },
  'euc-jp': () => {
    const [jis0208, jis0212] = [readIndex('jis0208'), readIndex('jis0212')]
    return (bytes, at) => {
      const lead = bytes[at]!
      if (lead < 0x80) return [String.fromCharCode(lead), 1]
      if (lead !== 0x8e && lead !== 0x8f && !between(lead, 0xa1, 0xfe)) return [bad, 1]
      const second = bytes[at + 1]
      if (second === undefined) return [bad, 1]
      if (lead === 0x8e && between(second, 0xa1, 0xdf)) return [String.fromCharCode(0xff61 - 0xa1 + second), 2]
      if (lead === 0x8f && between(second, 0xa1, 0xfe)) {
        const third = bytes[at + 2]
        if (third === undefined) return [bad, 2]
        const found = between(third, 0xa1, 0xfe) ? jis0212.get((second - 0xa1) * 94 + third - 0xa1) : undefined
        if (found !== undefined) return [String.fromCodePoint(found), 3]
        return [bad, third < 0x80 ? 2 : 3]
      }
      const isPair = between(lead, 0xa1, 0xfe) && between(second, 0xa1, 0xfe)
      const found = isPair ? jis0208.get((lead - 0xa1) * 94 + second - 0xa1) : undefined
      if (found !== undefined) return [String.fromCodePoint(found), 2]
      return [bad, second < 0x80 ? 1 : 2]
    }
  },
  gb18030: () => {
    const index = readIndex('gb18030')
    const ranges = [...readIndex('gb18030-ranges')]
    const ofRange = (pointer: number): number | undefined => {
      if ((pointer > 39419 && pointer < 189000) || pointer > 1237575) return undefined
      if (pointer === 7457) return 0xe7c7
      const [from, point] = ranges.findLast(([start]) => start <= pointer)!
      return point + pointer - from
    }
    return (bytes, at) => {
      const [first, second, third, fourth] = [bytes[at]!, bytes[at + 1], bytes[at + 2], bytes[at + 3]]
      if (first < 0x80) return [String.fromCharCode(first), 1]
      if (first === 0x80) return ['€', 1]
      if (first === 0xff || second === undefined) return [bad, 1]
      if (between(second, 0x30, 0x39)) {
        // A pair that begins four bytes and is not continued: the first byte is bad, the others are read again.
        if (third === undefined || !between(third, 0x81, 0xfe) || fourth === undefined || !between(fourth, 0x30, 0x39)) return [bad, 1]
        const pointer = (((first - 0x81) * 10 + second - 0x30) * 126 + third - 0x81) * 10 + fourth - 0x30
        const found = ofRange(pointer)
        return found === undefined ? [bad, 4] : [String.fromCodePoint(found), 4]
      }
      const isTrail = between(second, 0x40, 0x7e) || between(second, 0x80, 0xfe)
      const found = isTrail ? index.get((first - 0x81) * 190 + second - (second < 0x7f ? 0x40 : 0x41)) : undefined
      if (found !== undefined) return [String.fromCodePoint(found), 2]
      return [bad, second < 0x80 ? 1 : 2]
    }
  },
  'iso-2022-jp': () => {
    const index = readIndex('jis0208')
    let isKanji = false
    return (bytes, at) => {
      const shift = bytes[at] === 0x1b ? Buffer.from(bytes.subarray(at + 1, at + 3)).toString('latin1') : ''
      if (shift === '$B' || shift === '(B') {
        isKanji = shift === '$B'
        return ['', 3]
      }
      if (!isKanji) return [bytes[at]! < 0x80 && ![0x0e, 0x0f, 0x1b].includes(bytes[at]!) ? String.fromCharCode(bytes[at]!) : bad, 1]
      const found = index.get((bytes[at]! - 0x21) * 94 + bytes[at + 1]! - 0x21)
      return [found === undefined ? bad : String.fromCodePoint(found), 2]
    }
  },
}

/** One byte, one character: ASCII, and 128 more of an index. */
function singleByte(name: string): Step {
  const index = readIndex(name)
  return (bytes, at) => {
    const byte = bytes[at]!
    const point = byte < 0x80 ? byte : index.get(byte - 0x80)
    return [point === undefined ? bad : String.fromCodePoint(point), 1]
  }
}

function decodeByStandard(encoding: string, bytes: Uint8Array): string {
  const step =
    encoding === 'x-user-defined'
      ? (all: Uint8Array, at: number): [string, number] => [String.fromCharCode(all[at]! < 0x80 ? all[at]! : 0xf700 + all[at]!), 1]
      : (steps[encoding === 'gbk' ? 'gb18030' : encoding]?.() ?? singleByte(encoding === 'iso-8859-8-i' ? 'iso-8859-8' : encoding))
  const parts: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const [text, length] = step(bytes, at)
    parts.push(text)
    at += length
  }
  return parts.join('')
}

const groups = JSON.parse(readFileSync(join(folder, 'encodings.json'), 'utf8')) as { encodings: { name: string; labels: string[] }[] }[]
const digests: Record<string, { labels: string[]; sha256: string }> = {}
let wrong = 0
for (const { name, labels } of groups.flatMap(({ encodings }) => encodings)) {
  const encoding = name.toLowerCase()
  if (['utf-8', 'utf-16le', 'utf-16be', 'replacement'].includes(encoding)) continue
  const bytes = everySequence(encoding)
  const [expected, found] = [decodeByStandard(encoding, bytes).split('\n'), decode(bytes, encodingFromLabel(labels[0]!)!).split('\n')]
  const differing = expected.filter((line, i) => line !== found[i]).length
  wrong += differing
  console.log(`${encoding}: ${expected.length} sequences, ${differing} differ`)
  digests[encoding] = { labels, sha256: sha256(expected.join('\n')) }
}
writeFileSync('test/formats/charset_digests.json', `${JSON.stringify(digests, null, 2)}\n`)
process.exitCode = wrong === 0 ? 0 : 1
