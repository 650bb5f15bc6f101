import { expect, test } from 'vitest'
import removeUrls from '../../src/editors/remove_urls.ts'
import { cpuSeconds, edited } from '../support.ts'

test.each<[text: string, options: object, becomes: string]>([
  ['', {}, ''],
  ['a  http://x.org/p?q=1#f) b', {}, 'a b'],
  ['mail me@x.org now', {}, 'mail now'],
  ['(https://x.org)', {}, '('],
  ['x.org.', {}, ''],
  // The last top-level domain of a run of host characters counts, and what is before and behind it goes too.
  ['a.com.unknown b', {}, ' b'],
  ['main.unknown node.JS v1.2 e.g.', {}, 'main.unknown node.JS v1.2 e.g.'],
  ['X.COM x.com_y', {}, 'X.COM x.com_y'],
  ['例え.com 日本。com', {}, '例え.com 日本。com'],
  ['x.рф/путь', {}, 'путь'],
  [`a${' '.repeat(12)}x.org`, {}, 'a  '],
  [`${'h'.repeat(300)}.org`, {}, 'h'.repeat(44)],
  ['at 1.2.3.4:80/x, 1.2.3 and v1.2.3.4 or 299.1.1.1', {}, 'at, 1.2.3 and v1.2.3.4 or'],
  ['zzz x.org', { when: 'text_begins_like_domain' }, 'zzz x.org'],
  ['To x.org', { when: 'text_begins_like_domain' }, 'To'],
  [' To x.org', { when: 'text_begins_like_domain' }, ' To x.org'],
  ['zzz 8.8.8.8', { when: 'text_begins_like_domain' }, 'zzz'],
])('%j with %j becomes %j', async (text, options, becomes) => {
  expect(await edited(removeUrls, text, options)).toBe(becomes)
})

test.each(['.', 'a.', 'a.b', ' ', '1.', 'http://', 'x.org', '1.1.1.1 '])('a megabyte of %j: in linear time', async (part) => {
  // Quadratic time would be minutes.
  expect(await cpuSeconds(() => edited(removeUrls, part.repeat(1_000_000 / part.length), {}))).toBeLessThan(5)
})
