/**
 * 64-bit integers as two signed 32-bit halves, since BigInt is some twenty times slower. A result's low half is returned or stored, its
 * high half is in `high` until the next call.
 */
export let high = 0

/** The low 64 bits of a product. */
export function multiply(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  const [aTop, aBottom] = [aLow >>> 16, aLow & 0xffff]
  const [bTop, bBottom] = [bLow >>> 16, bLow & 0xffff]
  const inner = (aTop * bBottom + ((aBottom * bBottom) >>> 16)) >>> 0
  const outer = (aBottom * bTop + (inner & 0xffff)) >>> 0
  high = (aTop * bTop + (inner >>> 16) + (outer >>> 16) + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) | 0
  return Math.imul(aLow, bLow)
}

/** The remainder of an unsigned number; `divisor` must be below 2^37. */
export function remainder(aHigh: number, aLow: number, divisor: number): number {
  const first = modulo(aHigh >>> 0, divisor)
  const second = modulo(first * 0x10000 + (aLow >>> 16), divisor)
  return modulo(second * 0x10000 + (aLow & 0xffff), divisor)
}

/** `a % divisor` of numbers below 2^53, without the division of the C library that JavaScript's operator is. */
function modulo(a: number, divisor: number): number {
  const rest = a - Math.floor(a / divisor) * divisor
  return rest < 0 ? rest + divisor : rest
}

const [factorHigh, factorLow] = [0xc6a4a793 | 0, 0x5bd1e995]

/** MurmurHash64A of `bytes[start, end)` with seed 0 (Austin Appleby 2008). */
export function murmurHash(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  let hashLow = multiply(0, length, factorHigh, factorLow)
  let hashHigh = high
  let at = start
  for (; at + 8 <= end; at += 8) {
    let low = multiply(word(bytes, at + 4), word(bytes, at), factorHigh, factorLow)
    low ^= high >>> 15
    low = multiply(high, low, factorHigh, factorLow)
    hashLow = multiply(hashHigh ^ high, hashLow ^ low, factorHigh, factorLow)
    hashHigh = high
  }
  if (at < end) {
    let [low, top] = [0, 0]
    for (let i = 0; at + i < end; i++) {
      if (i < 4) low |= bytes[at + i]! << (8 * i)
      else top |= bytes[at + i]! << (8 * (i - 4))
    }
    hashLow = multiply(hashHigh ^ top, hashLow ^ low, factorHigh, factorLow)
    hashHigh = high
  }
  hashLow = multiply(hashHigh, hashLow ^ (hashHigh >>> 15), factorHigh, factorLow)
  return hashLow ^ (high >>> 15)
}

const word = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
