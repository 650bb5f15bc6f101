import { sameUnits } from './units'

@inline
function mix(a: u32, b: u32): u32 {
  let hash: u32 = (a * 0x9e3779b1) ^ (b * 0x85ebca6b)
  hash = (hash ^ (hash >> 15)) * 0x2c1b3c6d
  return hash ^ (hash >> 13)
}

@inline
function at32(array: usize, index: i32): i32 {
  return load<i32>(array + (<usize>index << 2))
}

/**
 * From the (n − 1)-grams that may repeat (where they begin, their numbers, how often each number occurs) to the n-grams that may. `table` is
 * zero, of `mask` + 1 entries (number of the first n − 1 words, last word, number + 1). `found` gets how many n-grams there are, how many
 * distinct ones, and of the most frequent one (the first of equals) where it first stands and how often it occurs.
 */
export function nextLevel(
  n: i32,
  positions: usize,
  groups: usize,
  counts: usize,
  size: i32,
  ids: usize,
  count: i32,
  positionsOut: usize,
  groupsOut: usize,
  countsOut: usize,
  firsts: usize,
  table: usize,
  mask: u32,
  found: usize,
): void {
  let sizeOut = 0
  let distinct = 0
  for (let p = 0; p + 1 < size; p++) {
    const at = at32(positions, p)
    // Both halves must be there twice: the n − 1 words from here, and the n − 1 from the next word on.
    if (at + n > count || at32(positions, p + 1) != at + 1) continue
    const group = at32(groups, p)
    if (at32(counts, group) < 2 || at32(counts, at32(groups, p + 1)) < 2) continue
    const word = at32(ids, at + n - 1)
    const key = (<u64>group << 32) | word
    let slot = mix(group, word) & mask
    let entry = table + (<usize>slot << 4)
    let number = load<i32>(entry, 8) - 1
    while (number >= 0 && load<u64>(entry) != key) {
      slot = (slot + 1) & mask
      entry = table + (<usize>slot << 4)
      number = load<i32>(entry, 8) - 1
    }
    if (number < 0) {
      number = distinct++
      store<u64>(entry, key)
      store<i32>(entry, number + 1, 8)
      store<i32>(firsts + (<usize>number << 2), at)
      store<i32>(countsOut + (<usize>number << 2), 0)
    }
    store<i32>(positionsOut + (<usize>sizeOut << 2), at)
    store<i32>(groupsOut + (<usize>sizeOut << 2), number)
    sizeOut++
    const counter = countsOut + (<usize>number << 2)
    store<i32>(counter, load<i32>(counter) + 1)
  }
  let top = 0
  let occurrences = 1
  for (let i = 0; i < distinct; i++) {
    if (at32(countsOut, i) <= occurrences) continue
    occurrences = at32(countsOut, i)
    top = at32(firsts, i)
  }
  store<i32>(found, sizeOut)
  store<i32>(found, distinct, 4)
  store<i32>(found, top, 8)
  store<i32>(found, occurrences, 12)
}

const base: u64 = 0x100000001b3

/** Units from the start of a word on that must occur at the start of another word, if an n-gram that long is to be repeated. */
const window: i32 = 16

const tabled = 4096
const powers: usize = memory.data(tabled * 8)
store<u64>(powers, 1)
for (let i: usize = 1; i < <usize>tabled; i++) store<u64>(powers + (i << 3), load<u64>(powers + ((i - 1) << 3)) * base)

/** base ** exponent, modulo 2⁶⁴. */
function power(exponent: i32): u64 {
  if (exponent < tabled) return load<u64>(powers + (<usize>exponent << 3))
  let result: u64 = 1
  for (let square = base; exponent > 0; exponent >>= 1, square *= square) if (exponent & 1) result *= square
  return result
}

/**
 * Put the words of a text together without what lies between them. Writes where each word begins among the units, the polynomial hash of all
 * units before it, and whether the units from its start on, `window` of them, occur (by hash) at the start of another word, as `repeats`.
 * `table` is zero, of `mask` + 1 entries (hash, word + 1).
 */
