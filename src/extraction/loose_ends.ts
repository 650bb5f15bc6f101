import type { HtmlPage } from './html_page.ts'
import { isHeading } from './html_tags.ts'

/** Headings at the end that are more, or more of the kept words, are the text: titles or methods in a list, say; and so is one of more words. */
const mostHeadings = 3
const headingShare = 0.2
const headingWords = 15
/** Characters of a line that may point on, and share of links in what it points to. */
const pointerLength = 40
const linkShare = 0.6

/** Lines that say no more than that there is more to read. Where they name it ("Read also: …") annotators keep as many as they drop. */
const pointer = new RegExp(
  `^[^\\p{L}]{0,4}(?:${[
    'read(?: also| more| next)?|also read|see also|must read|more|further reading|recommended(?: reading)?|you (?:may|might) also like',
    'related(?: articles?| content| coverage| links?| posts?| reading| stor(?:y|ies))?',
    'à lire(?: aussi| également)?|lire (?:aussi|également|la suite)|voir aussi',
    'siehe auch|lesen sie auch|mehr(?: zum thema| dazu)?|zum thema|auch interessant|weiterlesen',
    'le[ea] también|te puede interesar|ver también|leer más|leia (?:também|mais)|veja também|leggi (?:anche|tutto)',
    'lees (?:ook|meer|verder)|läs (?:också|även|mer)|les (?:også|mer)|læs (?:også|mere)',
    'czytaj (?:też|także|więcej)|zobacz (?:też|także)|čtěte (?:také|též)|přečtěte si(?: také)?|ayrıca bak|devamını oku',
    'читайте (?:также|ещё|еще)|читать (?:также|далее)|смотрите также|читайте також',
  ].join('|')})\\s*[:：…>»→]*\\s*$`,
  'iu',
)

/** Drop lines that lead to nothing that is kept: pointers to other pages ("Read also:"), and headings at the end ("Our newsletter"). */
export function dropLooseEnds(page: HtmlPage, words: Int32Array, keep: Uint8Array): void {
  dropPointers(page, keep)
  dropLastHeadings(page, words, keep)
}

/** A pointer stays with the links that come next, and as a heading with anything that does. */
function dropPointers({ nodes, blocks }: HtmlPage, keep: Uint8Array): void {
  const links = (i: number): boolean => blocks.linkChars[i]! > linkShare * blocks.texts[i]!.length
  for (let i = 0; i < keep.length; i++) {
    const text = blocks.texts[i]!
    if (!keep[i] || text.length > pointerLength || !pointer.test(text)) continue
    const leads = keep[i + 1] === 1 && !links(i) && (links(i + 1) || isHeading(nodes.tag[blocks.node[i]!]!))
    if (!leads) keep[i] = 0
  }
}

function dropLastHeadings({ nodes, blocks }: HtmlPage, words: Int32Array, keep: Uint8Array): void {
  let [all, inHeadings, count] = [0, 0, 0]
  let from = keep.length
  for (let i = keep.length - 1, ends = true; i >= 0; i--) {
    if (!keep[i]) continue
    all += words[i]!
    ends &&= isHeading(nodes.tag[blocks.node[i]!]!) && words[i]! <= headingWords && i < keep.length - 1
    if (!ends) continue
    inHeadings += words[i]!
    count++
    from = i
  }
  if (count <= mostHeadings && inHeadings <= headingShare * all) keep.fill(0, from)
}
