import { expect, test } from 'vitest'
import removeLinePhrases from '../../src/editors/remove_line_phrases.ts'
import { cpuSeconds, edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', { phrases: ['x'], at: 'anywhere' }, ''],
  ['Sign-In  now\nnow sign-in', { phrases: ['sign-in'], at: 'start' }, ' now\nnow sign-in'],
  ['a Read more...\nread more... a\nRead more...', { phrases: ['read more...'], at: 'end' }, 'a\nread more... a'],
  ['one x two x', { phrases: ['x'], at: 'anywhere' }, 'one two'],
  ['a b x\na b c x', { phrases: ['x'], at: 'end', max_words: 3 }, 'a b\na b c x'],
  // Blank lines go even without a phrase, empty ones stay.
  ['a\n \n\nb', { phrases: ['x'], at: 'start' }, 'a\n\nb'],
  ['a+b\naab', { phrases: ['a+b'], at: 'start' }, 'aab'],
  ['read moreABC\nread more...', { phrases: ['read more...'], at: 'end', dots: 'any_character' }, ''],
  ['ВОЙТИ сюда', { phrases: ['войти'], at: 'start' }, 'сюда'],
  ['a😀b', { phrases: ['a.b'], at: 'start', dots: 'any_character' }, ''],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(removeLinePhrases, text, options)).toBe(becomes)
})

test.each([' ', 'read more', 'a ', '\n'])('a megabyte of %j: in linear time', async (part) => {
  // Quadratic time would be minutes.
  expect(
    await cpuSeconds(() => edited(removeLinePhrases, part.repeat(1_000_000 / part.length), { phrases: ['read more...'], at: 'end' })),
  ).toBeLessThan(5)
})
