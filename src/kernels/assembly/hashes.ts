const P1: u64 = 11400714785074694791
const P2: u64 = 14029467366897019727
const P3: u64 = 1609587929392839161
const P4: u64 = 9650029242287828579
const P5: u64 = 2870177450012600261

@inline
function round(lane: u64, word: u64): u64 {
  return rotl<u64>(lane + word * P2, 31) * P1
}

@inline
function merge(hash: u64, lane: u64): u64 {
  return (hash ^ round(0, lane)) * P1 + P4
}

/** xxHash64. */
export function xxh64(at: usize, bytes: i32, seed: u64): u64 {
  const end = at + bytes
  let hash: u64
  if (bytes >= 32) {
    let a = seed + P1 + P2
    let b = seed + P2
    let c = seed
    let d = seed - P1
    for (; at + 32 <= end; at += 32) {
      a = round(a, load<u64>(at))
      b = round(b, load<u64>(at, 8))
      c = round(c, load<u64>(at, 16))
      d = round(d, load<u64>(at, 24))
    }
    hash = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18)
    hash = merge(merge(merge(merge(hash, a), b), c), d)
  } else hash = seed + P5
  hash += bytes
  for (; at + 8 <= end; at += 8) hash = rotl<u64>(hash ^ round(0, load<u64>(at)), 27) * P1 + P4
  if (at + 4 <= end) {
    hash = rotl<u64>(hash ^ (<u64>load<u32>(at) * P1), 23) * P2 + P3
    at += 4
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ (<u64>load<u8>(at) * P5), 11) * P1
  hash = (hash ^ (hash >> 33)) * P2
  hash = (hash ^ (hash >> 29)) * P3
  return hash ^ (hash >> 32)
}

/** A message's last block or two, and the 80 words that a block is spread to. */
const block = memory.data(128)
const words = memory.data(320)

let h0: u32
let h1: u32
let h2: u32
let h3: u32
let h4: u32

/** SHA-1's first 8 bytes, as a little-endian number. */
export function sha1(at: usize, bytes: i32): u64 {
  h0 = 0x67452301
  h1 = 0xefcdab89
  h2 = 0x98badcfe
  h3 = 0x10325476
  h4 = 0xc3d2e1f0
  let left = bytes
  for (; left >= 64; left -= 64, at += 64) compress(at)
  memory.copy(block, at, left)
  const padded: i32 = left < 56 ? 64 : 128
  memory.fill(block + left, 0, padded - left)
  store<u8>(block + left, 0x80)
  store<u64>(block + padded - 8, bswap<u64>(<u64>bytes << 3))
  compress(block)
  if (padded == 128) compress(block + 64)
  return (<u64>bswap<u32>(h1) << 32) | bswap<u32>(h0)
}

@inline
function step(a: u32, choice: u32, e: u32, k: u32, i: usize): u32 {
  return rotl<u32>(a, 5) + choice + e + k + load<u32>(words + (i << 2))
}

function compress(at: usize): void {
  for (let i: usize = 0; i < 16; i++) store<u32>(words + (i << 2), bswap<u32>(load<u32>(at + (i << 2))))
  for (let i: usize = 16; i < 80; i++) {
    const to = words + (i << 2)
    store<u32>(to, rotl<u32>(load<u32>(to - 12) ^ load<u32>(to - 32) ^ load<u32>(to - 56) ^ load<u32>(to - 64), 1))
  }
  let a = h0
  let b = h1
  let c = h2
  let d = h3
  let e = h4
  for (let i: usize = 0; i < 20; i++) {
    const next = step(a, (b & c) | (~b & d), e, 0x5a827999, i)
    e = d
    d = c
    c = rotl<u32>(b, 30)
    b = a
    a = next
  }
  for (let i: usize = 20; i < 40; i++) {
    const next = step(a, b ^ c ^ d, e, 0x6ed9eba1, i)
    e = d
    d = c
    c = rotl<u32>(b, 30)
    b = a
    a = next
  }
  for (let i: usize = 40; i < 60; i++) {
    const next = step(a, (b & c) | (b & d) | (c & d), e, 0x8f1bbcdc, i)
    e = d
    d = c
    c = rotl<u32>(b, 30)
    b = a
    a = next
  }
  for (let i: usize = 60; i < 80; i++) {
    const next = step(a, b ^ c ^ d, e, 0xca62c1d6, i)
    e = d
    d = c
    c = rotl<u32>(b, 30)
    b = a
    a = next
  }
  h0 += a
  h1 += b
  h2 += c
  h3 += d
  h4 += e
}
