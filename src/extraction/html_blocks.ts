import { decodeHTML } from 'entities'
import { attributeAt, isHidden } from './html_attributes.ts'
import { HtmlHead } from './html_head.ts'
import { BlockElements, Blocks, type HtmlPage } from './html_page.ts'
import {
  bit,
  blockTags,
  classHints,
  endsParagraph,
  roleHints,
  scopeTags,
  tag,
  tagAt,
  tagHints,
  unseenTags,
  unshown,
  voidTags,
} from './html_tags.ts'
import { type HtmlHandler, tokenizeHtml } from './html_tokenizer.ts'
import { tidy } from './tidy_text.ts'

/** Elements open at once; deeper ones add their text to the innermost of these. */
const maxDepth = 300
/** Characters of a row's cells that are still joined into one block. */
const maxRowLength = 600

const a = tag('a')
const body = tag('body')
const br = tag('br')
const cell = tag('td')
const header = tag('th')
const html = tag('html')
const img = tag('img')
const input = tag('input')
const li = tag('li')
const link = tag('link')
const p = tag('p')
const row = tag('tr')
const table = tag('table')
const definition = tag('dd')
const term = tag('dt')
const title = tag('title')
const script = tag('script')
const svg = tag('svg')
const math = tag('math')
const hr = tag('hr')
const option = tag('option')
const time = tag('time')
/** Elements whose content the tokenizer passes over as raw text. */
const isRaw = (name: number): boolean => raw[name] === 1
const raw = new Uint8Array(256)
for (const name of ['script', 'style', 'title', 'textarea', 'iframe', 'noframes']) raw[tag(name)] = 1
const bold = new Uint8Array(256)
for (const name of ['b', 'strong', 'em', 'i']) bold[tag(name)] = 1
const heads = new Uint8Array(256)
for (const name of ['meta', 'link', 'html', 'time']) heads[tag(name)] = 1
const preBit = bit('pre')
const hiddenBit = bit('hidden')
const articleBodyBit = bit('articleBody')

/**
 * Cut an HTML page into blocks of text under a tree of block-level elements, in one pass over a tokenizer's events. There is no DOM, so time
 * and memory stay linear however malformed the page is. `onTag` is called at every tag and may throw to stop.
 */
export function htmlBlocks(source: string, onTag: () => void = () => {}): HtmlPage {
  const parser = new BlockParser(source, onTag, true)
  parser.run()
  // An element such as <svg> or <noscript> that never ends would hide the rest of the page: then nothing is hidden but raw text.
  if (!parser.hidesRest) return parser.page
  const again = new BlockParser(source, onTag, false)
  again.run()
  return again.page
}

class BlockParser implements HtmlHandler {
  readonly page: HtmlPage = { nodes: new BlockElements(), blocks: new Blocks(), head: new HtmlHead() }
  hidesRest = false
  #source: string
  #onTag: () => void
  #hides: boolean

  // Open elements: their node, and how many of each tag there are.
  #stack: Int32Array = new Int32Array(maxDepth + 1)
  #top = 0
  #open: Int32Array = new Int32Array(256)

  // The block being collected.
  #text = ''
  #node = 0
  #gap = false
  /** Whether a line end was the last thing added; the text itself is not looked at, for that would copy it each time. */
  #broken = false
  #cell = false
  #linkChars = 0
  #links = 0
  #boldChars = 0

  #link = false
  #linkDepth = 0
  #bold = 0
  /** The element whose content is passed over, and how many of that name are open. */
  #unseen = 0
  #unseenDepth = 0
  /** Block elements open in it. */
  #unseenBlocks = 0
  #jsonLd = false

  // The tag being read.
  #tag = 0
  #classes = ''
  #hints = 0
  #href = false

  constructor(source: string, onTag: () => void, hides: boolean) {
    this.#source = source
    this.#onTag = onTag
    this.#hides = hides
    this.page.nodes.add(html, -1, 0, 0)
  }

