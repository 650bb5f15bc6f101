import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadKenLM } from '../../src/models/kenlm/kenlm.ts'
import { fileWith, readJson, temporaryFolder } from '../support.ts'

const fixtures = fileURLToPath(new URL('../../fixtures/models/', import.meta.url))
const { scored, scores } = readJson<{ scored: string[]; scores: Record<string, number[]> }>(`${fixtures}language.json`)
const dir = temporaryFolder()

describe.each(Object.entries(scores))('%s', (file, expected) => {
  test('the scores that KenLM gives, to the bit', async () => {
    const model = await loadKenLM(fixtures + file)
    expect(scored.map((sentence) => model.score(sentence))).toEqual(expected)
  })

  test('a sentence gives the same whatever was read before', async () => {
    const model = await loadKenLM(fixtures + file)
    const first = new Map(scored.map((sentence) => [sentence, model.score(sentence)]))
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...scored)), (sentences) => {
        expect(sentences.map((sentence) => model.score(sentence))).toEqual(sentences.map((sentence) => first.get(sentence)))
      }),
    )
  })
})

test('a gzipped .arpa file', async () => {
  const model = await loadKenLM(fileWith(dir, 'language.arpa.gz', gzipSync(readFileSync(`${fixtures}language.arpa`))))
  expect(scored.map((sentence) => model.score(sentence))).toEqual(scores['language.arpa'])
})

const arpa = readFileSync(`${fixtures}language.arpa`, 'utf8')
const binary = (change: (bytes: Buffer) => void): Buffer => {
  const bytes = Buffer.from(readFileSync(`${fixtures}language.probing`))
  change(bytes)
  return bytes
}

test.each<[name: string, content: string | Uint8Array, message: RegExp]>([
  ['empty.arpa', '', /empty\.arpa is not an n-gram model, or a damaged one: it ends before \\end\\$/],
  ['text.arpa', 'some text\n', /: line 1 is not as it should be$/],
  ['cut.arpa', arpa.slice(0, arpa.length / 2), /it ends before|is not as it should be/],
  ['counts.arpa', arpa.replace(/ngram 2=\d+/, 'ngram 2=7'), /is not as it should be$/],
  ['positive.arpa', arpa.replace(/^-[\d.]+(?=\t<\/s>)/m, '0.5'), /is not as it should be$/],
  ['backoff.arpa', arpa.replace(/^(-\S+\t\S+ \S+ \S+)$/m, '$1\t-0.5'), /is not as it should be$/],
  ['word.arpa', arpa.replace(/^(-\S+\t\S+) \S+(\t\S+)$/m, '$1 unheard$2'), /has a word that is no 1-gram$/],
  ['unigrams.arpa', '\\data\\\nngram 1=1\n\n\\1-grams:\n-1\ta\n\n\\end\\\n', /: line 4 is not as it should be$/],
  ['start.arpa', '\\data\\\nngram 1=1\nngram 2=0\n\n\\1-grams:\n-1\ta\n\n\\2-grams:\n\n\\end\\\n', /: it has no <s>$/],
  ['cut.probing', binary(() => {}).subarray(0, 9000), /is a damaged KenLM file$/],
  ['words.probing', binary((bytes) => bytes.write('<unk>', bytes.indexOf('<unk>') + 1)), /is a damaged KenLM file$/],
  ['sanity.probing', binary((bytes) => bytes.writeFloatLE(2, 60)), /is a damaged KenLM file$/],
  ['order.probing', binary((bytes) => bytes.writeUInt8(99, 88)), /is a damaged KenLM file$/],
  ['type.probing', binary((bytes) => bytes.writeUInt32LE(1, 96)), /is a KenLM file of type probing with rest costs, version 0$/],
  ['version.probing', binary((bytes) => bytes.write('4', 49)), /is an unfinished KenLM file or of another format than 5$/],
])('%s', async (name, content, message) => {
  await expect(loadKenLM(fileWith(dir, name, content))).rejects.toThrow(
    expect.objectContaining({ name: 'UserError', message: expect.stringMatching(message) }),
  )
})

test('a damaged gzip file, and one that is not there', async () => {
  const gzip = gzipSync(arpa)
  await expect(loadKenLM(fileWith(dir, 'cut.arpa.gz', gzip.subarray(0, gzip.length - 50)))).rejects.toThrow('cut.arpa.gz cannot be read')
  await expect(loadKenLM(`${dir}/none.arpa`)).rejects.toThrow('none.arpa cannot be read (ENOENT)')
})

test('a trie that points beyond its end', async () => {
  const bytes = Buffer.from(readFileSync(`${fixtures}language.trie`))
  const words = bytes.indexOf('<unk>')
  for (let at = 200; at < words - 40; at += 16) bytes.writeUInt32LE(0xffffffff, at)
  const model = loadKenLM(fileWith(dir, 'pointers.trie', bytes))
  await expect(model.then((loaded) => scored.map((sentence) => loaded.score(sentence)))).rejects.toThrow('is a damaged KenLM file')
})
