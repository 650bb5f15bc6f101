import { expect, test } from 'vitest'
import { htmlBlocks } from '../../src/extraction/html_blocks.ts'
import { allText, pageText, type TextLayout } from '../../src/extraction/page_text.ts'

const all = (html: string): string => {
  const page = htmlBlocks(html)
  return pageText(page, new Uint8Array(page.blocks.count).fill(1))
}

test.each<[string, string, string]>([
  ['paragraphs are lines', '<p>a<p>b', 'a\nb'],
  ['headings begin a part', '<p>a<h2>b</h2><p>c', 'a\n\nb\nc'],
  ['items', '<p>a</p><ul><li>b<li><p>c</p><p>d</p></ul><p>e', 'a\n\n- b\n- c\nd\n\ne'],
  ['tables', '<table><tr><th>a<th>b<tr><td>c<td><p>d</table>', 'a | b\nc | d'],
  ['code keeps its lines', '<p>a<pre>b\n  c\n\nd</pre><p>e', 'a\n\nb\n  c\n\nd\n\ne'],
  ['quotes stand apart', '<p>a<blockquote><p>b<p>c</blockquote><p>d', 'a\n\nb\nc\n\nd'],
  ['terms and what they mean', '<dl><dt>a<dd>b<dt>c<dd>d</dl>', 'a\n\n- b\n\nc\n\n- d'],
  ['halves of pairs become replacement characters', '<p>a\ud800b \u{1f600}', 'a\ufffdb \u{1f600}'],
])('%s', (_, html, text) => {
  expect(all(html)).toBe(text)
})

test('only what is kept, in the order of the page', () => {
  expect(pageText(htmlBlocks('<p>a<p>b<p>c'), [1, 0, 1])).toBe('a\nc')
})

const laidOut = (html: string, layout: TextLayout): string => {
  const page = htmlBlocks(html, () => {}, { cells: true })
  return pageText(page, new Uint8Array(page.blocks.count).fill(1), layout)
}

test.each<[string, string, string]>([
  ['code', '<p>a<pre>b\n  c</pre><p>d', 'a\n\n```\nb\n  c\n```\n\nd'],
  ['code with backticks', '<pre>```\nb\n```</pre>', '````\n```\nb\n```\n````'],
  ['code in lines', '<p>a <code>b</code></p>', 'a b'],
  ['lines of divs', '<pre><div>a</div><div>  b</div></pre>', '```\na\n  b\n```'],
])('fences: %s', (_, html, text) => {
  expect(laidOut(html, { code: 'fences' })).toBe(text)
})

test.each<[string, string, string]>([
  ['a table', '<p>x<table><tr><th>a<th>b<tr><td>c<td>d</table><p>y', 'x\n\n| a | b |\n| --- | --- |\n| c | d |\n\ny'],
  ['empty cells', '<table><tr><th><th>b<th>c<tr><td>d<td><td>e</table>', '|  | b | c |\n| --- | --- | --- |\n| d |  | e |'],
  [
    'bars and line breaks in cells',
    '<table><tr><td>a|b<td>c<tr><td>d<br>e<td>f | g</table>',
    '| a\\|b | c |\n| --- | --- |\n| d e | f \\| g |',
  ],
  ['paragraphs in cells', '<table><tr><td><p>a<td><p>b</p><tr><td><p>c</p><td>d</table>', '| a | b |\n| --- | --- |\n| c | d |'],
  ['one row', '<table><tr><td>a<td>b</table>', 'a | b'],
  ['a layout', '<table><tr><td>a<td><p>b<p>c<tr><td>d<td>e</table>', 'a\nb\nc\nd | e'],
  [
    'a table in a layout',
    '<table><tr><td>a<td><table><tr><td>b<td>c<tr><td>d<td>e</table><tr><td>f<td>g</table>',
    'a\n\n| b | c |\n| --- | --- |\n| d | e |\n\nf | g',
  ],
])('Markdown: %s', (_, html, text) => {
  expect(laidOut(html, { tables: 'markdown' })).toBe(text)
})

test('images are their alternative text where that is asked for', () => {
  const html = '<p>a<img alt="the  harbour &amp; the sea">b <img alt=""><img src=x></p>'
  expect(allText(htmlBlocks(html, () => {}, { images: true }))).toBe('a the harbour & the sea b')
  expect(allText(htmlBlocks(html))).toBe('ab')
})

test('all text is a line a block, after the title', () => {
  const page = htmlBlocks('<title>t</title><nav><a href=/>Home</a></nav><p>a<br>b</p><footer>© c</footer><script>d</script>')
  expect(allText(page)).toBe('t\nHome\na\nb\n© c')
})
