import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type DefaultTreeAdapterMap, parse } from 'parse5'
import { htmlBlocks } from '../src/extraction/html_blocks.ts'

// npm run bench:html5lib -- --tests FOLDER [--all]
//
// Compares the text that decant sees with what the trees of html5lib-tests (tree-construction/*.dat) show, and with what parse5 builds of the
// same pages. White space and order do not count: cells and what stands between them trade places in the tree. Prints the share of equal cases,
// and each case in which text is lost; with --all, those as well in which there is more of it. Exit code 1 where text is lost.

const { values } = parseArgs({ options: { tests: { type: 'string' }, all: { type: 'boolean', default: false } } })
const folder = join(values.tests!, 'tree-construction')

/** What decant takes for no text although browsers may show it (docs/decisions/faults-html.md), and what they do not show. */
const unseen = new Set(
  'title script style template iframe noembed noframes object video audio canvas select datalist textarea applet rp rt rtc svg math'.split(
    ' ',
  ),
)

interface Case {
  html: string
  shown: string
}

/** The cases of a file whose tree is a document's. */
function casesOf(file: string): Case[] {
  const cases: Case[] = []
  for (const part of `\n${file}`.split('\n#data\n').slice(1)) {
    const [html, rest = ''] = part.replace(/\n#script-off(?=\n#errors)/, '').split(/\n#errors\n?/, 2) as [string, string?]
    const [, tree] = rest.split(/(?:^|\n)#document\n/, 2)
    if (tree !== undefined && !rest.includes('#document-fragment')) cases.push({ html, shown: shownOf(tree, rest.includes('#script-on')) })
  }
  return cases
}

/** Text of a tree as html5lib-tests write it: "| <p>" and "|   "text"", with two spaces a level; text may have several lines. */
function shownOf(tree: string, scripting: boolean): string {
  let shown = ''
  let hiddenAt = Number.POSITIVE_INFINITY
  for (const line of tree.split('\n| ')) {
    const [, indent = '', node = ''] = /^(?:\| )?( *)(.*)$/s.exec(line)!
    if (indent.length <= hiddenAt) hiddenAt = Number.POSITIVE_INFINITY
    if (hiddenAt < Number.POSITIVE_INFINITY) continue
    const name = /^<([^\s>!?]+)(?: \S+)?>/.exec(node)?.[1]
    if (name !== undefined && (unseen.has(name) || (name === 'noscript' && scripting))) hiddenAt = indent.length
    else if (node.startsWith('"')) shown += `${node.replace(/"\s*$/, '').slice(1)} `
  }
  return shown
}

type Node = DefaultTreeAdapterMap['node']

function shownByParse5(node: Node): string {
  if ('value' in node) return `${node.value} `
  if (!('childNodes' in node) || ('tagName' in node && unseen.has(node.tagName))) return ''
  return node.childNodes.map(shownByParse5).join('')
}

/** Characters that count: no white space, no controls, and no formulas, which have tests of their own. */
const characters = (text: string): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const one of text.replace(/\$[^$]*\$/g, '').replace(/[\s\0-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff\ufffd\ud800-\udfff|]/g, ''))
    counts.set(one, (counts.get(one) ?? 0) + 1)
  return counts
}

/** What `whole` has and `part` lacks. */
const missing = (whole: Map<string, number>, part: Map<string, number>): string =>
  [...whole].map(([one, count]) => one.repeat(Math.max(0, count - (part.get(one) ?? 0)))).join('')

let [lost, total] = [0, 0]
const equal = { trees: 0, parse5: 0 }
for (const name of readdirSync(folder).sort()) {
  if (!name.endsWith('.dat')) continue
  for (const { html, shown } of casesOf(readFileSync(join(folder, name), 'utf8'))) {
    total++
    const found = htmlBlocks(html).blocks.texts.join('\n')
    const ours = characters(found)
    const oracles = { trees: characters(shown), parse5: characters(shownByParse5(parse(html, { scriptingEnabled: false }))) }
    for (const oracle of ['trees', 'parse5'] as const) {
      const less = missing(oracles[oracle], ours)
      const more = missing(ours, oracles[oracle])
      if (less === '' && more === '') equal[oracle]++
      if (less !== '') lost++
      if (less !== '' || (values.all && more !== '')) {
        console.log(`${name}, by ${oracle}: ${less === '' ? `more: ${JSON.stringify(more)}` : `lost: ${JSON.stringify(less)}`}`)
        console.log(`  ${JSON.stringify(html)}\n  ${JSON.stringify(found)}`)
      }
    }
  }
}
const share = (count: number): string => `${count} of ${total} (${((100 * count) / total).toFixed(1)} %)`
console.log(`the same text as the trees: ${share(equal.trees)}; as parse5: ${share(equal.parse5)}; text lost: ${lost}`)
if (lost > 0) process.exitCode = 1
