/** Bits that one buffer can hold (4 GiB). */
const mostBits = 2 ** 35

/**
 * A set that may take a key for known although it is new, with at most `falsePositiveRate` while it has no more than `expected` keys (Bloom
 * 1970): −n · ln p ÷ ln² 2 bits, and bits ÷ n · ln 2 places for each key, which its two halves choose (Kirsch & Mitzenmacher 2006).
 */
export class BloomFilter {
  readonly bits: number
  readonly hashes: number
  readonly #words: Uint32Array
  readonly #places: Float64Array

  constructor(expected: number, falsePositiveRate: number) {
    const bits = Math.ceil((-expected * Math.log(falsePositiveRate)) / Math.LN2 ** 2 / 32) * 32
    if (bits > mostBits) throw new RangeError(`a filter for ${expected} keys at ${falsePositiveRate} takes more than 4 GiB`)
    this.bits = Math.max(bits, 64)
    this.hashes = Math.max(1, Math.round((this.bits / expected) * Math.LN2))
    this.#words = new Uint32Array(this.bits / 32)
    this.#places = new Float64Array(this.hashes)
  }

  has(low: number, high: number): boolean {
    this.#place(low, high)
    for (const place of this.#places) if ((this.#words[Math.floor(place / 32)]! & (1 << (place % 32))) === 0) return false
    return true
  }

  add(low: number, high: number): void {
    this.#place(low, high)
    for (const place of this.#places) this.#words[Math.floor(place / 32)]! |= 1 << (place % 32)
  }

  #place(low: number, high: number): void {
    const { bits, hashes } = this
    // 53 bits of the key, and as a step another mixture of all 64.
    let place = ((high >>> 0) * 2 ** 21 + (low >>> 11)) % bits
    const step = (((Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> 0) * 8 + 1) % bits
    for (let i = 0; i < hashes; i++) {
      this.#places[i] = place
      place = (place + step) % bits
    }
  }
}
