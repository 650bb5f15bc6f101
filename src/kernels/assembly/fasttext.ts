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

/**
 * The buckets of the n-grams of 2 to `n` words that begin at the words `[from, to)`, to `buckets`; returns how many.
 * `hashes[0, count)` are those of the words.
 */
export function hashNgrams(hashes: usize, count: i32, from: i32, to: i32, n: i32, bucketCount: u32, buckets: usize): i32 {
  let out = buckets
  for (let first = from; first < to; first++) {
    let hash = <u64>(<i64>load<i32>(hashes + (<usize>first << 2)))
    for (let next = first + 1; next < count && next < first + n; next++) {
      hash = hash * 116049371 + <u64>(<i64>load<i32>(hashes + (<usize>next << 2)))
      store<u32>(out, <u32>(hash % bucketCount))
      out += 4
    }
  }
  return <i32>((out - buckets) >> 2)
}
