import { expect, test } from 'vitest'
import dropUnpunctuatedLines from '../../src/editors/drop_unpunctuated_lines.ts'
import { edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', { marks: ['.'] }, ''],
  ['a.\nb\nc!', { marks: ['.', '!'] }, 'a.\nc!'],
  ['a...\nb.', { marks: ['.'], not: ['...'] }, 'b.'],
  ['a...\nb.', { marks: ['.'] }, 'a...\nb.'],
  // What a citation leaves behind counts.
  ['a. \nb."', { marks: ['.'] }, ''],
  ['一。\n二', { marks: ['。'] }, '一。'],
  ['😀\n!', { marks: ['😀'] }, '😀'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(dropUnpunctuatedLines, text, options)).toBe(becomes)
})
