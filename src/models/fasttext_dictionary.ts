import { fnvOffset, hashByte } from './byte_strings.ts'
import type { FastTextFile } from './fasttext_file.ts'

/** The word that stands for the end of a line in training. */
export const endOfText = '</s>'
const endOfTextBytes = new TextEncoder().encode(endOfText)
const labelPrefix = new TextEncoder().encode('__label__')

/** Which rows of the input matrix a word or a word n-gram adds up (fastText's `Dictionary`). */
export class Dictionary {
  readonly #file: FastTextFile
  /** A word between `<` and `>`. */
  #marked = new Uint8Array(256)

  constructor(file: FastTextFile) {
    this.#file = file
  }

  /** Append the rows of the word `bytes[start, end)` to `rows`; false when it is a label, which is no part of the text. */
  addWord(bytes: Uint8Array, start: number, end: number, hash: number, rows: number[]): boolean {
    const { entries, wordCount, maxPart } = this.#file
    const index = entries.indexOf(bytes, start, end, hash)
    if (index === -1 ? startsWith(bytes, start, end, labelPrefix) : index >= wordCount) return false
    if (index !== -1) rows.push(index)
    if (maxPart > 0 && !isEndOfText(bytes, start, end)) this.#addParts(this.#mark(bytes, start, end), end - start + 2, rows)
    return true
  }

  /** Append the rows of all n-grams of the words with these hashes. */
  addWordNgrams(hashes: readonly number[], rows: number[]): void {
    const { wordNgrams, buckets } = this.#file
    const modulus = BigInt(buckets)
    for (let first = 0; first < hashes.length; first++) {
      let hash = BigInt(hashes[first]!)
      for (let next = first + 1; next < hashes.length && next < first + wordNgrams; next++) {
        hash = BigInt.asUintN(64, hash * 116049371n + BigInt(hashes[next]!))
        this.#addBucket(Number(hash % modulus), rows)
      }
    }
  }

  #mark(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const length = end - start + 2
    if (this.#marked.length < length) this.#marked = new Uint8Array(length * 2)
    const marked = this.#marked
    marked[0] = 0x3c
    for (let i = start; i < end; i++) marked[i - start + 1] = bytes[i]!
    marked[length - 1] = 0x3e
    return marked
  }

  /** Parts of `minPart` to `maxPart` characters; the two marks alone are none. */
  #addParts(word: Uint8Array, length: number, rows: number[]): void {
    const { minPart, maxPart, buckets } = this.#file
    for (let start = 0; start < length; start++) {
      if (isContinuation(word[start]!)) continue
      let hash = fnvOffset
      for (let end = start, characters = 1; end < length && characters <= maxPart; characters++) {
        do hash = hashByte(hash, word[end++]!)
        while (end < length && isContinuation(word[end]!))
        const mark = characters === 1 && (start === 0 || end === length)
        if (characters >= minPart && !mark) this.#addBucket((hash >>> 0) % buckets, rows)
      }
    }
  }

  #addBucket(bucket: number, rows: number[]): void {
    const { movedBuckets, wordCount } = this.#file
    const row = movedBuckets ? movedBuckets[bucket]! : bucket
    if (row !== -1) rows.push(wordCount + row)
  }
}

export const isEndOfText = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start === endOfTextBytes.length && startsWith(bytes, start, end, endOfTextBytes)

/** Whether a byte goes on with the UTF-8 character begun before. */
const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80

function startsWith(bytes: Uint8Array, start: number, end: number, prefix: Uint8Array): boolean {
  return end - start >= prefix.length && prefix.every((byte, i) => bytes[start + i] === byte)
}