export function squeeze(
  units: usize,
  offsets: usize,
  count: i32,
  squeezed: usize,
  starts: usize,
  prefixes: usize,
  repeats: usize,
  table: usize,
  mask: u32,
): void {
  let to = squeezed
  let hash: u64 = 0
  for (let i = 0; i < count; i++) {
    store<i32>(starts + (<usize>i << 2), <i32>((to - squeezed) >> 1))
    store<u64>(prefixes + (<usize>i << 3), hash)
    let from = units + (<usize>load<i32>(offsets + (<usize>i << 3)) << 1)
    const end = units + (<usize>load<i32>(offsets + (<usize>i << 3), 4) << 1)
    for (; from < end; from += 2, to += 2) {
      const unit = load<u16>(from)
      store<u16>(to, unit)
      hash = hash * base + unit + 1
    }
  }
  const total = <i32>((to - squeezed) >> 1)
  store<i32>(starts + (<usize>count << 2), total)
  store<u64>(prefixes + (<usize>count << 3), hash)
  memory.fill(repeats, 0, count)
  for (let i = 0; i < count; i++) {
    const start = at32(starts, i)
    if (start + window > total) break
    const at = squeezed + (<usize>start << 1)
    let seen: u64 = load<u64>(at) * 0x9e3779b97f4a7c15
    seen = (rotl<u64>(seen, 29) ^ load<u64>(at, 8)) * 0x9e3779b97f4a7c15
    seen = (rotl<u64>(seen, 29) ^ load<u64>(at, 16)) * 0x9e3779b97f4a7c15
    seen = (rotl<u64>(seen, 29) ^ load<u64>(at, 24)) * 0x9e3779b97f4a7c15
    const short = <u32>(seen >> 32)
    let slot = short & mask
    let entry = table + (<usize>slot << 3)
    let other = load<i32>(entry, 4) - 1
    while (other >= 0 && load<u32>(entry) != short) {
      slot = (slot + 1) & mask
      entry = table + (<usize>slot << 3)
      other = load<i32>(entry, 4) - 1
    }
    if (other >= 0) {
      store<u8>(repeats + i, 1)
      store<u8>(repeats + other, 1)
    } else {
      store<u32>(entry, short)
      store<i32>(entry, i + 1, 4)
    }
  }
}

/**
 * Code points of all n-grams that have been seen before, walking from left to right and going on behind each one found; n-grams that begin
 * inside a found one are not remembered. Over what `squeeze` wrote; `before` are the code points before each word, and of all. `table` is zero.
 */
export function greedySkipChars(
  n: i32,
  count: i32,
  squeezed: usize,
  starts: usize,
  before: usize,
  prefixes: usize,
  repeats: usize,
  table: usize,
  mask: u32,
): i32 {
  let repeated = 0
  for (let i = 0; i + n <= count; ) {
    const start = at32(starts, i)
    const length = at32(starts, i + n) - start
    // What begins like no other word cannot be a repeat, nor be repeated.
    if (length >= window && load<u8>(repeats + i) == 0) {
      i++
      continue
    }
    const hash = load<u64>(prefixes + (<usize>(i + n) << 3)) - load<u64>(prefixes + (<usize>i << 3)) * power(length)
    const short = <u32>((hash * 0x9e3779b97f4a7c15) >> 32)
    let slot = short & mask
    let earlier = -1
    let entry: usize
    for (;;) {
      entry = table + (<usize>slot << 3)
      earlier = load<i32>(entry, 4) - 1
      if (earlier < 0) break
      if (load<u32>(entry) == short) {
        const from = at32(starts, earlier)
        const isSame = at32(starts, earlier + n) - from == length
        if (isSame && sameUnits(squeezed + (<usize>from << 1), squeezed + (<usize>start << 1), length)) break
      }
      slot = (slot + 1) & mask
    }
    if (earlier >= 0) {
      repeated += at32(before, i + n) - at32(before, i)
      i += n
    } else {
      store<u32>(entry, short)
      store<i32>(entry, i + 1, 4)
      i++
    }
  }
  return repeated
}
