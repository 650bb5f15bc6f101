import { expect, test } from 'vitest'
import maskPii from '../../src/editors/mask_pii.ts'
import { cpuSeconds, edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', {}, ''],
  ['a ann@club.example b', {}, 'a |||EMAIL_ADDRESS||| b'],
  // The mark and the white space behind go along, the newline too.
  ['ann@club.example.\nb', {}, ' |||EMAIL_ADDRESS||| b'],
  ['ann@club.example', {}, 'ann@club.example'],
  ['ann@localhost b', {}, 'ann@localhost b'],
  ['a 555.010.1234 b', {}, 'a |||PHONE_NUMBER|||  b'],
  ['555 010 1234', {}, '555 010 1234'],
  ['v1.2.3.4.5', {}, 'v |||IP_ADDRESS||| .5'],
  ['я ann@клуб.рф я', { email: '[@]' }, 'я[@]я'],
  ['😀 ann@club.example 😀', { email: '[@]' }, '😀[@]😀'],
  // They overlap: the one that begins first.
  ['a 555-010-1234@x.y b', {}, 'a |||EMAIL_ADDRESS||| b'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(maskPii, text, options)).toBe(becomes)
})

test.each(['@', 'a@', 'a@b.c', '.', ' ', ' 123', '1.', '(@. '])('a megabyte of %j: in linear time', async (part) => {
  // Quadratic time would be minutes.
  expect(await cpuSeconds(() => edited(maskPii, part.repeat(1_000_000 / part.length), {}))).toBeLessThan(5)
})