  run(): void {
    tokenizeHtml(this.#source, this)
    this.#flush()
    this.hidesRest = this.#hides && this.#unseen !== 0 && !isRaw(this.#unseen)
  }

  openTag(start: number, end: number): boolean {
    this.#onTag()
    this.#tag = tagAt(this.#source, start, end)
    this.#classes = ''
    this.#hints = 0
    this.#href = false
    if (heads[this.#tag] === 1) {
      this.page.head.open()
      return true
    }
    if (this.#unseen !== 0) return false
    return blockTags[this.#tag] === 1 || this.#tag === a || this.#tag === script
  }

  attribute(start: number, end: number, valueStart: number, valueEnd: number): void {
    const source = this.#source
    if (heads[this.#tag] === 1) {
      if (end - start <= 12) {
        this.page.head.attribute(source.slice(start, end).toLowerCase(), source.slice(valueStart, Math.min(valueEnd, valueStart + 2000)))
      }
      return
    }
    const name = attributeAt(source, start, end)
    if (name === '') return
    const valueStop = Math.min(valueEnd, valueStart + 300)
    if (name === 'class' || name === 'id') {
      if (name === 'class') this.#classes = source.slice(valueStart, valueStop)
      // The id of a heading is often all its words.
      if (name === 'class' || !/-[^-]+-[^-]+-[^-]+-/.test(source.slice(valueStart, valueStop)))
        this.#hints |= classHints(source, valueStart, valueStop)
    } else if (name === 'href') this.#href = true
    else if (name === 'hidden') this.#hints |= hiddenBit | unshown
    else {
      const value = source.slice(valueStart, valueStop)
      if (name === 'role') this.#hints |= roleHints(value)
      else if (name === 'type') this.#jsonLd = this.#tag === script && /ld\+json/i.test(value)
      else if (name === 'itemprop' ? value === 'articleBody' : isHidden(name, value))
        this.#hints |= name === 'itemprop' ? articleBodyBit : name === 'style' ? hiddenBit | unshown : hiddenBit
    }
  }

  openTagEnd(selfClosing: boolean): void {
    this.#enter(selfClosing)
  }

  #enter(closed: boolean): void {
    const name = this.#tag
    if (heads[name] === 1) this.page.head.close(name === html ? 'html' : name === time ? 'time' : name === link ? 'link' : 'meta')
    if (this.#unseen !== 0) {
      if (name === this.#unseen && !closed) this.#unseenDepth++
      else if (blockTags[name] === 1 && !closed) this.#unseenBlocks++
      else if (name === body) this.#see()
      return
    }
    if (blockTags[name] === 1) {
      this.#enterBlock(name)
      return
    }
    if (unseenTags[name] === 1) {
      if (closed && (name === svg || name === math)) return
      if (!this.#hides && !isRaw(name)) return
      this.#unseen = name
      this.#unseenDepth = 1
      this.#unseenBlocks = 0
      this.#gap = true
      return
    }
    const { nodes } = this.page
    if (name === br) this.#break()
    else if (name === a) this.#enterLink()
    else if (name === img) nodes.images[this.#stack[this.#top]!]!++
    else if (name === input) nodes.inputs[this.#stack[this.#top]!]!++
    else if (name === option) this.#gap = true
    else if (bold[name] === 1) this.#bold++
  }

  #see(): void {
    this.#unseen = 0
    this.#jsonLd = false
  }

  #break(): void {
    if (this.#text === '') return
    if (this.#broken && (this.page.nodes.hints[this.#node]! & preBit) === 0) this.#flush()
    else {
      this.#text += '\n'
      this.#gap = false
      this.#broken = true
    }
  }

  #enterLink(): void {
    this.#link = this.#href
    if (!this.#link) return
    this.#links++
    this.#linkDepth = this.#top
  }

  #enterBlock(name: number): void {
    if (name === html || name === body) return
    const { nodes } = this.page
    const open = this.#open
    if (endsParagraph[name] === 1 && open[p]! > 0) this.#closeTo(p, scopeTags)
    if (name === li) this.#closeTo(li, itemScope)
    else if (name === definition || name === term) {
      this.#closeTo(definition, definitionScope)
      this.#closeTo(term, definitionScope)
    } else if (name === cell || name === header) {
      this.#closeTo(cell, cellScope)
      this.#closeTo(header, cellScope)
    } else if (name === row) this.#closeTo(row, rowScope)
    const parent = this.#stack[this.#top]!
    const joins = (name === cell || name === header) && nodes.tag[parent] === row && this.#text !== '' && this.#text.length < maxRowLength
    if (joins) {
      this.#node = parent
      this.#cell = true
    } else this.#flush()
    this.#bold = 0
    if (voidTags[name] === 1 || name === hr) return
    if (this.#top >= maxDepth) return
    let hash = nodes.key[parent]!
    // Parents count less the further away they are: only the nearest few decide whether two elements look the same.
    hash = Math.imul((hash << 5) ^ name, 0x9e3779b1)
    // Digits number elements of one kind ("post-12").
    for (let i = 0; i < this.#classes.length && i < 40; i++) {
      const code = this.#classes.charCodeAt(i)
      if (code < 48 || code > 57) hash = (Math.imul(hash, 31) + code) | 0
    }
    const id = nodes.add(name, parent, tagHints[name]! | this.#hints, hash)
    this.#stack[++this.#top] = id
    open[name]!++
  }

  closeTag(start: number, end: number): void {
    this.#onTag()
    const name = tagAt(this.#source, start, end)
    if (this.#unseen !== 0) {
      if (name === this.#unseen && --this.#unseenDepth === 0) this.#see()
      else if (name === body) this.#see()
      else if (blockTags[name] === 1 && --this.#unseenBlocks < 0 && (this.#unseen === svg || this.#unseen === math)) {
        // "<div><svg><use></div>": what ends around a drawing ends it.
        this.#see()
        this.closeTag(start, end)
      }
      return
    }
    if (name === a) this.#link = false
    else if (bold[name] === 1) {
      if (this.#bold > 0) this.#bold--
    } else if (name === br) this.#break()
    else if (blockTags[name] === 1 && name !== html && name !== body) {
      const isCell = name === cell || name === header
      if (!isCell || this.#text.length >= maxRowLength) this.#flush()
      this.#closeTo(name, name === table ? noScope : tableParts[name] === 1 ? tableScope : scopeTags)
    }
  }

  /** Close elements up to and with the innermost `name`, unless one of `scope` stands before it. */
  #closeTo(name: number, scope: Uint8Array): void {
    if (this.#open[name] === 0) return
    const { tag } = this.page.nodes
    let at = this.#top
    for (; at > 0; at--) {
      const found = tag[this.#stack[at]!]!
      if (found === name) break
      if (scope[found] === 1) return
    }
    if (at === 0) return
    if (name !== cell && name !== header) this.#flush()
    for (; this.#top >= at; this.#top--) this.#open[tag[this.#stack[this.#top]!]!]!--
    if (this.#link && this.#top < this.#linkDepth) this.#link = false
  }

  text(start: number, end: number): void {
    if (this.#unseen !== 0) {
      if (this.#unseen === title) this.page.head.titleText(this.#source.slice(start, Math.min(end, start + 2000)))
      else if (this.#jsonLd) this.page.head.jsonLd(this.#source.slice(start, Math.min(end, start + 200_000)))
      return
    }
    const { nodes } = this.page
    const at = this.#stack[this.#top]!
    if ((nodes.hints[at]! & preBit) !== 0) {
      this.#write(this.#source.slice(start, end), at)
      return
    }
    let from = start
    let to = end
    while (from < to && isSpace(this.#source.charCodeAt(from))) from++
    if (from === to) {
      this.#gap = true
      return
    }
    while (isSpace(this.#source.charCodeAt(to - 1))) to--
    if (from > start) this.#gap = true
    let text = this.#source.slice(from, to)
    if (/[\t\n\f\r]| {2}/.test(text)) text = text.replace(/[ \t\n\f\r]+/g, ' ')
    if (this.#text !== '' && this.#gap && !this.#broken && !this.#cell) this.#text += ' '
    this.#write(text, at)
    this.#gap = to < end
  }

  #write(text: string, node: number): void {
    if (text.includes('&')) text = decodeHTML(text)
    // Marks that link a heading to itself.
    if (this.#link && (text === '¶' || text === '#' || text === '§')) return
    if (this.#text === '') this.#node = node
    else if (this.#cell) this.#text += ' | '
    this.#cell = this.#broken = false
    this.#text += text
    if (this.#link) this.#linkChars += text.length
    if (this.#bold > 0) this.#boldChars += text.length
  }

  #flush(): void {
    if (this.#text !== '') {
      const { nodes, blocks } = this.page
      const text = tidy(this.#text, (nodes.hints[this.#node]! & preBit) !== 0)
      if (text !== '') blocks.add(text, this.#node, this.#linkChars, this.#links, this.#boldChars)
      this.#text = ''
    }
    this.#gap = this.#cell = this.#broken = false
    this.#linkChars = this.#links = this.#boldChars = 0
  }

  comment(): void {
    this.#onTag()
  }
}

const setOf = (...numbers: number[]): Uint8Array => {
  const set = new Uint8Array(256)
  for (const number of numbers) set[number] = 1
  return set
}
const noScope = setOf()
const tableScope = setOf(table)
const tableParts = setOf(row, tag('tbody'), tag('thead'), tag('tfoot'), tag('caption'), cell, header)
const itemScope = setOf(tag('ul'), tag('ol'), tag('menu'), table, cell, header)
const definitionScope = setOf(tag('dl'), table, cell, header)
const cellScope = setOf(row, table)
const rowScope = setOf(table)

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13 && code !== 11)
