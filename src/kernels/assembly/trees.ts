/** Where free memory begins. */
export const free: usize = __heap_base

/**
 * Sum of the leaves that each row reaches in all trees (QuickScorer, four rows at a time). `rows` are `count` times `rowLength` floats, a multiple of four
 * rows. Questions about feature f are those from `starts` f (u16) to the next, by ascending threshold; `trees` (u16) and `masks` (u32) say whose leaves
 * stay when a row exceeds it. `leaves` has 32 floats a tree. `left` has room for 16 bytes a tree; `sums` gets a double a row.
 */
export function sumLeaves(
  rows: usize,
  rowLength: i32,
  count: i32,
  features: i32,
  starts: usize,
  thresholds: usize,
  trees: usize,
  masks: usize,
  treeCount: i32,
  leaves: usize,
  left: usize,
  sums: usize,
): void {
  const stride = <usize>rowLength << 2
  for (let row = 0; row < count; row += 4) {
    const at = rows + <usize>row * stride
    memory.fill(left, 255, <usize>treeCount << 4)
    for (let feature: usize = 0; feature < <usize>features; feature++) {
      let k = <usize>load<u16>(starts + (feature << 1))
      const end = <usize>load<u16>(starts + (feature << 1), 2)
      if (k == end) continue
      const place = at + (feature << 2)
      let x = v128.load32_zero(place)
      x = v128.load_lane<f32>(place + stride, x, 1)
      x = v128.load_lane<f32>(place + 2 * stride, x, 2)
      x = v128.load_lane<f32>(place + 3 * stride, x, 3)
      for (; k < end; k++) {
        const goesLeft = f32x4.le(x, v128.load_splat<f32>(thresholds + (k << 2)))
        if (i32x4.all_true(goesLeft)) break
        const bits = left + (<usize>load<u16>(trees + (k << 1)) << 4)
        v128.store(bits, v128.and(v128.load(bits), v128.or(goesLeft, v128.load_splat<u32>(masks + (k << 2)))))
      }
    }
    for (let lane: usize = 0; lane < 4; lane++) {
      let sum: f64 = 0
      for (let tree: usize = 0; tree < <usize>treeCount; tree++) {
        const first = <usize>ctz(load<u32>(left + (tree << 4) + (lane << 2)))
        sum += <f64>load<f32>(leaves + (((tree << 5) + first) << 2))
      }
      store<f64>(sums + ((<usize>row + lane) << 3), sum)
    }
  }
}
