import { expect, test } from 'vitest'
import { blockFeatures, columns, featureCount, featureNames, rowLength } from '../../src/extraction/block_features.ts'
import { htmlBlocks } from '../../src/extraction/html_blocks.ts'

const page = htmlBlocks(`<html><head><script type="application/ld+json">{"@type": "Article"}</script></head><body>
  <h1>Heading</h1><p>One, two: three.</p><div class="comment"><p><a href="/">All of it a link</a></p></div></body></html>`)
const { rows } = blockFeatures(page)
const value = (block: number, name: string): number => {
  expect(featureNames).toContain(name)
  return rows[block * rowLength + featureNames.indexOf(name)]!
}

test('each feature has a name of its own', () => {
  expect(featureNames.length).toBe(featureCount)
  expect(new Set(featureNames).size).toBe(featureCount)
  expect(Object.values(columns)).not.toContain(-1)
})

test('names stand where their values are', () => {
  expect(page.blocks.texts).toEqual(['Heading', 'One, two: three.', 'All of it a link'])
  // Every group of features: at its first, its last, or both.
  expect([1, 2].map((block) => value(block, 'words'))).toEqual([Math.fround(Math.log1p(3)), Math.fround(Math.log1p(5))])
  expect([1, 2].map((block) => value(block, 'link_share'))).toEqual([0, 1])
  expect(value(1, 'commas_per_word')).toBe(Math.fround(2 / 3))
  expect(value(2, 'position')).toBe(Math.fround(2 / 3))
  expect(value(2, 'blocks_since_h1')).toBe(2)
  expect([value(1, 'element_link_share'), value(2, 'element_link_share')]).toEqual([0, 1])
  expect(value(1, 'ancestor_1_blocks')).toBe(Math.fround(Math.log1p(3)))
  expect(value(1, 'alike_blocks')).toBe(Math.fround(Math.log1p(1)))
  expect(value(1, 'alike_span')).toBe(0)
  expect([value(0, 'previous_weight'), value(2, 'second_next_tag')]).toEqual([-1, -2])
  expect([value(1, 'next_link_share'), value(2, 'second_previous_link_share')]).toEqual([1, 0])
  expect([value(2, 'blocks_since_heading'), value(2, 'heading_level')]).toEqual([2, 1])
  expect([value(0, 'is_article'), value(0, 'is_product'), value(0, 'is_list')]).toEqual([1, 0, 0])
  expect([value(1, 'below_comment_share'), value(2, 'below_comment_share')]).toEqual([-1, Math.fround(16 / 39)])
  expect(value(0, 'page_comment_share')).toBe(Math.fround(16 / 39))
  expect(value(0, 'good_outside_comments')).toBe(0)
})

test('as many values are written as there are names', () => {
  const next = htmlBlocks('<p>One</p><p>Two</p>')
  const written = blockFeatures(next).rows
  // What the second ensemble adds stays empty.
  expect(written.subarray(featureCount, rowLength).every((number) => number === 0)).toBe(true)
  // The last feature of a row, and the first of the next one.
  expect(written[featureCount - 1]).toBe(-1)
  expect(written[rowLength]).toBe(written[0])
})
