import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import maskEmails from '../../src/editors/mask_emails.ts'
import { cpuSeconds } from '../support.ts'

const mask = (await maskEmails.edit(maskEmails.schema.parse({ replacements: ['<1>', '<2>'] }))) as (doc: Doc) => string
const masked = (text: string): string => mask(new Doc({ id: '1', text }))

describe('what datatrove takes for an address', () => {
  test.each([
    ['', ''],
    ['no address', 'no address'],
    ['ann@club.example', '<1>'],
    ['Ann_2025+garden@mail.saltby.example, bob@b.cd!', '<1>, <2>!'],
    ['a@b.cd c@d.ef e@f.gh', '<1> <2> <1>'],
    ["o'neill@x.org", '<1>'],
    // a word boundary must come first: the leading mark stays
    ["'ann@x.org'", "'<1>'"],
    ['--ann@x.org', '--<1>'],
    ['.ann@x.org', '.<1>'],
    ['ann..bob@x.org', 'ann..<1>'],
    ['ann.@x.org', 'ann.@x.org'],
    ['@x.org', '@x.org'],
    ['ann@localhost', 'ann@localhost'],
    ['ann@-x.org', 'ann@-x.org'],
    ['ann@x.org-', '<1>-'],
    ['ann@x.org.', '<1>.'],
    ['ann@[192.168.0.1]', '<1>'],
    ['ann@[300.1.1.1]', 'ann@[300.1.1.1]'],
    ['a@b@c.de', 'a@<1>'],
    ['a@b.cd@e.fg', '<1>@e.fg'],
    // letters of other scripts are letters, so that no word begins after them
    ['éann@x.org', 'éann@x.org'],
    ['é-ann@x.org', 'é<1>'],
    ['日本ann@x.org', '日本ann@x.org'],
    ['𝔘ann@x.org', '𝔘ann@x.org'],
    ['😀ann@x.org', '😀<1>'],
    ['Почта: ann@x.org，', 'Почта: <1>，'],
    ['ann@пример.рф', 'ann@пример.рф'],
  ])('%j', (text, expected) => {
    expect(masked(text)).toBe(expected)
  })
})

test('as the pattern itself, where words are of ASCII', () => {
  const pattern =
    /\b[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?|\[(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?|[A-Za-z0-9-]*[A-Za-z0-9]:)])/g
  const texts = fc.string({ unit: fc.constantFrom(...'aZ9.@@-_[] \'"', 'x@y.z', '1.2.3.4'), maxLength: 30 })
  fc.assert(
    fc.property(texts, (text) => {
      let turn = 0
      expect(masked(text)).toBe(text.replace(pattern, () => ['<1>', '<2>'][turn++ % 2]!))
    }),
    { numRuns: 2000 },
  )
})

test('every document begins with the first replacement', () => {
  expect([masked('a@b.cd'), masked('a@b.cd')]).toEqual(['<1>', '<1>'])
})

test.each([
  ['words and marks', 'a-'],
  ['signs', 'a@'],
  ['dots', 'a.'],
  ['domain labels', '@a.'],
])('a megabyte of %s: in linear time', async (_, part) => {
  // Quadratic time would be minutes.
  expect(await cpuSeconds(() => masked(part.repeat(1_000_000 / part.length)))).toBeLessThan(5)
})
