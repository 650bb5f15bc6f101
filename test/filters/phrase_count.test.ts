import { expect, test } from 'vitest'
import phraseCount from '../../src/filters/phrase_count.ts'
import { measured } from '../support.ts'

test.each<[text: string, options: object, value: number]>([
  ['', { phrases: ['{'] }, 0],
  ['{ {{ }', { phrases: ['{'] }, 3],
  ['aaaa', { phrases: ['aa'] }, 2],
  ['Lorem IPSUM', { phrases: ['lorem ipsum'] }, 1],
  ['lorem ipsum', { phrases: ['LOREM'] }, 1],
  ['lorem\nipsum', { phrases: ['lorem ipsum'] }, 0],
  ['ПРИВЕТ привет', { phrases: ['привет'] }, 2],
  ['ab', { phrases: ['a', 'b', 'ab'] }, 3],
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(phraseCount, text, options)).toBe(value)
})
