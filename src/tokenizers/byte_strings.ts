/**
 * FNV-1a (32 bit) of `bytes[start, end)` as a signed integer, with bytes sign-extended: fastText's hash, which its files depend on.
 * A string's hash is also that of its prefix, continued.
 */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = fnvOffset
  for (let i = start; i < end; i++) hash = hashByte(hash, bytes[i]!)
  return hash
}

export const fnvOffset = 0x811c9dc5 | 0

export const hashByte = (hash: number, byte: number): number => Math.imul(hash ^ ((byte << 24) >> 24), 0x01000193)

/** A list of byte strings, and what finds the index of each. */
export interface ByteStrings {
  /** String `i` is `bytes[starts[i], starts[i + 1])`. */
  bytes: Uint8Array
  starts: Uint32Array
  hashes: Int32Array
  /** Open addressing with linear probing; an index, or -1. */
  slots: Int32Array
  maxLength: number
}

/** A fixed list of byte strings that finds the index of each, without making a JavaScript string of what it looks for. */
export class ByteStringTable {
  readonly strings: ByteStrings
  readonly size: number
  readonly maxLength: number
  readonly #bytes: Uint8Array
  readonly #starts: Uint32Array
  readonly #hashes: Int32Array
  readonly #slots: Int32Array

  /** String `i` is `bytes[starts[i], starts[i + 1])`; of equal strings the first counts. */
  constructor(bytes: Uint8Array, starts: Uint32Array, made?: ByteStrings) {
    this.size = starts.length - 1
    this.#bytes = bytes
    this.#starts = starts
    this.#hashes = made?.hashes ?? new Int32Array(this.size)
    this.#slots = made?.slots ?? new Int32Array(2 ** Math.ceil(Math.log2(this.size * 2 + 1))).fill(-1)
    this.maxLength = made?.maxLength ?? this.#fill()
    this.strings = { bytes, starts, hashes: this.#hashes, slots: this.#slots, maxLength: this.maxLength }
  }

  /** The table that had these `strings`. */
  static of(strings: ByteStrings): ByteStringTable {
    return new ByteStringTable(strings.bytes, strings.starts, strings)
  }

  /** Number the strings by their hashes; returns the length of the longest. */
  #fill(): number {
    const [bytes, starts] = [this.#bytes, this.#starts]
    let maxLength = 0
    for (let index = 0; index < this.size; index++) {
      const [start, end] = [starts[index]!, starts[index + 1]!]
      maxLength = Math.max(maxLength, end - start)
      const hash = hashBytes(bytes, start, end)
      this.#hashes[index] = hash
      const slot = this.#slotOf(bytes, start, end, hash)
      if (this.#slots[slot] === -1) this.#slots[slot] = index
    }
    return maxLength
  }

  /** Index of `bytes[start, end)`, whose `hashBytes` is `hash`, or -1. */
  indexOf(bytes: Uint8Array, start: number, end: number, hash: number): number {
    return this.#slots[this.#slotOf(bytes, start, end, hash)]!
  }

  /** The slot that holds this string, or the free one where it would go. */
  #slotOf(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]!
      if (index === -1) return slot
      if (this.#hashes[index] !== hash) continue
      const known = this.#starts[index]!
      if (this.#starts[index + 1]! - known === end - start && equalBytes(this.#bytes, known, bytes, start, end - start)) return slot
    }
  }
}

/**
 * Remembers short byte strings in a fixed number of slots; a new string takes the place of the one that shares its slot.
 * The owner keeps what it knows about each in arrays of its own, by slot.
 */
export class ByteStringCache {
  readonly slots: number
  readonly #maxLength: number
  readonly #hashes: Int32Array
  /** Length of each slot's string; 0 where there is none yet. */
  readonly #lengths: Uint8Array
  readonly #bytes: Uint8Array

  /** `slots` must be a power of two, `maxLength` below 256. Longer strings, and the empty one, are not remembered. */
  constructor(slots: number, maxLength: number) {
    this.slots = slots
    this.#maxLength = maxLength
    this.#hashes = new Int32Array(slots)
    this.#lengths = new Uint8Array(slots)
    this.#bytes = new Uint8Array(slots * maxLength)
  }

  /** The slot of `bytes[start, end)`, whose `hashBytes` is `hash`, or -1 when it is not remembered. */
  find(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const slot = this.#slotOf(hash)
    const known =
      this.#hashes[slot] === hash &&
      this.#lengths[slot] === end - start &&
      end > start &&
      equalBytes(this.#bytes, slot * this.#maxLength, bytes, start, end - start)
    return known ? slot : -1
  }

  /** Remember a string: the slot it takes, or -1 when it is too long. */
  add(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const length = end - start
    if (length === 0 || length > this.#maxLength) return -1
    const slot = this.#slotOf(hash)
    this.#hashes[slot] = hash
    this.#lengths[slot] = length
    const slotStart = slot * this.#maxLength
    for (let i = 0; i < length; i++) this.#bytes[slotStart + i] = bytes[start + i]!
    return slot
  }

  /** Forget all strings. */
  clear(): void {
    this.#lengths.fill(0)
  }

  #slotOf(hash: number): number {
    return (hash ^ (hash >>> 14)) & (this.slots - 1)
  }
}

function equalBytes(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[aStart + i] !== b[bStart + i]) return false
  return true
}

/** Text as UTF-8 in a buffer that is used again for the next text; a lone surrogate becomes U+FFFD. */
export class Utf8Buffer {
  bytes = new Uint8Array(1 << 16)

  /** Number of bytes written to the start of `bytes`; with a last word, a space and that stand behind the text. */
  encode(text: string, lastWord?: string): number {
    // a UTF-16 unit takes at most three bytes
    const mostBytes = (text.length + (lastWord?.length ?? 0)) * 3 + 1
    if (this.bytes.length < mostBytes) this.bytes = new Uint8Array(mostBytes)
    const { written } = encoder.encodeInto(text, this.bytes)
    if (lastWord === undefined) return written
    this.bytes[written] = 0x20
    return written + 1 + encoder.encodeInto(lastWord, this.bytes.subarray(written + 1)).written
  }
}

const encoder = new TextEncoder()
