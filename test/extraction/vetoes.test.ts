import { expect, test } from 'vitest'
import { blockFeatures } from '../../src/extraction/block_features.ts'
import { htmlBlocks } from '../../src/extraction/html_blocks.ts'
import { veto } from '../../src/extraction/vetoes.ts'

/** The texts of a page's blocks that a veto leaves. */
function left(html: string): string[] {
  const page = htmlBlocks(html)
  const scores = new Float32Array(page.blocks.count).fill(1)
  veto(page, blockFeatures(page), scores)
  return page.blocks.texts.filter((_, i) => scores[i] !== 0)
}

const text = `<p>${'The river rose in the spring of that year. '.repeat(20)}</p>`
const links = (count: number, around = (link: string): string => link): string =>
  Array.from({ length: count }, (_, i) => around(`<a href="/${i}">item ${i}</a>`)).join(' ')
const item = (link: string): string => `<li>${link}</li>`

test.each<[string, string, number]>([
  ['a menu in one block', `<div>${links(8)}</div>`, 0],
  ['fewer links', `<div>${links(7)}</div>`, 1],
  ['links in a sentence', `<p>Read ${links(8)} and much more, for all of these are about the river and its floods.</p>`, 1],
  ['a tree of links', `<ul>${links(80, item)}</ul>`, 0],
  ['a shorter list of links', `<ul>${links(79, item)}</ul>`, 79],
  ['a tree of links in sections', `<div>${`<ul>${links(16, item)}</ul>`.repeat(5)}</div>`, 0],
  ['links to related pages', `<div class="related-stories"><ul>${links(8, item)}</ul></div>`, 0],
  ['fewer of them', `<div class="related-stories"><ul>${links(7, item)}</ul></div>`, 7],
  ['related pages and a word on each', `<div class="related"><ul>${links(8, (link) => `<li>${link}<p>tells of it`)}</ul></div>`, 16],
  ['help that a key shows', '<div id="mdbook-help-popup"><h2>Keyboard shortcuts</h2><p>Press S to search</p></div>', 0],
  ['a dialog', '<dialog><p>Are you sure?</p></dialog>', 0],
  [
    'a form to answer',
    '<div id="respond"><h3>Lascia un commento</h3><form id="commentform"><p class="comment-notes">Il tuo indirizzo email non sarà pubblicato.</p></form></div>',
    0,
  ],
  ['a form of old for the whole page', '<form class="main"><p>One.</p></form>', 1],
  ['what an attribute hides', '<ul style="display:none"><li>seo.sdk disabled</li></ul><p hidden>One.</p>', 0],
  ['a word to readers without scripts', '<noscript><p>Bitte schalten Sie JavaScript ein.</p><p>One.</p></noscript>', 1],
  ['a word in another language', '<noscript><p>Bitte Skripte zulassen.</p></noscript>', 0],
  ['a word without the name', '<noscript><p>Please enable scripts.</p></noscript>', 0],
  ['a text on scripts', `<noscript><p>${'The scripts of the monks. '.repeat(20)}</p></noscript>`, 1],
  ['hidden, though more than a share', `<p style="visibility: hidden">${'Not shown. '.repeat(17)}</p>`, 0],
  ['hidden, and long', `<p style="visibility: hidden">${'Not shown. '.repeat(25)}</p>`, 1],
  ['a class for small screens that names a dialog', '<div class="wide--modalMinWidth"><p>One.</p></div>', 1],
])('%s', (_, html, count) => {
  expect(left(text + html)).toHaveLength(1 + count)
})

test('an overlay that is most of the page is its text', () => {
  expect(left(`<div class="modal">${text}</div><p>Close</p>`)).toHaveLength(2)
})

test('hidden pieces that are most of the page are its text', () => {
  expect(left(`<p>One.</p>${'<p hidden>The river rose in the spring of that year.</p>'.repeat(3)}`)).toHaveLength(4)
})

test('links to the latest pages that are most of a page are its text', () => {
  expect(left(`<ul class="latest-posts">${links(8, item)}</ul><p>Posts</p>`)).toHaveLength(9)
})

test('hidden text that is much of the page may be shown by a script', () => {
  expect(left(`<div style="display: none">${text}</div><p>One.</p>`)).toHaveLength(2)
})

test('nothing', () => {
  expect(left('')).toEqual([])
})
