import type { FastTextFile, Loss, Matrix } from './fasttext_file.ts'

/** Probability of every label, given a text's vector. */
export type Output = (hidden: Float32Array) => Float32Array

/** The output layer of a model, by the loss it was trained with (fastText's `loss.cc`). */
export function outputLayer({ loss, output, labelCounts }: FastTextFile): Output {
  const layers: Record<Loss, () => Output> = {
    softmax: () => softmax(output),
    one_vs_all: () => sigmoids(output),
    negative_sampling: () => sigmoids(output),
    hierarchical_softmax: () => hierarchicalSoftmax(output, labelCounts),
  }
  return layers[loss]()
}

/** fastText keeps logarithms of `p + 1e-5`, so what it reports is a little more than the probability, and may exceed 1. */
const log = (probability: number): number => Math.fround(Math.log(probability + 1e-5))
const reported = (probability: number): number => Math.exp(log(probability))

function softmax(matrix: Matrix): Output {
  return (hidden) => {
    const scores = Float32Array.from({ length: matrix.rows }, (_, row) => dot(matrix, row, hidden))
    const max = scores.reduce((a, b) => Math.max(a, b))
    let total = 0
    for (let i = 0; i < scores.length; i++) {
      scores[i] = Math.exp(scores[i]! - max)
      total = Math.fround(total + scores[i]!)
    }
    return scores.map((score) => reported(Math.fround(score / total)))
  }
}

function sigmoids(matrix: Matrix): Output {
  const sigmoid = sigmoidTable()
  return (hidden) => Float32Array.from({ length: matrix.rows }, (_, row) => reported(sigmoid(dot(matrix, row, hidden))))
}

/** fastText looks sigmoids up in a table of 512 steps between -8 and 8, and labels tie more often for it. */
function sigmoidTable(): (x: number) => number {
  const [limit, steps] = [8, 512]
  const table = Float32Array.from({ length: steps + 1 }, (_, i) => 1 / (1 + Math.exp(limit - (i * 2 * limit) / steps)))
  return (x) => {
    if (x < -limit) return 0
    if (x > limit) return 1
    return table[Math.trunc(Math.fround((Math.fround(x + limit) * steps) / limit / 2))]!
  }
}

/** Each label is a leaf of a Huffman tree; its probability is the product of the turns that lead to it. */
function hierarchicalSoftmax(matrix: Matrix, labelCounts: Float64Array): Output {
  const leaves = labelCounts.length
  const children = huffmanTree(labelCounts)
  const root = 2 * leaves - 2
  // fastText does not descend below this: labels further down are not reported
  const least = log(0)
  const scores = new Float32Array(2 * leaves - 1)
  const kept = (node: number): number => (scores[node]! < least ? -Infinity : scores[node]!)
  return (hidden) => {
    scores[root] = 0
    // children come before their parents
    for (let node = root; node >= leaves; node--) {
      const [left, right] = children[node - leaves]!
      const turnRight = Math.fround(1 / (1 + Math.exp(-dot(matrix, node - leaves, hidden))))
      scores[left] = kept(node) + log(Math.fround(1 - turnRight))
      scores[right] = kept(node) + log(turnRight)
    }
    return Float32Array.from({ length: leaves }, (_, leaf) => Math.exp(kept(leaf)))
  }
}

/** Children of the inner nodes, which are numbered on from the leaves; `counts` must not increase. */
function huffmanTree(counts: Float64Array): [left: number, right: number][] {
  const leaves = counts.length
  const weights = [...counts]
  const children: [number, number][] = []
  let leaf = leaves - 1
  let inner = leaves
  const lightest = (): number => (leaf >= 0 && weights[leaf]! < (weights[inner] ?? 1e15) ? leaf-- : inner++)
  while (weights.length < 2 * leaves - 1) {
    const left = lightest()
    const right = lightest()
    children.push([left, right])
    weights.push(weights[left]! + weights[right]!)
  }
  return children
}

function dot({ columns, values }: Matrix, row: number, vector: Float32Array): number {
  let sum = 0
  for (let i = 0, at = row * columns; i < columns; i++, at++) sum += values[at]! * vector[i]!
  return Math.fround(sum)
}
