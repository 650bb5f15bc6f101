import { expect, test } from 'vitest'
import removeCitations from '../../src/editors/remove_citations.ts'
import { edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', {}, ''],
  ['It rained.[1] [23]', {}, 'It rained. '],
  ['[]', {}, ''],
  ['[edit] [Edit] [citation needed]', {}, ' [Edit] '],
  ['[a] [1a] [ 1 ]', {}, '[a] [1a] [ 1 ]'],
  // Digits of any script, as Python's \\d.
  ['[٣]', {}, ''],
  ['[[1]]', {}, '[]'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(removeCitations, text, options)).toBe(becomes)
})
