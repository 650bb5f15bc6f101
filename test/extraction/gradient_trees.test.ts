import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowLength } from '../../src/extraction/block_features.ts'
import { readTrees, score } from '../../src/extraction/gradient_trees.ts'
import { model } from '../../src/extraction/main_content_model.generated.ts'

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

/** Walks down each tree, as it is drawn. */
function walk(tree: Tree, row: ArrayLike<number>): number {
  if (typeof tree === 'number') return Math.fround(tree)
  const [feature, threshold, left, right] = tree
  return walk(row[feature]! <= Math.fround(threshold) ? left : right, row)
}

const threshold = fc.constantFrom(-1, -0.25, 0, 0.25, 1, 3)
const { tree: anyTree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.double({ min: -2, max: 2, noNaN: true }),
    fc.tuple(fc.integer({ min: 0, max: 4 }), threshold, tie('tree'), tie('tree')),
  ),
}))

test('rows reach the leaves that walking down the trees reaches', () => {
  const row = fc.array(fc.oneof(threshold, fc.double({ min: -2, max: 4 })), { minLength: 5, maxLength: 5 })
  fc.assert(
    fc.property(fc.array(anyTree, { minLength: 1, maxLength: 9 }), fc.array(row, { maxLength: 9 }), (trees, rows) => {
      const [ensemble] = readTrees(pack(trees))
      const values = Float32Array.from(rows.flat())
      const expected = rows.map((_, i) => {
        const own = values.subarray(5 * i, 5 * i + 5)
        return sigmoid(trees.reduce<number>((sum, tree) => sum + walk(tree, own), 0))
      })
      expect([...score(ensemble!, values, 5, rows.length)]).toEqual(expected)
    }),
  )
})

test('a tree with too many leaves is refused', () => {
  const deep = Array.from({ length: 32 }).reduce<Tree>((tree) => [0, 1, tree, 1], 0)
  expect(() => readTrees(pack([deep]))).toThrow('tree 0 has more than 32 leaves')
})

test('the shipped model has two ensembles for rows of features', () => {
  const ensembles = readTrees(model)
  expect(ensembles).toHaveLength(2)
  const rows = Float32Array.from({ length: 3 * rowLength }, (_, i) => (i * 37) % 11)
  for (const trees of ensembles) for (const probability of score(trees, rows, rowLength, 3)) expect(probability).toBeGreaterThan(0)
})
