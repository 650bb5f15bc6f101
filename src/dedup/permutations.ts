/** The `a` and `b` of `count` hash functions a · x + b, as 64-bit numbers in little-endian order. */
export interface Permutations {
  count: number
  a: Int32Array
  b: Int32Array
}

const prime = (1n << 61n) - 1n

/**
 * As datatrove draws them (`minhash.py`: parameters): numpy's RandomState(seed).randint(1, 2⁶¹ − 1) for all a, then randint(0, 2⁶¹ − 1) for all b.
 * Padded to a multiple of 4 with functions that nobody looks at.
 */
export function drawPermutations(count: number, seed: number): Permutations {
  const next = mersenneTwister(seed)
  const below = (low: bigint): bigint => {
    // Bits beyond the range are masked off, and what is still too large is drawn again.
    for (;;) {
      const high = BigInt(next())
      const drawn = ((high << 32n) | BigInt(next())) & prime
      if (drawn <= prime - 1n - low) return drawn + low
    }
  }
  const padded = Math.ceil(count / 4) * 4
  const draw = (low: bigint): Int32Array => {
    const numbers = new BigUint64Array(padded)
    for (let i = 0; i < count; i++) numbers[i] = below(low)
    return new Int32Array(numbers.buffer)
  }
  return { count, a: draw(1n), b: draw(0n) }
}

/** MT19937 as `init_genrand` seeds it: 32-bit numbers. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(624)
  state[0] = seed
  for (let i = 1; i < 624; i++) {
    const before = state[i - 1]! ^ (state[i - 1]! >>> 30)
    state[i] = Math.imul(before, 1812433253) + i
  }
  let at = 624
  return () => {
    if (at === 624) {
      for (let i = 0; i < 624; i++) {
        const mixed = (state[i]! & 0x80000000) | (state[(i + 1) % 624]! & 0x7fffffff)
        state[i] = state[(i + 397) % 624]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0)
      }
      at = 0
    }
    let y = state[at++]!
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }
}
