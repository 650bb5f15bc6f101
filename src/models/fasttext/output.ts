import type { FastTextFile, Loss } from './file.ts'
import type { Workplace } from './memory.ts'

/** Probability of every label, given the products of its row of the output matrix (of its node, in a tree) with a text's vector. */
type Output = (products: Float32Array) => Float32Array

/** The output layer of a model, by the loss it was trained with (fastText's `loss.cc`): what it makes of the text's vector in `sum`. */
export function outputLayer({ loss, output, outputNorms, labelCounts }: FastTextFile, place: Workplace): () => Float32Array {
  const layers: Record<Loss, () => Output> = {
    softmax: () => softmax,
    one_vs_all: sigmoids,
    negative_sampling: sigmoids,
    hierarchical_softmax: () => hierarchicalSoftmax(labelCounts),
  }
  const layer = layers[loss]()
  const { kernels, products, productsAt, sumAt } = place
  return () => {
    kernels.multiply(output.at, output.stride, output.rows, output.columns, sumAt, productsAt)
    if (outputNorms) for (let i = 0; i < products.length; i++) products[i] = products[i]! * outputNorms[i]!
    return layer(products)
  }
}

const { fround, exp } = Math
/** fastText keeps logarithms of `p + 1e-5`, so what it reports is a little more than the probability, and may exceed 1. */
const log = (probability: number): number => fround(Math.log(probability + 1e-5))
const reported = (probability: number): number => exp(log(probability))

function softmax(products: Float32Array): Float32Array {
  const scores = products.slice()
  let max = scores[0]!
  for (let i = 1; i < scores.length; i++) if (scores[i]! > max) max = scores[i]!
  let total = 0
  for (let i = 0; i < scores.length; i++) {
    scores[i] = exp(scores[i]! - max)
    total = fround(total + scores[i]!)
  }
  for (let i = 0; i < scores.length; i++) scores[i] = reported(fround(scores[i]! / total))
  return scores
}

function sigmoids(): Output {
  const sigmoid = sigmoidTable()
  return (products) => products.map((product) => reported(sigmoid(product)))
}

/** fastText looks sigmoids up in a table of 512 steps between -8 and 8, and labels tie more often for it. */
function sigmoidTable(): (x: number) => number {
  const [limit, steps] = [8, 512]
  const table = Float32Array.from({ length: steps + 1 }, (_, i) => 1 / (1 + fround(exp(limit - (i * 2 * limit) / steps))))
  return (x) => {
    if (x < -limit) return 0
    if (x > limit) return 1
    return table[Math.trunc(fround((fround(x + limit) * steps) / limit / 2))]!
  }
}

/** Each label is a leaf of a Huffman tree; its probability is the product of the turns that lead to it. */
function hierarchicalSoftmax(labelCounts: Float64Array): Output {
  const leaves = labelCounts.length
  const children = huffmanTree(labelCounts)
  const root = 2 * leaves - 2
  // fastText does not descend below this: labels further down are not reported
  const least = log(0)
  const scores = new Float32Array(2 * leaves - 1)
  const kept = (node: number): number => (scores[node]! < least ? -Infinity : scores[node]!)
  return (products) => {
    scores[root] = 0
    // children come before their parents
    for (let node = root; node >= leaves; node--) {
      const [left, right] = children[node - leaves]!
      const turnRight = fround(1 / fround(1 + fround(exp(-products[node - leaves]!))))
      scores[left] = kept(node) + log(fround(1 - turnRight))
      scores[right] = kept(node) + log(turnRight)
    }
    return Float32Array.from({ length: leaves }, (_, leaf) => exp(kept(leaf)))
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
