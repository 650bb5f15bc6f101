import { expect, test } from 'vitest'
import { htmlBlocks } from '../../src/extraction/html_blocks.ts'
import { allText, pageText } from '../../src/extraction/page_text.ts'

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

test('all text is a line a block, after the title', () => {
  const page = htmlBlocks('<title>t</title><nav><a href=/>Home</a></nav><p>a<br>b</p><footer>© c</footer><script>d</script>')
  expect(allText(page)).toBe('t\nHome\na\nb\n© c')
})
