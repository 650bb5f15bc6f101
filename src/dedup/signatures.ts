import { Layout } from '../kernels/kernels.ts'
import { type NormalizerName, normalizers } from '../text/normalizers.ts'
import { tokenizers, type WordTokenizerName } from '../text/words/word_tokenizers.ts'
import { drawPermutations } from './permutations.ts'

export interface SignatureOptions {
  unit: 'word' | 'character'
  ngram: number
  normalizer: NormalizerName
  tokenizer: WordTokenizerName
  hash: 'xxh64' | 'sha1'
  bands: number
  rows: number
  seed: number
}

/** What near-duplicates are found by. All are the kernels' memory: copy what must outlive the next call. */
export interface Signature {
  /** bands × rows 64-bit numbers. */
  minhashes: BigUint64Array
  /** A 64-bit key for each band, as pairs of 32-bit numbers. */
  keys: Int32Array
  /** One byte for each number of the signature. */
  sketch: Uint8Array
  /** 64-bit hashes of all shingles, in the order of the text. */
  shingles: BigUint64Array
}

/**
 * Signs texts: normalize, cut, hash every run of `ngram` words or characters, and keep the least hash under each of bands × rows functions.
 * Undefined for a text with fewer than `ngram` of them: it has no near-duplicates. `scope` keeps apart what must not meet.
 */
export function signer(options: SignatureOptions): (text: string, scope: number) => Signature | undefined {
  const { unit, ngram, bands, rows, seed } = options
  const size = bands * rows
  const { a, b } = drawPermutations(size, seed)
  const normalize = normalizers[options.normalizer]
  const tokenize = tokenizers[options.tokenizer]
  const algorithm = options.hash === 'xxh64' ? 0 : 1
  return (text, scope) => {
    let normal = normalize(text)
    let offsets = new Int32Array(0)
    if (unit === 'word') ({ text: normal, offsets } = tokenize(normal) as { text: string; offsets: Int32Array<ArrayBuffer> })
    const most = unit === 'word' ? offsets.length / 2 : normal.length
    if (most < ngram) return undefined
    const layout = new Layout({
      units: 2 * normal.length,
      offsets: 8 * most,
      bytes: 3 * normal.length + most,
      starts: 4 * (most + 1),
      hashes: 8 * most,
      a: 4 * a.length,
      b: 4 * b.length,
      minhashes: 4 * a.length,
      keys: 8 * bands,
      sketch: size,
    })
    layout.writeText('units', normal)
    layout.write('a', a)
    layout.write('b', b)
    const { at, kernels } = layout
    let count = most
    if (unit === 'word') {
      layout.write('offsets', offsets)
      kernels.joinWords(at.units, at.offsets, count, at.bytes, at.starts)
    } else count = kernels.joinCharacters(at.units, normal.length, at.bytes, at.starts)
    const shingles = kernels.hashShingles(at.bytes, at.starts, count, ngram, unit === 'word' ? 1 : 0, algorithm, at.hashes)
    if (shingles === 0) return undefined
    kernels.minhash(at.hashes, shingles, at.a, at.b, size, at.minhashes)
    kernels.bandKeys(at.minhashes, bands, rows, scope, at.keys)
    kernels.sketch(at.minhashes, size, at.sketch)
    const { buffer } = kernels.memory
    return {
      minhashes: new BigUint64Array(buffer, at.minhashes, size),
      keys: layout.numbers('keys', 2 * bands),
      sketch: new Uint8Array(buffer, at.sketch, size),
      shingles: new BigUint64Array(buffer, at.hashes, shingles),
    }
  }
}

/** P(found) = 1 − (1 − s^rows)^bands, for a pair of similarity s. */
export const chanceOf = (similarity: number, { bands, rows }: Pick<SignatureOptions, 'bands' | 'rows'>): number =>
  1 - (1 - similarity ** rows) ** bands

/** Estimated Jaccard similarity of two texts, from their sketches: bytes that agree, less those that do by chance. */
export function estimate(a: Uint8Array, b: Uint8Array): number {
  let same = 0
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) same++
  return Math.max(0, (same / a.length - 1 / 256) / (1 - 1 / 256))
}
