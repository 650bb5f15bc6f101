import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { htmlBlocks } from '../../src/extraction/html_blocks.ts'
import { justext } from '../../src/extraction/justext.ts'
import { choose, mainContent, presets } from '../../src/extraction/main_content.ts'
import { allText } from '../../src/extraction/page_text.ts'

const options = { preset: 'precision', comments: false } as const
const extract = (html: string, more: object = {}): string => mainContent(htmlBlocks(html), { ...options, ...more })

const paragraphs = [
  'When the river rose in the spring of that year, the people of the lower town carried their furniture upstairs and waited for the water.',
  'Nobody had seen such a flood before, and the oldest of them could only remember a story that their parents had told on winter evenings.',
  'By the third day a boat was tied to the church door, with two boys in it who sold bread, candles and news from the other bank.',
]
const menu = `<nav class="main-menu"><ul>${['Home', 'News', 'Sport', 'Weather', 'Contact'].map((name) => `<li><a href="/${name}">${name}</a></li>`).join('')}</ul></nav>`
const footer =
  '<footer class="site-footer"><p>© 2024 The Town Paper. All rights reserved.</p><ul><li><a href="/privacy">Privacy policy</a></li><li><a href="/terms">Terms</a></li></ul></footer>'
const cookies =
  '<div id="cookie-banner" class="cookie-consent"><p>We use cookies to give you the best experience on our website.</p><button>Accept all</button></div>'
const related = `<aside class="related-posts"><h3>Related stories</h3><ul>${['A bridge for the lower town', 'Bread is dear again', 'The winter that would not end'].map((name) => `<li><a href="/x">${name}</a></li>`).join('')}</ul></aside>`
const comments =
  '<section id="comments" class="comments"><h3>2 comments</h3><div class="comment"><p>My grandmother told me about that spring, she was a girl of ten then.</p></div></section>'
const share = '<div class="social-share"><a href="#">Share on Facebook</a> <a href="#">Tweet</a></div>'
const article = (body: string, after = ''): string =>
  `<!doctype html><html lang=en><head><title>The flood | The Town Paper</title></head><body>${cookies}<header class="site-header"><a href="/">The Town Paper</a></header>${menu}<main><article class="post"><h1>The flood</h1>${share}<div class="entry-content">${body}</div></article>${after}</main>${related}${footer}</body></html>`

describe('an article in a page full of other things', () => {
  test('comes out alone', () => {
    expect(extract(article(paragraphs.map((text) => `<p>${text}</p>`).join(''))).replace(/^The flood\n/, '')).toBe(paragraphs.join('\n'))
  })

  test('with its heads, lists, tables, code and quotes', () => {
    const body = `<p>${paragraphs[0]}</p><h2>What they took along</h2><p>${paragraphs[1]}</p><ul><li>Bread and candles, for a week or so.</li><li>A clock.</li></ul>
      <p>${paragraphs[2]}</p><blockquote><p>The water was at the third step, and then it was at the fourth one.</p></blockquote>`
    expect(extract(article(body)).replace(/^The flood\n/, '')).toBe(
      `${paragraphs[0]}\n\nWhat they took along\n${paragraphs[1]}\n\n- Bread and candles, for a week or so.\n- A clock.\n\n${paragraphs[2]}\n\nThe water was at the third step, and then it was at the fourth one.`,
    )
  })

  test('without a heading of which nothing is kept', () => {
    const body = paragraphs.map((text) => `<p>${text}</p>`).join('')
    const form = '<h2>Tell us what you remember</h2><form><input name="text"><button>Send</button></form>'
    expect(extract(article(body + form)).replace(/^The flood\n/, '')).toBe(paragraphs.join('\n'))
  })

  test('and its comments only where they are asked for', () => {
    const html = article(paragraphs.map((text) => `<p>${text}</p>`).join(''), comments)
    expect(extract(html)).not.toContain('My grandmother')
    expect(extract(html, { comments: true })).toContain('My grandmother')
  })
})

describe('comments that are longer than the text they stand under', () => {
  const text = paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('')
  const answer =
    '<div class="comment"><p>My grandmother told me about that spring, she was a girl of ten then, and she never forgot the boat.</p></div>'
  const discussion = `<section id="comments" class="comments">${answer.repeat(30)}</section>`
  const html = article(text, discussion).replace('<head>', '<head><meta property="og:type" content="article">')

  test('are none of it where the page says that it is an article', () => {
    expect(extract(html)).not.toContain('My grandmother')
  })
  test('nor where the text is long', () => {
    expect(extract(article(text.repeat(6), discussion))).not.toContain('My grandmother')
  })
  test.each(['https://a.example/forum/thread/12', 'https://forum.a.example/t/12'])('but at %s', (url) => {
    expect(extract(html, { url })).toContain('My grandmother')
  })
})

test('a short text is not filled up with what stands around it', () => {
  const lead =
    'This spring the river rose higher than anybody in the lower town could remember. What did the people take along? Bread, candles and a clock, and the boat at the church door.'
  const credits = '<div class="credits"><a href="/x">Photographs by A. Miller</a></div><div class="date">Friday, August 1, 1947</div>'
  const slide =
    '<div class="slide"><p>Boat by <a href="/x">the ferryman</a>. Clock by <a href="/y">the clockmaker</a>.</p><p class="info">Rowed by C. Jones.</p></div>'
  const html = `${menu}<div class="content"><div class="header"><h1>The flood</h1><p>${lead}</p>${credits}</div>${slide}</div>${footer}`
  expect(extract(html).replace(/^The flood\n/, '')).toBe(lead)
})

