import { expect, test } from 'vitest'
import { rowLength } from '../../src/text/block_features.ts'
import { readTrees, score } from '../../src/text/gradient_trees.ts'
import { model } from '../../src/text/main_content_model.generated.ts'

/** An ensemble as base64: trees of [feature, threshold, left, right] or a leaf's value. */
type Tree = number | [feature: number, threshold: number, left: Tree, right: Tree]
function pack(trees: readonly Tree[]): string {
  const [roots, value, right, feature]: number[][] = [[], [], [], []]
  const add = (tree: Tree): void => {
    const at = feature!.length
    feature!.push(typeof tree === 'number' ? 255 : tree[0])
    value!.push(typeof tree === 'number' ? tree : tree[1])
    right!.push(at)
    if (typeof tree === 'number') return
    add(tree[2])
    right![at] = feature!.length
    add(tree[3])
  }
  for (const tree of trees) {
    roots!.push(feature!.length)
    add(tree)
  }
  const parts = [
    new Uint32Array([roots!.length, feature!.length]),
    new Uint32Array(roots!),
    new Float32Array(value!),
    new Uint16Array(right!),
  ]
  const bytes = Buffer.concat([...parts.map((part) => Buffer.from(part.buffer)), Buffer.from(feature!)])
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]).toString('base64')
}

const sigmoid = (x: number): number => Math.fround(1 / (1 + Math.exp(-x)))

test('rows go left where the feature is at most the threshold', () => {
  const [trees] = readTrees(pack([[0, 1.5, -1, [1, 0, 2, 3]], 0.5]))
  const rows = Float32Array.from([1.5, 9, 2, 0, 2, 1])
  expect([...score(trees!, rows, 2, 3)]).toEqual([sigmoid(-0.5), sigmoid(2.5), sigmoid(3.5)])
})

test('ensembles follow one another', () => {
  const both = Buffer.concat([pack([1]), pack([[0, 0, 2, 3]])].map((text) => Buffer.from(text, 'base64'))).toString('base64')
  expect(readTrees(both).map((trees) => [...score(trees, Float32Array.from([1]), 1, 1)])).toEqual([[sigmoid(1)], [sigmoid(3)]])
})

test('the shipped model asks for features that there are, and ends', () => {
  const ensembles = readTrees(model)
  expect(ensembles).toHaveLength(2)
  for (const { roots, feature, right } of ensembles) {
    expect(roots.length).toBeGreaterThan(0)
    feature.forEach((asked, node) => {
      if (asked === 255) return
      expect(asked).toBeLessThan(rowLength)
      expect(right[node]).toBeGreaterThan(node + 1)
    })
  }
})
