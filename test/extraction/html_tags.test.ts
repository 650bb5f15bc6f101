import { expect, test } from 'vitest'
import { bit, classHints, type Hint, hints, roleHints, tag, tagAt } from '../../src/extraction/html_tags.ts'

const named = (found: number): Hint[] => hints.filter((hint) => (found & bit(hint)) !== 0)

test.each<[string, Hint[]]>([
  ['main-menu', ['nav', 'content']],
  ['siteFooter', ['footer']],
  ['post-123 hentry', ['body', 'forum']],
  ['cookie_banner', ['header', 'ad']],
  ['rich-text', ['body', 'content']],
  ['screen-reader-text', ['content', 'hidden']],
  ['read-more', ['related']],
  ['post_content', ['body', 'content', 'articleBody', 'forum']],
  ['entry content', ['body', 'content']],
  ['modal', ['ad', 'dialog']],
  ['xx--modal', ['ad']],
  ['SignUp', ['ad']],
  ['x7 y', []],
  ['', []],
])('class "%s" says %j', (text, expected) => {
  expect(named(classHints(text, 0, text.length))).toEqual(expected)
  expect(named(classHints(`<${text}>`, 1, 1 + text.length))).toEqual(expected)
})

test('digits count for nothing, and answers do not depend on what was asked before', () => {
  const before = classHints('nav1', 0, 4)
  for (let i = 0; i < 100_000; i++) classHints(`a${i.toString(36)}`, 0, 4)
  expect(classHints('nav22', 0, 5)).toBe(before)
})

test('names are found in any case, and unknown ones are 0', () => {
  expect([tagAt('<DIV>', 1, 4), tagAt('<blockquote', 1, 11), tagAt('<divv>', 1, 5), tagAt('<my-element>', 1, 11)]).toEqual([
    tag('div'),
    tag('blockquote'),
    0,
    0,
  ])
})

test('roles', () => {
  expect([named(roleHints('Navigation')), named(roleHints('none'))]).toEqual([['nav'], []])
})
