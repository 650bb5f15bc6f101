import { describe, expect, test } from 'vitest'
import { htmlBlocks } from '../../src/extraction/html_blocks.ts'
import { tags } from '../../src/extraction/html_tags.ts'
import { random } from '../support.ts'

const nameOf = new Map(Object.entries(tags).map(([name, number]) => [number, name]))
const texts = (html: string): string[] => htmlBlocks(html).blocks.texts

test.each<[string, string, string[]]>([
  ['block elements cut, inline ones do not', '<div>a <b>b</b><i>c</i><p>d</div>e', ['a bc', 'd', 'e']],
  ['white space collapses', '<p>\n a \t b&nbsp;&nbsp;c\r\n</p>', ['a b c']],
  ['br is a line end, two are a cut', '<p>a<br>b<br/>\n<br>c', ['a\nb', 'c']],
  ['pre keeps its lines', '<pre>\n  a\n\n  b  \n</pre>', ['  a\n\n  b']],
  ['cells of a row are joined', '<table><tr><th>a<th>b<tr><td>1</td> <td><b>2</b></td></table>', ['a | b', '1 | 2']],
  ['cells with blocks in them are not', '<table><tr><td><p>a</p></td><td>b</td></table>', ['a', 'b']],
  [
    'entities',
    '<p>&lt;a&gt; &amp;amp; &eacute;&#233;&#xe9; &#x110000; &#0; &#xd800; &AMP &nosuch;',
    ['<a> &amp; ééé \ufffd \ufffd \ufffd & &nosuch;'],
  ],
  [
    'what is not seen',
    '<head><title>t</title><style>s</style></head><script>x</script><p>a<svg><text>b</text></svg>c<select><option>d</select>',
    ['a c'],
  ],
  ['noscript is seen: some sites hold all their text in it', '<noscript><p>a</p></noscript>', ['a']],
  [
    'a drawing ends with what is around it',
    '<div><svg><use href=x></div><p>a<svg><foreignObject><div>b</div></foreignObject></svg>c',
    ['a c'],
  ],
  ['an element that is never closed does not hide the rest', '<p>a</p><svg><p>b</p><p>c', ['a', 'b', 'c']],
  [
    'items, terms and cells end one another',
    '<ul><li>a<li>b<ul><li>c</ul><li>d</ul><dl><dt>e<dd>f<dt>g</dl>',
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
  ],
  ['control and zero-width characters go', 'a\0b\u0007c\u00ad\u200bd\ufeff', ['abcd']],
  ['marks that link a heading to itself go', '<h2>a <a href="#a">¶</a></h2><p>b <a href=x>#</a> ¶</p>', ['a', 'b ¶']],
  ['nothing', '', []],
])('%s', (_, html, expected) => {
  expect(texts(html)).toEqual(expected)
})

test('blocks know their element, links and emphasis', () => {
  const { nodes, blocks } = htmlBlocks('<ul class=menu><li><a href="/">Home</a> <a name=x>not</a></ul><p>a <b>bold</b> word')
  expect(blocks.texts).toEqual(['Home not', 'a bold word'])
  expect(Array.from(blocks.node.subarray(0, 2), (node) => nameOf.get(nodes.tag[node]!))).toEqual(['li', 'p'])
  expect([...blocks.linkChars.subarray(0, 2)]).toEqual([4, 0])
  expect([...blocks.links.subarray(0, 2)]).toEqual([1, 0])
  expect([...blocks.boldChars.subarray(0, 2)]).toEqual([0, 4])
})

test('what the page says of itself', () => {
  const { head } = htmlBlocks(`<html lang=de><head><title>A &amp; B | Site</title><meta property="og:title" content="A &amp; B">
    <meta property="og:type" content="article"><link rel="canonical" href="https://a.example/?x=1&amp;y=2">
    <script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-05-06T07:08:09+02:00", "articleBody": "One.\\nTwo <b>x</b>"}</script>`)
  const { title, heading, language, canonical, type, published, schema, articleBody } = head
  expect({ title, heading, language, canonical, type, published, schema, articleBody }).toEqual({
    title: 'A & B | Site',
    heading: 'A & B',
    language: 'de',
    canonical: 'https://a.example/?x=1&y=2',
    type: 'article',
    published: '2024-05-06T07:08:09+02:00',
    schema: 1,
    articleBody: 'One.\nTwo x',
  })
})

describe('hostile pages take less than a second a megabyte', () => {
  const repeat = (piece: string, megabytes: number): string => piece.repeat(Math.ceil((megabytes * 1e6) / piece.length))
  test.each<[string, string]>([
    ['a million nested tags', '<div>'.repeat(1e6)],
    ['nested and closed the wrong way round', `${'<b><div><table><td>'.repeat(5e4)}${'</td></div></b></table>'.repeat(5e4)}`],
    ['a million attributes', `<p ${'a=b '.repeat(1e6)}>x`],
    ['an attribute of 10 MB', `<p class="${'x '.repeat(5e6)}">x`],
    ['an unclosed attribute', `<p class="${repeat('a ', 3)}`],
    ['an unclosed comment', `<p>x<!--${repeat('- -> <!-- ', 3)}`],
    ['an unclosed script', `<script>${repeat('</scrip <script> ', 3)}`],
    ['nothing but <', repeat('<', 3)],
    ['nothing but & and #', repeat('&#', 3)],
    ['nothing but dashes in a comment', `<!--${repeat('-', 3)}`],
    ['10 MB of text', repeat('word ', 10)],
    ['a million links', '<a href=x>'.repeat(1e6)],
    ['a million line breaks', '<br>'.repeat(1e6)],
    ['a million paragraphs', '<p>x'.repeat(1e6)],
    ['a million cells', `<table><tr>${'<td>x'.repeat(1e6)}`],
    ['end tags without start', `<p>${'</section>'.repeat(3e5)}`],
    ['spaces in pre', `<pre>${' '.repeat(3e6)}x${'\n'.repeat(3e6)}y`],
    ['spaces in a paragraph', `<p>a${'\u00a0'.repeat(3e6)}b${'&nbsp;'.repeat(3e5)}`],
    ['NULs', repeat('\0<p>\0', 3)],
    ['lone surrogates', repeat('\ud800<p>\udc00', 3)],
  ])('%s', (_, html) => {
    const before = process.cpuUsage()
    htmlBlocks(html)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1e6).toBeLessThan(Math.max(2, html.length / 1e6))
  })
})

test('random bytes of markup give blocks that the page holds', () => {
  const alphabet = ['<', '>', '/', '"', "'", '=', '&', ';', ' ', '\n', 'p', 'a', 'td', 'table', 'script', 'li', '!--', '--', 'x', 'é', '\0']
  const next = random(5)
  for (let round = 0; round < 2000; round++) {
    const html = Array.from({ length: 60 }, () => alphabet[Math.floor(next() * alphabet.length)]!).join('')
    for (const text of texts(html)) expect(text).toMatch(/\S/)
  }
})
