import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { htmlBlocks } from '../src/extraction/html_blocks.ts'
import { justext } from '../src/extraction/justext.ts'
import { mainContent, presets } from '../src/extraction/main_content.ts'
import { allText } from '../src/extraction/page_text.ts'

// node dist-bench/bench/extraction_fuzz.js FOLDER_OF_HTML_GZ [PAGES = 200000] [SEED = 1]
//
// Extracts mutated pages in every way there is, and says how long the slowest took and what memory did. Fails on any exception, on text that is
// no Unicode, and on pages that take a second a megabyte.

const [folder, pages = '200000', seed = '1'] = process.argv.slice(2) as [string, string?, string?]
const sources = readdirSync(folder).map((name) => gunzipSync(readFileSync(join(folder, name))).toString('utf8'))

let state = Number(seed)
function below(n: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) | 0
  return Math.floor(((state >>> 0) / 2 ** 32) * n)
}
const pick = <T>(items: readonly T[]): T => items[below(items.length)]!
const junk = [
  ...[
    '<',
    '>',
    '"',
    "'",
    '<!--',
    '-->',
    '--!>',
    '<![CDATA[',
    ']]>',
    '<script>',
    '</script>',
    '<style>',
    '<title>',
    '</title>',
    '<plaintext>',
  ],
  ...[
    '<table><tr>',
    '<td>',
    '</table>',
    '<svg>',
    '<template>',
    '<noscript>',
    '<select>',
    '<iframe>',
    '</body>',
    '<body>',
    '</html>',
    '<a href=x>',
  ],
  ...[
    '&#x110000;',
    '&#0;',
    '&#xd800;',
    '&amp',
    '&;',
    '\0',
    '\ud800',
    '\udc00',
    '\ufeff',
    '\u2028',
    '\u{1f600}',
    '\r',
    '=',
    '/',
    '<p/',
    '</p',
  ],
  ...['<div '.repeat(50), '<div>'.repeat(500), 'a=b '.repeat(500), '<b>'.repeat(200), '</div>'.repeat(200), '&#'.repeat(200)],
]

function mutated(): string {
  const source = pick(sources)
  const start = below(Math.max(1, source.length - 1000))
  let page = source.slice(start, start + 500 + below(30_000))
  for (let count = 1 + below(8); count > 0; count--) {
    const at = below(page.length)
    const to = Math.min(page.length, at + below(400))
    const kind = below(5)
    if (kind === 0) page = page.slice(0, at) + page.slice(to)
    else if (kind === 1) page = page.slice(0, at) + pick(junk) + page.slice(at)
    else if (kind === 2) page = page.slice(0, at) + page.slice(at, to).repeat(1 + below(20)) + page.slice(to)
    else if (kind === 3) page = page.slice(0, at) + pick(sources).slice(start, start + 300) + page.slice(at)
    else page = page.slice(0, at) + String.fromCharCode(below(0x10000)) + page.slice(at + 1)
  }
  return page
}

let [slowest, characters, empty] = [0, 0, 0]
for (let i = 1; i <= Number(pages); i++) {
  const html = mutated()
  characters += html.length
  const began = process.cpuUsage()
  const page = htmlBlocks(html)
  const texts = [
    mainContent(page, { preset: pick(presets), comments: i % 2 === 0 }),
    allText(page),
    i % 4 === 0 ? justext(html, new Set()) : '',
  ]
  const { user, system } = process.cpuUsage(began)
  const seconds = (user + system) / 1e6
  // The clock counts compilation and collection too: a tenth of a second for those.
  assert(seconds < 0.25 + html.length / 1e6, `${seconds} s for ${html.length} characters`)
  if (texts[0] === '') empty++
  for (const text of texts.slice(0, 2)) assert(!/\p{Surrogate}|\0/u.test(text), 'text that is no Unicode')
  slowest = Math.max(slowest, seconds)
  if (i % 20_000 === 0) {
    const memory = Math.round(process.memoryUsage().rss / 2 ** 20)
    console.log(
      `${i} pages, ${(characters / 1e6).toFixed(0)} M characters, slowest ${slowest.toFixed(3)} s, ${empty} without text, RSS ${memory} MiB`,
    )
  }
}
