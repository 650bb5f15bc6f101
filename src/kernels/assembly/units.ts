// UTF-16 units, four to a load. Buffers have room for one load beyond their last unit.

/** The first `count` (1–3) of the four units at `at`; zero for the others. */
@inline
export function firstUnits(at: usize, count: i32): u64 {
  return load<u64>(at) & ((<u64>1 << (<u64>count << 4)) - 1)
}

@inline
function mix(hash: u64, units: u64): u64 {
  hash = (hash ^ units) * 0x9e3779b97f4a7c15
  return hash ^ (hash >> 32)
}

@inline
export function hashUnits(at: usize, count: i32): u32 {
  let hash: u64 = count
  for (; count >= 4; count -= 4, at += 8) hash = mix(hash, load<u64>(at))
  if (count > 0) hash = mix(hash, firstUnits(at, count))
  return <u32>(hash ^ (hash >> 29))
}

@inline
export function sameUnits(a: usize, b: usize, count: i32): bool {
  for (; count >= 4; count -= 4, a += 8, b += 8) if (load<u64>(a) != load<u64>(b)) return false
  return count == 0 || firstUnits(a, count) == firstUnits(b, count)
}
