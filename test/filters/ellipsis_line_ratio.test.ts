import { expect, test } from 'vitest'
import ellipsisLineRatio from '../../src/filters/ellipsis_line_ratio.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { marks: ['...'] }, 0],
  ['more...\nend.', { marks: ['...', '…'] }, 0.5],
  ['more… \u3000\nend', { marks: ['...', '…'] }, 0.5],
  ['more..', { marks: ['...'] }, 0],
  ['....', { marks: ['...'] }, 1],
  ['a...\r\nb\r\n', { marks: ['...'] }, 0.5],
  ['a… \nb…', { marks: ['…'], line_split: 'newline', strip: false }, 0.5],
  // Three full stops are no ellipsis in Dolma.
  ['a...', { marks: ['…'], line_split: 'newline', strip: false }, 0],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(ellipsisLineRatio, text, options)).toBe(value)
})
