import { sha1, xxh64 } from './hashes'

/**
 * Join words by single spaces, as UTF-8. `offsets` are pairs of start and end among the UTF-16 `units`; `starts` gets the byte where each word
 * begins, and after the last one the end plus 1. Lone surrogates become U+FFFD. `bytes` has room for four bytes a unit.
 */
export function joinWords(units: usize, offsets: usize, count: i32, bytes: usize, starts: usize): void {
  let to = bytes
  for (let i = 0; i < count; i++) {
    store<i32>(starts + (<usize>i << 2), <i32>(to - bytes))
    const from = units + (<usize>load<i32>(offsets + (<usize>i << 3)) << 1)
    const end = units + (<usize>load<i32>(offsets + (<usize>i << 3), 4) << 1)
    to = encode(from, end, to)
    store<u8>(to++, 32)
  }
  store<i32>(starts + (<usize>count << 2), <i32>(to - bytes))
}

/** The same for the code points of a text, with nothing between them. Returns how many there are. */
export function joinCharacters(units: usize, length: i32, bytes: usize, starts: usize): i32 {
  let to = bytes
  let count = 0
  const end = units + (<usize>length << 1)
  for (let from = units; from < end; count++) {
    store<i32>(starts + (<usize>count << 2), <i32>(to - bytes))
    const width: usize = isPair(from, end) ? 4 : 2
    to = encode(from, from + width, to)
    from += width
  }
  store<i32>(starts + (<usize>count << 2), <i32>(to - bytes))
  return count
}

@inline
function isPair(at: usize, end: usize): bool {
  return at + 2 < end && (load<u16>(at) & 0xfc00) == 0xd800 && (load<u16>(at, 2) & 0xfc00) == 0xdc00
}

function encode(from: usize, end: usize, to: usize): usize {
  for (; from < end; from += 2) {
    let code: u32 = load<u16>(from)
    if (code < 0x80) {
      store<u8>(to++, <u8>code)
      continue
    }
    if (code < 0x800) {
      store<u8>(to, <u8>(0xc0 | (code >> 6)))
      store<u8>(to, <u8>(0x80 | (code & 63)), 1)
      to += 2
      continue
    }
    if (isPair(from, end)) {
      code = ((code & 0x3ff) << 10) + (<u32>load<u16>(from, 2) & 0x3ff) + 0x10000
      store<u8>(to, <u8>(0xf0 | (code >> 18)))
      store<u8>(to, <u8>(0x80 | ((code >> 12) & 63)), 1)
      store<u8>(to, <u8>(0x80 | ((code >> 6) & 63)), 2)
      store<u8>(to, <u8>(0x80 | (code & 63)), 3)
      to += 4
      from += 2
      continue
    }
    if ((code & 0xf800) == 0xd800) code = 0xfffd
    store<u8>(to, <u8>(0xe0 | (code >> 12)))
    store<u8>(to, <u8>(0x80 | ((code >> 6) & 63)), 1)
    store<u8>(to, <u8>(0x80 | (code & 63)), 2)
    to += 3
  }
  return to
}

/** 64-bit hashes of all runs of n pieces, `gap` bytes (the space after a word) left off each. `algorithm`: 0 xxHash64, 1 SHA-1. Returns how many. */
export function hashShingles(bytes: usize, starts: usize, count: i32, n: i32, gap: i32, algorithm: i32, hashes: usize): i32 {
  const shingles = count - n + 1
  if (shingles <= 0) return 0
  for (let i = 0; i < shingles; i++) {
    const from = load<i32>(starts + (<usize>i << 2))
    const length = load<i32>(starts + (<usize>(i + n) << 2)) - gap - from
    const at = bytes + <usize>from
    store<u64>(hashes + (<usize>i << 3), algorithm == 0 ? xxh64(at, length, 0) : sha1(at, length))
  }
  return shingles
}

const prime: u64 = 0x1fffffffffffffff

/** x mod 2⁶¹ − 1, for any 64-bit x. */
@inline
function reduce(x: u64): u64 {
  const y = (x & prime) + (x >> 61)
  return select<u64>(y - prime, y, y >= prime)
}

@inline
function least(a: u64, b: u64): u64 {
  return select<u64>(a, b, a < b)
}

/**
 * MinHash as numpy computes it for datatrove: ((a · x + b) mod 2⁶⁴) mod (2⁶¹ − 1), the least of all hashes x for each of `size` pairs (a, b).
 * `size` is rounded up to a multiple of 4 by the caller.
 */
export function minhash(hashes: usize, count: i32, a: usize, b: usize, size: i32, signature: usize): void {
  const end = hashes + (<usize>count << 3)
  for (let k = 0; k < size; k += 4) {
    const at = <usize>k << 3
    const a0 = load<u64>(a + at)
    const a1 = load<u64>(a + at, 8)
    const a2 = load<u64>(a + at, 16)
    const a3 = load<u64>(a + at, 24)
    const b0 = load<u64>(b + at)
    const b1 = load<u64>(b + at, 8)
    const b2 = load<u64>(b + at, 16)
    const b3 = load<u64>(b + at, 24)
    let s0 = u64.MAX_VALUE
    let s1 = s0
    let s2 = s0
    let s3 = s0
    for (let hash = hashes; hash < end; hash += 8) {
      const x = load<u64>(hash)
      s0 = least(reduce(x * a0 + b0), s0)
      s1 = least(reduce(x * a1 + b1), s1)
      s2 = least(reduce(x * a2 + b2), s2)
      s3 = least(reduce(x * a3 + b3), s3)
    }
    store<u64>(signature + at, s0)
    store<u64>(signature + at, s1, 8)
    store<u64>(signature + at, s2, 16)
    store<u64>(signature + at, s3, 24)
  }
}

/** A 64-bit fingerprint of each band, `rows` numbers of the signature; `scope` sets apart what must not meet. */
export function bandKeys(signature: usize, bands: i32, rows: i32, scope: u32, keys: usize): void {
  for (let band = 0; band < bands; band++) {
    const at = signature + (<usize>(band * rows) << 3)
    store<u64>(keys + (<usize>band << 3), xxh64(at, rows << 3, scope))
  }
}

/** One byte of each number of a signature: two signatures agree in about as many bytes as numbers, plus 1 in 256. */
export function sketch(signature: usize, size: i32, bytes: usize): void {
  for (let i = 0; i < size; i++) {
    const number = load<u64>(signature + (<usize>i << 3))
    store<u8>(bytes + <usize>i, <u8>((number * 0x9e3779b97f4a7c15) >> 56))
  }
}

/** How many numbers two ascending lists of distinct 64-bit numbers have in common. */
export function common(a: usize, aCount: i32, b: usize, bCount: i32): i32 {
  const aEnd = a + (<usize>aCount << 3)
  const bEnd = b + (<usize>bCount << 3)
  let found = 0
  while (a < aEnd && b < bEnd) {
    const x = load<u64>(a)
    const y = load<u64>(b)
    if (x == y) found++
    if (x <= y) a += 8
    if (y <= x) b += 8
  }
  return found
}
