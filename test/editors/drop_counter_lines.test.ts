import { expect, test } from 'vitest'
import dropCounterLines from '../../src/editors/drop_counter_lines.ts'
import { cpuSeconds, edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', { words: ['likes'] }, ''],
  ['3 likes\n3likes\nlikes 3\n3  Likes!', { words: ['likes'] }, '3likes\nlikes 3'],
  ['1,234 views\n1.2k views\n7M\u00a0views\n1.2x views', { words: ['views'] }, '1.2x views'],
  ['• 3 likes •\nwith 3 likes', { words: ['likes'] }, 'with 3 likes'],
  ['with 3 likes\n3 likes_', { words: ['likes'], anchored: false }, '3 likes_'],
  ['3 a.b\n3 axb', { words: ['a.b'] }, '3 axb'],
  ['٣ likes\n\u{1f600} 3 likes', { words: ['likes'] }, ''],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(dropCounterLines, text, options)).toBe(becomes)
})

test.each(['1', '1,', ' ', '1 ', '! '])('a megabyte of %j: in linear time', async (part) => {
  // Quadratic time would be minutes.
  expect(
    await cpuSeconds(() => edited(dropCounterLines, part.repeat(1_000_000 / part.length), { words: ['likes'], anchored: false })),
  ).toBeLessThan(5)
})
