// Sums and products of rows of 32-bit floats, each in the order in which the fastText program adds them up, so that no bit differs.
// `stride` is the length of a row in bytes, a multiple of 16.

/** Add the rows with the numbers `rows[0, count)` up in `sum`. */
export function addRows(matrix: usize, stride: i32, rows: usize, count: i32, sum: usize): void {
  const end = rows + (<usize>count << 2)
  let column = 0
  for (; column + 64 <= stride; column += 64) addColumns(matrix + column, stride, rows, end, sum + column)
  for (; column < stride; column += 16) {
    let a = v128.load(sum + column)
    for (let at = rows; at < end; at += 4) a = f32x4.add(a, v128.load(matrix + <usize>load<u32>(at) * stride + column))
    v128.store(sum + column, a)
  }
}

/** Sixteen columns at a time stay in registers. */
// @ts-ignore: decorator
@inline
function addColumns(matrix: usize, stride: i32, rows: usize, end: usize, sum: usize): void {
  let a = v128.load(sum)
  let b = v128.load(sum, 16)
  let c = v128.load(sum, 32)
  let d = v128.load(sum, 48)
  for (let at = rows; at < end; at += 4) {
    const row = matrix + <usize>load<u32>(at) * stride
    a = f32x4.add(a, v128.load(row))
    b = f32x4.add(b, v128.load(row, 16))
    c = f32x4.add(c, v128.load(row, 32))
    d = f32x4.add(d, v128.load(row, 48))
  }
  v128.store(sum, a)
  v128.store(sum, b, 16)
  v128.store(sum, c, 32)
  v128.store(sum, d, 48)
}

/** The product of each of the first `count` rows with `vector`, to `products`. */
export function multiply(matrix: usize, stride: i32, count: i32, columns: i32, vector: usize, products: usize): void {
  const end = products + (<usize>count << 2)
  const last = vector + (<usize>columns << 2)
  let row = matrix
  for (; products + 16 <= end; products += 16, row += 4 * stride) {
    let a: f32 = 0
    let b: f32 = 0
    let c: f32 = 0
    let d: f32 = 0
    let one = row
    let two = row + stride
    let three = two + stride
    let four = three + stride
    for (let at = vector; at < last; at += 4, one += 4, two += 4, three += 4, four += 4) {
      const x = load<f32>(at)
      a += load<f32>(one) * x
      b += load<f32>(two) * x
      c += load<f32>(three) * x
      d += load<f32>(four) * x
    }
    store<f32>(products, a)
    store<f32>(products, b, 4)
    store<f32>(products, c, 8)
    store<f32>(products, d, 12)
  }
  for (; products < end; products += 4, row += stride) {
    let sum: f32 = 0
    for (let at = vector, x = row; at < last; at += 4, x += 4) sum += load<f32>(x) * load<f32>(at)
    store<f32>(products, sum)
  }
}

// Of the model that an instance works for; the buckets of a pruned one that are left have bits in `present` and rows in `moved`.
let bucketCount: u32
let base: u32
let moved: usize
let movedMask: u32
let present: usize
// hash / bucketCount is hash * reciprocal >> shift, or one more
let reciprocal: u64
let shift: u64

/** Buckets have rows from `firstRow` on; `movedTable` is 0 where each has its own. */
export function describeBuckets(count: u32, firstRow: u32, movedTable: usize, mask: u32, bits: usize): void {
  bucketCount = count
  base = firstRow
  moved = movedTable
  movedMask = mask
  present = bits
  shift = 63 - clz(<u64>count) + 31
  reciprocal = (<u64>1 << shift) / count
}

const fnvOffset: u32 = 0x811c9dc5
const fnvPrime: u32 = 0x01000193

// @ts-ignore: decorator
@inline
function isContinuation(at: usize): bool {
  return (load<u8>(at) & 0xc0) == 0x80
}

/**
 * The rows of a word's parts of `minPart` to `maxPart` characters, to `rows`; returns how many. `[word, end)` is the word between `<` and `>`, or a
 * stretch of it whose parts are those that begin in `[from, to)`; the marks alone are no parts.
 */
export function partRows(
  word: usize, end: usize, from: usize, to: usize, begins: bool, ends: bool, minPart: i32, maxPart: i32, rows: usize,
): i32 {
  let out = rows
  for (let start = from; start < to; start++) {
    if (isContinuation(start)) continue
    let hash = fnvOffset
    let at = start
    for (let characters = 1; at < end && characters <= maxPart; characters++) {
      do hash = (hash ^ <u32>(<i32>load<i8>(at++))) * fnvPrime
      while (at < end && isContinuation(at))
      if (characters < minPart || (characters == 1 && ((begins && start == word) || (ends && at == end)))) continue
      out = addBucket(bucketOf(hash), out)
    }
  }
  return <i32>((out - rows) >> 2)
}

/**
 * The rows of the n-grams of 2 to `n` words that begin at the first `to` words, to `rows`; returns how many. `hashes[0, count)` are those of the words.
 */
export function ngramRows(hashes: usize, count: i32, to: i32, n: i32, rows: usize): i32 {
  let out = rows
  for (let first = 0; first < to; first++) {
    let hash = <u64>(<i64>load<i32>(hashes + (<usize>first << 2)))
    for (let next = first + 1; next < count && next < first + n; next++) {
      hash = hash * 116049371 + <u64>(<i64>load<i32>(hashes + (<usize>next << 2)))
      out = addBucket(<u32>(hash % bucketCount), out)
    }
  }
  return <i32>((out - rows) >> 2)
}

// @ts-ignore: decorator
@inline
function bucketOf(hash: u32): u32 {
  const rest = hash - <u32>((<u64>hash * reciprocal) >> shift) * bucketCount
  return rest < bucketCount ? rest : rest - bucketCount
}

// @ts-ignore: decorator
@inline
function addBucket(bucket: u32, out: usize): usize {
  if (moved == 0) {
    store<u32>(out, base + bucket)
    return out + 4
  }
  if (!((load<u8>(present + (bucket >>> 3)) >>> (bucket & 7)) & 1)) return out
  store<u32>(out, base + movedRow(bucket))
  return out + 4
}

/** Open addressing: pairs of a bucket and its row. */
function movedRow(bucket: u32): u32 {
  let slot = ((bucket * 0x9e3779b1) >>> 7) & movedMask
  while (load<u32>(moved + (<usize>slot << 3)) != bucket) slot = (slot + 1) & movedMask
  return load<u32>(moved + (<usize>slot << 3), 4)
}
