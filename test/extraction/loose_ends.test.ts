import { expect, test } from 'vitest'
import { htmlBlocks } from '../../src/extraction/html_blocks.ts'
import { dropLooseEnds } from '../../src/extraction/loose_ends.ts'

/** What stays of a page of which all is kept but what stands in brackets. */
function left(html: string): string[] {
  const { nodes, blocks, head } = htmlBlocks(html)
  const keep = Uint8Array.from(blocks.texts, (text) => (text.startsWith('(') ? 0 : 1))
  const words = Int32Array.from(blocks.texts, (text) => text.split(' ').length)
  dropLooseEnds({ nodes, blocks, head }, words, keep)
  return blocks.texts.filter((_, i) => keep[i])
}

const long = 'The river rose in the spring of that year, and the people of the lower town carried their furniture upstairs.'
const text = `<p>${long}</p>`
const link = '<p><a href=x>The flood of 1947</a></p>'

test.each<[string, string, string[]]>([
  ['a heading at the end', `${text}<h2>Our newsletter</h2><p>(a form)`, [long]],
  ['headings at the end', `${text}<h2>More from us</h2><p>(one)<h3>Books</h3><p>(two)`, [long]],
  ['a heading of something', `${text}<h2>The water</h2>${text}<p>(a form)`, [long, 'The water', long]],
  ['a heading as the page’s last words', `${text}<h2>The end</h2>`, [long, 'The end']],
  ['a text of headings', '<h2>The flood</h2><h2>The boat</h2><p>(a form)', ['The flood', 'The boat']],
  ['a long heading', `${text.repeat(5)}<h2>${long}</h2><p>(a form)`, [long, long, long, long, long, long]],
  [
    'last headings that are much of the text',
    '<p>The river rose.</p><h2>The boat of the ferryman</h2><p>(a form)',
    ['The river rose.', 'The boat of the ferryman'],
  ],
  [
    'a list of headings',
    `${text.repeat(2)}<h4>rise</h4><h4>fall</h4><h4>flow</h4><h4>flood</h4><p>(a form)`,
    [long, long, 'rise', 'fall', 'flow', 'flood'],
  ],
  ['a pointer to nothing that is kept', `<p>Read also:</p><p>(a link)${text}`, [long]],
  ['a pointer to text', `<p>» Lire aussi</p>${text}`, [long]],
  ['a pointer to a link', `<p>Siehe auch:</p>${link}${text}`, ['Siehe auch:', 'The flood of 1947', long]],
  ['a pointer that is a link', `${text}<p><a href=x>Read more →</a></p>${link}${text}`, [long, 'The flood of 1947', long]],
  ['a pointer at the end', `${text}<p>Читайте также</p>`, [long]],
  [
    'a pointer as a heading of what is kept',
    `${text}<h2>See also</h2><ul><li>The bridge of the lower town</ul>${text}`,
    [long, 'See also', 'The bridge of the lower town', long],
  ],
  ['a pointer that names where', `<p>Read also: the flood of 1947</p>${text}`, ['Read also: the flood of 1947', long]],
  ['words that begin like one', `<p>More than one boat</p>${text}`, ['More than one boat', long]],
  ['nothing', '', []],
])('%s', (_, html, expected) => {
  expect(left(html)).toEqual(expected)
})
