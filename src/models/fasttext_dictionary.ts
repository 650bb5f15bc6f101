import { ByteStringTable, fnvOffset, hashByte } from './byte_strings.ts'
import { type FastTextFile, movedRow } from './fasttext_file.ts'

/** The word that stands for the end of a line in training. */
export const endOfText = '</s>'
const endOfTextBytes = new TextEncoder().encode(endOfText)
const labelPrefix = new TextEncoder().encode('__label__')

/** Takes the number of a row. */
export type FoundRow = (row: number) => void

/** Which rows of the input matrix a word or a word n-gram adds up (fastText's `Dictionary`). */
export class Dictionary {
  readonly #file: FastTextFile
  readonly #entries: ByteStringTable
  readonly #found: FoundRow
  /** A word between `<` and `>`. */
  #marked = new Uint8Array(256)

  constructor(file: FastTextFile, found: FoundRow) {
    this.#file = file
    this.#entries = ByteStringTable.of(file.entries)
    this.#found = found
  }

  /** Find the rows of the word `bytes[start, end)`; false when it is a label, which is no part of the text. */
  findWord(bytes: Uint8Array, start: number, end: number, hash: number): boolean {
    const { wordCount, maxPart } = this.#file
    const index = this.#entries.indexOf(bytes, start, end, hash)
    if (index === -1 ? startsWith(bytes, start, end, labelPrefix) : index >= wordCount) return false
    if (index !== -1) this.#found(index)
    if (maxPart > 0 && !isEndOfText(bytes, start, end)) this.#findParts(this.#mark(bytes, start, end), end - start + 2)
    return true
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
  #findParts(word: Uint8Array, length: number): void {
    const { minPart, maxPart, buckets } = this.#file
    for (let start = 0; start < length; start++) {
      if (isContinuation(word[start]!)) continue
      let hash = fnvOffset
      for (let end = start, characters = 1; end < length && characters <= maxPart; characters++) {
        do hash = hashByte(hash, word[end++]!)
        while (end < length && isContinuation(word[end]!))
        const mark = characters === 1 && (start === 0 || end === length)
        if (characters >= minPart && !mark) this.findBucket((hash >>> 0) % buckets)
      }
    }
  }

  findBucket(bucket: number): void {
    const { moved, wordCount } = this.#file
    const row = moved ? movedRow(moved, bucket) : bucket
    if (row !== -1) this.#found(wordCount + row)
  }
}

export const isEndOfText = (bytes: Uint8Array, start: number, end: number): boolean =>
  end - start === endOfTextBytes.length && startsWith(bytes, start, end, endOfTextBytes)

/** Whether a byte goes on with the UTF-8 character begun before. */
const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80

function startsWith(bytes: Uint8Array, start: number, end: number, prefix: Uint8Array): boolean {
  return end - start >= prefix.length && prefix.every((byte, i) => bytes[start + i] === byte)
}
