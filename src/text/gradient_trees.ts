/** Boosted regression trees, flattened: a node's left child is the next node. */
export interface Trees {
  roots: Uint32Array
  /** Feature that a node asks about; 255 for leaves. */
  feature: Uint8Array
  /** What the feature must not exceed to go left; the value of a leaf. */
  value: Float32Array
  right: Uint16Array
}

const leaf = 255

/** Read ensembles one after another from base64: each has its number of trees and nodes (u32), roots (u32), values (f32), rights (u16), features (u8). */
export function readTrees(base64: string): Trees[] {
  const buffer = Buffer.from(base64, 'base64')
  const bytes = buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.length)
  const found: Trees[] = []
  let at = 0
  const take = (size: number): number => {
    const from = at
    at += size
    return from
  }
  while (at < buffer.length) {
    const [trees, nodes] = new Uint32Array(bytes, take(8), 2) as unknown as [number, number]
    found.push({
      roots: new Uint32Array(bytes, take(4 * trees), trees),
      value: new Float32Array(bytes, take(4 * nodes), nodes),
      right: new Uint16Array(bytes, take(2 * nodes), nodes),
      feature: new Uint8Array(bytes, take(nodes), nodes),
    })
    at = (at + 3) & ~3
  }
  return found
}

/** Probability that each of `count` rows of `rowLength` numbers is a positive one. */
export function score({ roots, feature, value, right }: Trees, rows: Float32Array, rowLength: number, count: number): Float32Array {
  const found = new Float32Array(count)
  // All trees fit into the fastest cache, and so does a row; all rows do not.
  for (let row = 0, at = 0; row < count; row++, at += rowLength) {
    let sum = 0
    for (let tree = 0; tree < roots.length; tree++) {
      let node = roots[tree]!
      for (let asked = feature[node]!; asked !== leaf; asked = feature[node]!) {
        node = rows[at + asked]! <= value[node]! ? node + 1 : right[node]!
      }
      sum += value[node]!
    }
    found[row] = 1 / (1 + Math.exp(-sum))
  }
  return found
}
