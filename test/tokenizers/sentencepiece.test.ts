import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadSentencePiece } from '../../src/tokenizers/sentencepiece/sentencepiece.ts'
import { fileWith, readJson, temporaryFolder } from '../support.ts'

const fixtures = fileURLToPath(new URL('../../fixtures/models/', import.meta.url))
const { texts, pieces } = readJson<{ texts: string[]; pieces: Record<string, string[][]> }>(`${fixtures}language.json`)
const dir = temporaryFolder()

describe.each(Object.entries(pieces))('%s', (name, expected) => {
  const model = loadSentencePiece(`${fixtures}${name}.sp.model`)

  test('the pieces that SentencePiece gives', () => {
    expect(texts.map((text) => model.encode(text))).toEqual(expected)
  })

  test('pieces of a text without spaces in linear time', () => {
    for (const part of ['rosestomatoesoven', 'x', ' x']) {
      const pieces = model.encode(part.repeat(500_000 / part.length))
      expect(pieces.join('').length).toBeGreaterThan(499_000)
    }
  })
})

test('a text can be put together from its pieces', () => {
  const model = loadSentencePiece(`${fixtures}bpe.sp.model`)
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'aeinorst ', 'é', '日', '😀', '<sep>', 'oven') }), (text) => {
      const bytes = model.encode(text).map((piece) => {
        const byte = /^<0x(..)>$/.exec(piece)
        return byte ? Buffer.from(byte[1]!, 'hex') : Buffer.from(piece)
      })
      expect(Buffer.concat(bytes).toString().replaceAll('▁', ' ').trim()).toBe(text.trim().replace(/ +/g, ' '))
    }),
  )
})

test('a text longer than all before it, whole', () => {
  const fresh = loadSentencePiece(fileWith(dir, 'fresh.model', readFileSync(`${fixtures}spaces.sp.model`)))
  for (const times of [1, 100_000, 200_000]) {
    const text = 'the roses '.repeat(times)
    expect(fresh.encode(text).join('').replaceAll('▁', ' ') === text).toBe(true)
  }
})

test('likelihoods add up to so little that floats would round differences away: words are cut as ever', () => {
  const model = loadSentencePiece(`${fixtures}unigram.sp.model`)
  const words = texts.slice(0, 20).flatMap((text) => text.split(' '))
  const pieces = words.flatMap((word) => model.encode(word))
  const times = 1000
  const all = model.encode(Array.from({ length: times }, () => words.join(' ')).join(' '))
  expect(all.slice(-pieces.length)).toEqual(pieces)
  expect(all.length).toBe(times * pieces.length)
})

const model = readFileSync(`${fixtures}unigram.sp.model`)
test.each<[name: string, content: string | Uint8Array, message: RegExp]>([
  ['empty.model', '', /is not a SentencePiece model$/],
  ['text.model', 'some text', /is not a SentencePiece model, or a damaged one$/],
  ['cut.model', model.subarray(0, model.length - 100), /is not a SentencePiece model, or a damaged one$/],
])('%s', (name, content, message) => {
  expect(() => loadSentencePiece(fileWith(dir, name, content))).toThrow(
    expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
  )
})

test('a file that is not there', () => {
  expect(() => loadSentencePiece(`${dir}/none.model`)).toThrow('none.model cannot be read (ENOENT)')
})
