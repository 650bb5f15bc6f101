import { expect, test } from 'vitest'
import dropLinesContaining from '../../src/editors/drop_lines_containing.ts'
import { edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', { phrases: ['x'] }, ''],
  ['a\nJavaScript\nb', { phrases: ['javascript'] }, 'a\nb'],
  ['javascript', { phrases: ['JavaScript'] }, ''],
  ['We use cookies.\nWe like cookies.', { phrases: ['use cookies', 'cookie policy'] }, 'We like cookies.'],
  ['use\ncookies', { phrases: ['use cookies'] }, 'use\ncookies'],
  ['ЛОГИН\nтекст', { phrases: ['логин'] }, 'текст'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(dropLinesContaining, text, options)).toBe(becomes)
})
