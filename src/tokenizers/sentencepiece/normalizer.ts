import { UserError } from '../../core/errors.ts'
import type { ByteTrie } from '../byte_trie.ts'
import type { SentencePieceFile } from './file.ts'

/** "▁", which stands for a space. */
const spaceSymbol = [0xe2, 0x96, 0x81] as const
const space = 0x20

/** Brings texts into the form that pieces are cut from: by the model's map of characters (such as `nmt_nfkc`), with "▁" for spaces. */
export class SentencePieceNormalizer {
  /** The last text, with its length in bytes. */
  bytes = new Uint8Array(1 << 16)
  length = 0
  readonly #file: SentencePieceFile
  readonly #map: CharacterMap | null
  /** What the map leaves as it is. */
  readonly #userDefined: ByteTrie
  /** What the last character sequence becomes: `#from[#start, #end)`. */
  #from: Uint8Array = this.bytes
  #start = 0
  #end = 0

  constructor(file: SentencePieceFile, userDefined: ByteTrie, name: string) {
    this.#file = file
    this.#map = file.characterMap.length === 0 ? null : new CharacterMap(file.characterMap, name)
    this.#userDefined = userDefined
  }

  normalize(text: Uint8Array, length: number): void {
    const { removeExtraSpaces, addDummyPrefix, spaceAsSuffix } = this.#file
    this.length = 0
    let at = 0
    if (removeExtraSpaces) {
      while (at < length) {
        const used = this.#next(text, at, length)
        if (this.#end - this.#start !== 1 || this.#from[this.#start] !== space) break
        at += used
      }
    }
    if (at === length) return
    if (addDummyPrefix && !spaceAsSuffix) this.#add(space)
    let afterSpace = removeExtraSpaces
    while (at < length) {
      at += this.#next(text, at, length)
      while (afterSpace && this.#start < this.#end && this.#from[this.#start] === space) this.#start++
      if (this.#start < this.#end) {
        afterSpace = removeExtraSpaces && this.#from[this.#end - 1] === space
        for (let i = this.#start; i < this.#end; i++) this.#add(this.#from[i]!)
      }
    }
    if (removeExtraSpaces) while (this.#endsWithSpace()) this.length -= this.#file.escapeSpaces ? spaceSymbol.length : 1
    if (addDummyPrefix && spaceAsSuffix) this.#add(space)
  }

  /** Take the longest character sequence that the model has a rule for, or one character; returns its length. */
  #next(text: Uint8Array, at: number, length: number): number {
    let used = this.#userDefined.longest(text, at, length)
    if (used === 0 && this.#map?.find(text, at, length)) {
      const { bytes, start, end } = this.#map
      this.#from = bytes
      this.#start = start
      this.#end = end
      return this.#map.used
    }
    if (used === 0) used = Math.min(characterLength(text[at]!), length - at)
    this.#from = text
    this.#start = at
    this.#end = at + used
    return used
  }

  #add(byte: number): void {
    if (this.length + spaceSymbol.length > this.bytes.length) {
      const longer = new Uint8Array(this.bytes.length * 2)
      longer.set(this.bytes)
      this.bytes = longer
    }
    if (byte === space && this.#file.escapeSpaces) for (const part of spaceSymbol) this.bytes[this.length++] = part
    else this.bytes[this.length++] = byte
  }

  #endsWithSpace(): boolean {
    const { bytes, length } = this
    if (!this.#file.escapeSpaces) return length > 0 && bytes[length - 1] === space
    return length >= 3 && spaceSymbol.every((byte, i) => bytes[length - 3 + i] === byte)
  }
}

/** Bytes of the UTF-8 character that begins with this one. */
export const characterLength = (lead: number): number => (lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4)

/** SentencePiece looks no further than this many rules that begin alike. */
const maxRules = 32

/** Rules in a double array (Darts): units that say where their children are, then what sequences become, each with a NUL behind it. */
export class CharacterMap {
  /** What the sequence last found becomes: `bytes[start, end)`, and its own length. */
  readonly bytes: Uint8Array
  start = 0
  end = 0
  used = 0
  readonly #units: Uint32Array

  constructor(blob: Uint8Array, name: string) {
    const size = blob.length > 4 ? new DataView(blob.buffer, blob.byteOffset).getUint32(0, true) : 0
    if (size === 0 || size % 4 !== 0 || 4 + size >= blob.length || blob.at(-1) !== 0) {
      throw new UserError(`${name} is a damaged SentencePiece model`, 'its map of characters cannot be read')
    }
    this.#units = new Uint32Array(new Uint8Array(blob.subarray(4, 4 + size)).buffer)
    this.bytes = blob.subarray(4 + size)
  }

  /** Find the longest rule for what begins at `at`. */
  find(text: Uint8Array, at: number, length: number): boolean {
    return this.#walk(text, at, length, maxRules)
  }

  /** Find the shortest rule for what begins the text. */
  findShortest(text: Uint8Array, length: number): boolean {
    return this.#walk(text, 0, length, 1)
  }

  /** Find the last of the first `most` rules. */
  #walk(text: Uint8Array, at: number, length: number, most: number): boolean {
    let node = offsetOf(this.#units[0]!)
    let rules = 0
    let value = -1
    for (let i = at; i < length && rules < most; i++) {
      node ^= text[i]!
      const unit = this.#units[node] ?? 0
      if ((unit & 0x800000ff) >>> 0 !== text[i]) break
      node ^= offsetOf(unit)
      if ((unit & 0x100) === 0) continue
      rules++
      value = this.#units[node]! & 0x7fffffff
      this.used = i + 1 - at
    }
    if (value === -1) return false
    this.start = value
    this.end = this.bytes.indexOf(0, value)
    return true
  }
}

const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6)
