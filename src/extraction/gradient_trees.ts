import { treeSummer } from '../kernels/trees.ts'

/**
 * Boosted regression trees of at most 32 leaves, laid out for QuickScorer (Lucchese et al. 2015): instead of walking down each tree, all questions
 * about a feature are asked in order of their thresholds. Each one that is answered "more than that" strikes out the leaves to its left; the first
 * that is left of each tree is the one that walking would have reached. No jump depends on chance, and four rows are asked at once.
 */
export interface Trees {
  /** Sums of the leaves that rows reach, until the next call. */
  sumLeaves(rows: Float32Array, rowLength: number, count: number): Float64Array
}

const leavesOfTree = 32

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
    found.push(
      layOut({
        roots: new Uint32Array(bytes, take(4 * trees), trees),
        value: new Float32Array(bytes, take(4 * nodes), nodes),
        right: new Uint16Array(bytes, take(2 * nodes), nodes),
        feature: new Uint8Array(bytes, take(nodes), nodes),
      }),
    )
    at = (at + 3) & ~3
  }
  return found
}

/** Trees as nodes: a node's left child is the next node, and `feature` is 255 for leaves, whose `value` they are. */
interface TreeNodes {
  roots: Uint32Array
  feature: Uint8Array
  value: Float32Array
  right: Uint16Array
}

const leaf = 255

export function layOut({ roots, feature, value, right }: TreeNodes): Trees {
  const questions: { feature: number; threshold: number; tree: number; mask: number }[] = []
  const leaves = new Float32Array(leavesOfTree * roots.length)
  for (const [tree, root] of roots.entries()) {
    let next = 0
    const visit = (node: number): void => {
      if (feature[node] === leaf) {
        if (next === leavesOfTree) throw new Error(`tree ${tree} has more than ${leavesOfTree} leaves`)
        leaves[leavesOfTree * tree + next++] = value[node]!
        return
      }
      const from = next
      visit(node + 1)
      let mask = -1
      for (let i = from; i < next; i++) mask &= ~(1 << i)
      questions.push({ feature: feature[node]!, threshold: value[node]!, tree, mask: mask >>> 0 })
      visit(right[node]!)
    }
    visit(root)
  }
  questions.sort((a, b) => a.feature - b.feature || a.threshold - b.threshold)
  const last = questions.at(-1)?.feature ?? -1
  const starts = new Uint16Array(last + 2)
  for (const { feature: asked } of questions) starts[asked + 1]!++
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!
  return {
    sumLeaves: treeSummer({
      count: roots.length,
      starts,
      thresholds: Float32Array.from(questions, ({ threshold }) => threshold),
      trees: Uint16Array.from(questions, ({ tree }) => tree),
      masks: Uint32Array.from(questions, ({ mask }) => mask),
      leaves,
    }),
  }
}

/** Probability that each of `count` rows of `rowLength` numbers is a positive one. What is not a number is more than any threshold. */
export const score = ({ sumLeaves }: Trees, rows: Float32Array, rowLength: number, count: number): Float32Array =>
  Float32Array.from(sumLeaves(rows, rowLength, count), (sum) => 1 / (1 + Math.exp(-sum)))
