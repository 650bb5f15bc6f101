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
])('%j with %j measures %d', async (text, options, value) => {
  expect(await measured(ellipsisLineRatio, text, options)).toBe(value)
})