test.each<[string, string, string]>([
  ['an empty page', '', ''],
  ['a page of nothing but chrome', `<body>${menu}${footer}</body>`, ''],
  ['a page of nothing but text', '<p>One line.<h1>Two</h1><p>three', 'One line.\n\nTwo\nthree'],
  [
    'a page whose text is in JSON-LD only',
    `<script type="application/ld+json">{"@type":"Article","articleBody":"${paragraphs.join(' ').repeat(2)}"}</script>${menu}`,
    paragraphs.join(' ').repeat(2),
  ],
])('%s', (_, html, text) => {
  expect(extract(html)).toBe(text)
})

test.each<[string, number[], number[], number, number[]]>([
  ['sure blocks are kept, unlikely ones not', [0.9, 0.1, 0.95, 0.2], [50, 50, 50, 50], 0.6, [1, 0, 1, 0]],
  ['where nothing is sure, more is kept', [0.5, 0.1, 0.4, 0.3], [50, 50, 50, 50], 0.5, [1, 0, 1, 1]],
  ['a lower bound keeps more', [0.9, 0.3, 0.95, 0.05], [50, 50, 50, 50], 0.2, [1, 1, 1, 0]],
  ['long blocks decide', [0.9, 0.5, 0.5], [1000, 5, 5], 0.6, [1, 0, 0]],
  ['nothing at all', [], [], 0.6, []],
  ['nothing that may be text', [0, 0], [50, 50], 0.6, [0, 0]],
])('%s', (_, scores, words, strict, kept) => {
  expect([...choose(Float32Array.from(scores), Int32Array.from(words), strict)]).toEqual(kept)
})

describe('whatever the page', () => {
  const words = fc.array(fc.constantFrom('river', 'the', 'of', 'Flood', 'boat,', 'was.', '水', 'für', '&amp;', 'x<y', '1'), {
    minLength: 1,
    maxLength: 30,
  })
  const leaf = words.map((list) => list.join(' '))
  const element = fc.constantFrom(
    'p',
    'div',
    'li',
    'h2',
    'td',
    'span',
    'a href=x',
    'nav',
    'article',
    'div class=comment',
    'pre',
    'blockquote',
    'b',
  )
  const { page } = fc.letrec<{ page: string }>((tie) => ({
    page: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      leaf,
      fc
        .tuple(element, fc.array(tie('page'), { maxLength: 4 }))
        .map(([name, inner]) => `<${name}>${inner.join(' ')}</${name.split(' ')[0]}>`),
    ),
  }))
  const letters = (text: string): string => text.replace(/^- /gm, '').replace(/ \| |\s/g, '')

  test('text is the page’s own, in its order', () => {
    fc.assert(
      fc.property(page, fc.constantFrom(...presets), (html, preset) => {
        const parsed = htmlBlocks(html)
        let rest = parsed.blocks.texts.map(letters).join('\n')
        for (const line of mainContent(parsed, { preset, comments: true }).split('\n')) {
          for (const cell of line.replace(/^- /, '').split(' | ')) {
            const at = rest.indexOf(letters(cell))
            expect(at).toBeGreaterThanOrEqual(0)
            rest = rest.slice(at)
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  test('its own output as paragraphs gives itself', () => {
    fc.assert(
      fc.property(page, (html) => {
        const lines = extract(html)
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '')
        const escaped = lines.map((line) => `<p>${line.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>`)
        expect(extract(escaped.join('')).split('\n')).toEqual(lines.length === 0 ? [''] : lines.map((line) => line.replace(/\s+/g, ' ')))
      }),
      { numRuns: 300 },
    )
  })

  test('more recall never gives less', () => {
    fc.assert(
      fc.property(page, (html) => {
        const [precision, , recall] = presets.map((preset) => extract(html, { preset }).length)
        expect(recall).toBeGreaterThanOrEqual(precision!)
      }),
      { numRuns: 200 },
    )
  })
})

describe('hostile pages take less than a second a megabyte', () => {
  const ways: [string, (html: string) => string][] = [
    ['main content', extract],
    ['recall with comments', (html) => extract(html, { preset: 'recall', comments: true })],
    ['jusText', (html) => justext(html, new Set())],
    ['all text', (html) => allText(htmlBlocks(html))],
  ]
  const link = '<a href=x>y</a>'
  test.each<[string, string]>([
    ['a million nested tags', link + '<div>'.repeat(1e6)],
    ['nested tags, closed one by one around a table', `${link}${'<section>'.repeat(290)}<table><td>${'</section>'.repeat(3e5)}`],
    ['29,000 paragraphs', link + '<p class=x>Some words, and more.'.repeat(29_000)],
    ['200,000 paragraphs', link + '<p class=x>Some words, and more.'.repeat(2e5)],
    ['a row of a million cells', `${link}<table><tr>${'<td>some words'.repeat(3e5)}`],
    ['a row of many cells with paragraphs', `${link}<table><tr>${'<td><p>some'.repeat(1e5)}`],
    ['300,000 line breaks', `${link}${'a<br>'.repeat(3e5)}`],
    ['5 MB of text', link + 'word '.repeat(1e6)],
    ['spaces', `${link}<p>a${' '.repeat(3e6)}b<pre>${' '.repeat(3e6)}c`],
    ['one class after another', Array.from({ length: 2e5 }, (_, i) => `<p class="c${i.toString(36)}x">`).join('')],
  ])('%s', (_, html) => {
    for (const [, run] of ways) {
      const before = process.cpuUsage()
      run(html)
      const { user, system } = process.cpuUsage(before)
      expect((user + system) / 1e6).toBeLessThan(Math.max(2, html.length / 1e6))
    }
  })
})
