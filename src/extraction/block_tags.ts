import { blockTags, tag, tagSet } from './html_tags.ts'

/** How elements are read when a page is cut into blocks. */

const a = tag('a')
const cell = tag('td')
const header = tag('th')
const row = tag('tr')
const table = tag('table')

export const bold = tagSet('b strong em i')
export const heads = tagSet('meta link html time')
/** Elements in lines that are read for what hides them or cuts lines. */
export const inline = tagSet(
  'a abbr b i strong em span u s small sub sup font code kbd samp var cite q mark ins del tt big bdi bdo data output strike dfn ruby rb',
)
/** What else is read for its attributes. */
export const described = tagSet('script math img template')
/** Whose attributes are read, and as what. */
export const attributeKinds = new Uint8Array(256)
export const [ofBlock, inLine, ofOther] = [1, 2, 3]
for (let name = 0; name < blockTags.length; name++) {
  if (blockTags[name] === 1 || name === a) attributeKinds[name] = ofBlock
  else if (inline[name] === 1) attributeKinds[name] = inLine
  else if (described[name] === 1) attributeKinds[name] = ofOther
}
/** Elements that the end of a block around them ends: they may hold blocks, but not shield them. */
export const fragile = tagSet('video audio canvas datalist')
/** Elements that stand for nothing between two letters. */
export const airless = tagSet('script style template title noframes noembed datalist rp rt rtc')
/** What a row that is one block begins in. */
export const rowParts = tagSet('tr td th')
/** Elements that are lines where they stand in `<pre>`. */
export const preLines = tagSet('div li ol p ul')

const setOf = (...numbers: number[]): Uint8Array => {
  const set = new Uint8Array(256)
  for (const number of numbers) set[number] = 1
  return set
}
export const noScope = setOf()
export const tableScope = setOf(table)
export const tableParts = setOf(row, tag('tbody'), tag('thead'), tag('tfoot'), tag('caption'), cell, header)
export const itemScope = setOf(tag('ul'), tag('ol'), tag('menu'), table, cell, header)
export const definitionScope = setOf(tag('dl'), table, cell, header)
export const cellScope = setOf(row, table)
export const rowScope = setOf(table)
