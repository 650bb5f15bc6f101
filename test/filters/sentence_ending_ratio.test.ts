import { expect, test } from 'vitest'
import sentenceEndingRatio from '../../src/filters/sentence_ending_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, value: number]>([
  ['', 0],
  ['Read more', 1],
  ['Read more.', 0],
  ['One. READ MORE', 0.5],
  ['One! Two? Thread more', 1 / 3],
  ['One\nread more', 0],
  ['Мир. 😀 read more', 0.5],
])('%j measures %d', async (text, value) => {
  expect(await measured(sentenceEndingRatio, text, { endings: ['read more'] })).toBe(value)
})
