import { expect, test } from 'vitest'
import { countCharacters, countsPerText, endMark, labelEnd, lineCount } from '../../src/extraction/text_counts.ts'

const names = ['words', 'stops', 'commas', 'digits', 'upper', 'lower', 'dense', 'marks'] as const
function counts(text: string): Record<string, number> {
  const out = new Float32Array(countsPerText)
  countCharacters(text, out, 0)
  return Object.fromEntries(names.map((name, i) => [name, out[i]!]).filter(([, count]) => count !== 0))
}

test.each<[string, Record<string, number>]>([
  ["It's two words, isn't 3.", { words: 5, stops: 1, commas: 1, digits: 1, upper: 1, lower: 3 }],
  ['Über die Brücke', { words: 3, upper: 1, lower: 2 }],
  ['水位は上がった。', { words: 3, stops: 1, dense: 7 }],
  ['الماء، نعم؟', { words: 2, stops: 1, commas: 1, lower: 2 }],
  ['Home » News | © 2024', { words: 3, digits: 4, upper: 2, marks: 3 }],
  ['', { words: 1 }],
])('%j', (text, expected) => {
  expect(counts(text)).toEqual(Object.fromEntries(Object.entries(expected).filter(([, count]) => count !== 0)))
})

test.each<[string, number]>([
  ['A sentence.', 2],
  ['“Quoted?”', 2],
  ['句。', 2],
  ['Ingredients:', 1],
  ['A title', 0],
  ['A teaser that goes on…', 3],
  ['A teaser that goes on [...]', 3],
  ['', 0],
])('the end of %j', (text, mark) => {
  expect(endMark(text)).toBe(mark)
})

test('where a label ends', () => {
  expect(labelEnd('Size: 5 m')).toBe(5 / 9)
  expect(labelEnd('No label')).toBe(0)
  expect(labelEnd(`${'long '.repeat(30)}: x`)).toBe(0)
})

test('line ends, at most 20', () => {
  expect(lineCount('a\nb\nc')).toBe(2)
  expect(lineCount('\n'.repeat(99))).toBe(20)
})
