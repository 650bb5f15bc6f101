import { decodeHTML } from 'entities'
import {
  airless,
  attributeKinds,
  bold,
  cellScope,
  definitionScope,
  fragile,
  heads,
  inline,
  itemScope,
  noScope,
  preLines,
  rowParts,
  rowScope,
  tableParts,
  tableScope,
} from './block_tags.ts'
import { BlockText } from './block_text.ts'
import type { MathReader } from './formulas.ts'
import { HtmlHead } from './html_head.ts'
import { BlockElements, Blocks, type HtmlPage } from './html_page.ts'
import { blockTags, endsParagraph, scopeTags, tag, tagAt, tagHints, unseenTags, unshown, voidTags } from './html_tags.ts'
import { type HtmlHandler, tokenizeHtml } from './html_tokenizer.ts'
import { isPictureOfFormula, PageFormulas, texOfImage } from './page_formulas.ts'
import { endsReading, Ruby, readings, rubyParts } from './ruby.ts'
import { StartTag } from './start_tag.ts'

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
const div = tag('div')
const term = tag('dt')
const title = tag('title')
const script = tag('script')
const span = tag('span')
const math = tag('math')
const hr = tag('hr')
const option = tag('option')
const time = tag('time')
const ruby = tag('ruby')
const select = tag('select')
const noscript = tag('noscript')
const style = tag('style')
const textarea = tag('textarea')
/** Text that `<video>` and its like hide until what is around them ends; more of it is no word to old browsers, but the page. */
const mostFallback = 200
/** Hidden text in lines that is more than this share of a page's text may be what scripts show. */
const hiddenShare = 0.5

export interface HtmlOptions {
  /** Whether the page is XHTML: then "/>" ends any element. */
  xml?: boolean
  /** Whether what images show counts as text. */
  images?: boolean
  /** Whether blocks say which cells they are made of. */
  cells?: boolean
}

/**
 * Cut an HTML page into blocks of text under a tree of block-level elements, in one pass over a tokenizer's events. There is no DOM, so time
 * and memory stay linear however malformed the page is. `onTag` is called at every tag and may throw to stop.
 */
export function htmlBlocks(source: string, onTag: () => void = () => {}, options: HtmlOptions = {}): HtmlPage {
  // An element such as <object> or <template> that never ends would hide the rest of the page: then it hides nothing.
  const unclosed = new Map<number, number>()
  let dropsHidden = true
  for (;;) {
    const parser = new BlockParser(source, onTag, options, unclosed, dropsHidden)
    parser.run()
    const open = parser.hidesRest
    if (open !== undefined && unclosed.get(open.name) !== 0) unclosed.set(open.name, unclosed.has(open.name) ? 0 : open.start)
    else if (dropsHidden && parser.hidesMost) dropsHidden = false
    else return parser.page
  }
}

/** Why what an element holds is passed over. */
type Reason = 'element' | 'hidden' | 'picture of a formula'

class BlockParser implements HtmlHandler {
  readonly page: HtmlPage = { nodes: new BlockElements(), blocks: new Blocks(), head: new HtmlHead() }
  /** The element that hid the rest of the page, and where it stands. */
  hidesRest: { name: number; start: number } | undefined
  #source: string
  #onTag: () => void
  #options: HtmlOptions
  /** Elements that hide nothing from a place on. */
  #unclosed: ReadonlyMap<number, number>
  #dropsHidden: boolean

  // Open elements: their node, and how many of each tag there are.
  #stack: Int32Array = new Int32Array(maxDepth + 1)
  #top = 0
  #open: Int32Array = new Int32Array(256)

  readonly #block: BlockText
  readonly #formulas: PageFormulas
  /** The `<math>` that is open. */
  #math: MathReader | undefined
  readonly #ruby = new Ruby()
  /** The tag that is being read, or was last. */
  readonly #tag = new StartTag()
  /** Where the link that is open stands. */
  #linkDepth = 0

  /** The element whose content is passed over, and how many of that name are open. */
  #unseen = 0
  #unseenDepth = 0
  #unseenStart = 0
  #reason: Reason = 'element'
  /** Block elements open in it. */
  #unseenBlocks = 0
  #unseenChars = 0
  #hiddenChars = 0

  /** Elements in lines that are shown as blocks: their names, and how many of the same name are open in the last. */
  #lineElements: number[] = []
  #lineDepth = 0
  /** Elements that are lines of the `<pre>` they stand in, by name. */
  #preLines: Int32Array = new Int32Array(256)

  constructor(source: string, onTag: () => void, options: HtmlOptions, unclosed: ReadonlyMap<number, number>, dropsHidden: boolean) {
    this.#source = source
    this.#onTag = onTag
    this.#options = options
    this.#block = new BlockText(this.page, options.cells === true)
    this.#formulas = new PageFormulas(this.#block)
    this.#unclosed = unclosed
    this.#dropsHidden = dropsHidden
    this.page.nodes.add(html, -1, 0, 0)
  }

  run(): void {
    tokenizeHtml(this.#source, this, this.#options.xml)
    if (this.#unseen !== script && this.#unseen !== style) this.#noteUnclosed()
    this.#formulas.resolvePicture(this.#stack[this.#top]!)
    this.#block.flush()
  }

  /** Whether more text is hidden in lines than shown. */
  get hidesMost(): boolean {
    if (this.#hiddenChars === 0) return false
    let shown = 0
    for (const text of this.page.blocks.texts) shown += text.length
    return this.#hiddenChars > hiddenShare * (shown + this.#hiddenChars)
  }

  #noteUnclosed(): void {
    if (this.#math !== undefined) this.hidesRest ??= { name: math, start: this.#tag.start }
    else if (this.#unseen !== 0) this.hidesRest ??= { name: this.#unseen, start: this.#unseenStart }
  }

  openTag(start: number, end: number): boolean {
    this.#onTag()
    if (this.#math !== undefined) {
      this.#formulas.openTag(this.#source.slice(start, end).toLowerCase())
      return true
    }
    const name = tagAt(this.#source, start, end)
    this.#tag.begin(name, start)
    if (heads[name] === 1) {
      this.page.head.open()
      return true
    }
    if (name === math && (this.#unseen === 0 || this.#reason !== 'element') && !this.#isUnclosed(math)) {
      this.#math = this.#formulas.openMath()
      return true
    }
    if (this.#unseen !== 0) return this.#unseen === select && name === textarea
    return attributeKinds[name] !== 0
  }

  #isUnclosed(name: number): boolean {
    return this.#tag.start >= (this.#unclosed.get(name) ?? Number.POSITIVE_INFINITY)
  }

  attribute(start: number, end: number, valueStart: number, valueEnd: number): void {
    const source = this.#source
    const formula = this.#math
    if (formula !== undefined) {
      if (end - start <= 12)
        formula.attribute(source.slice(start, end).toLowerCase(), source.slice(valueStart, Math.min(valueEnd, valueStart + 20_000)))
    } else if (heads[this.#tag.name] === 1) {
      if (end - start <= 12)
        this.page.head.attribute(source.slice(start, end).toLowerCase(), source.slice(valueStart, Math.min(valueEnd, valueStart + 2000)))
    } else this.#tag.attribute(source, start, end, valueStart, valueEnd)
  }

  openTagEnd(_: boolean, ends: boolean): void {
    if (this.#math === undefined) this.#enter(ends)
    else if (ends) this.#closeMath()
  }

  #enter(ends: boolean): void {
    const { name } = this.#tag
    if (this.#unseen !== 0 && this.#endsUnseen(name)) {
      const wasSelect = this.#unseen === select
      this.#see()
      // A second start tag counts as an end tag.
      if (wasSelect && name === select) return
    }
    if (heads[name] === 1) this.page.head.close(name === html ? 'html' : name === time ? 'time' : name === link ? 'link' : 'meta')
    if (this.#unseen !== 0) {
      if (name === body) {
        this.#noteUnclosed()
        this.#see()
      } else if (name === this.#unseen && !ends) this.#unseenDepth++
      else if (blockTags[name] === 1 && !ends) this.#unseenBlocks++
      return
    }
    if (blockTags[name] === 1) {
      if (name === div && !ends && isPictureOfFormula(this.#tag.classes)) {
        this.#hide(name, 'picture of a formula')
        return
      }
      this.#enterBlock(name)
      if (ends && voidTags[name] !== 1) this.#leave(name)
      return
    }
    if (rubyParts[name] === 1 && this.#ruby.depth > 0 && !this.#ruby.openPart(name, ends)) return
    if (unseenTags[name] === 1 || (readings[name] === 1 && this.#ruby.depth > 0)) {
      if (!ends && !this.#tag.isShadowRoot && (!this.#isUnclosed(name) || name === title || name === select)) this.#hide(name, 'element')
      return
    }
    if (inline[name] === 1 && !ends && this.#enterInline(name)) return
    const { nodes } = this.page
    if (name === br) this.#block.break()
    else if (name === a) this.#enterLink()
    else if (name === img) this.#image()
    else if (name === input) nodes.inputs[this.#stack[this.#top]!]!++
    else if (name === option) this.#block.gap = true
    else if (name === ruby && !ends) this.#ruby.open()
    else if (bold[name] === 1 && !ends) this.#block.bold++
  }

  /** Whether a start tag ends what is passed over although HTML asks for no end tag, or where none ever comes. */
  #endsUnseen(name: number): boolean {
    const unseen = this.#unseen
    if (readings[unseen] === 1 && this.#ruby.depth > 0) return blockTags[name] === 1 || endsReading(unseen, name)
    if (unseen === select) return name === select || name === input || name === textarea || (blockTags[name] === 1 && this.#isLate(select))
    return unseen === title && this.#isLate(title)
  }

  /** Whether the element that is passed over has no end tag in the page. */
  #isLate(name: number): boolean {
    return this.#unseenStart >= (this.#unclosed.get(name) ?? Number.POSITIVE_INFINITY)
  }

  #hide(name: number, reason: Reason): void {
    this.#unseen = name
    this.#unseenDepth = 1
    this.#unseenBlocks = 0
    this.#unseenChars = 0
    this.#unseenStart = this.#tag.start
    this.#reason = reason
    if (reason === 'element' && airless[name] !== 1) this.#block.gap = true
  }

  #see(): void {
    this.#unseen = 0
    this.#tag.jsonLd = false
    this.#tag.mathScript = ''
  }

  /** Whether an element in lines is passed over; one that is shown as a block begins a line. */
  #enterInline(name: number): boolean {
    if (this.#lineElements.length > 0 && this.#lineElements.at(-1) === name && !this.#tag.isShownAsBlock) this.#lineDepth++
    if ((this.#tag.hints & unshown) !== 0 && this.#dropsHidden && !this.#isUnclosed(name)) {
      this.#hide(name, 'hidden')
      return true
    }
    if (name === span && isPictureOfFormula(this.#tag.classes) && (!/^katex/.test(this.#tag.classes) || this.#block.formula !== '')) {
      this.#hide(name, 'picture of a formula')
      return true
    }
    if (this.#tag.isShownAsBlock && this.#lineElements.length < maxDepth) {
      this.#block.line()
      this.#lineElements.push(name)
      this.#lineDepth = 0
    }
    return false
  }

  #image(): void {
    this.page.nodes.images[this.#stack[this.#top]!]!++
    const tex = texOfImage(this.#tag.classes, this.#tag.alt, this.#tag.src)
    if (tex !== '') this.#formulas.write(tex, /display/.test(this.#tag.classes), 'image', this.#stack[this.#top]!)
    else if (this.#options.images === true && /\S/.test(this.#tag.alt)) {
      this.#block.gap = true
      this.#block.inLine(decodeHTML(this.#tag.alt).replace(/\s+/g, ' ').trim(), this.#stack[this.#top]!)
      this.#block.gap = true
    }
  }

  #closeMath(name?: string): void {
    const read = this.#formulas.closeTag(name)
    if (read === undefined) return
    this.#math = undefined
    if (this.#unseen !== 0 && this.#reason === 'picture of a formula') this.#formulas.pictureTex(read.tex)
    else this.#formulas.write(read.tex, read.isDisplay, 'math', this.#stack[this.#top]!)
  }

  #enterLink(): void {
    this.#block.link = this.#tag.href
    if (!this.#block.link) return
    this.#block.links++
    this.#linkDepth = this.#top
  }

  #enterBlock(name: number): void {
    const block = this.#block
    if (name === html || name === body) return
    const { nodes } = this.page
    if (preLines[name] === 1 && block.isPre(this.#stack[this.#top]!)) {
      block.line()
      this.#preLines[name]!++
      return
    }
    this.#ruby.end()
    if (this.#lineElements.length > 0) this.#lineElements = []
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
    const isCell = name === cell || name === header
    const joins =
      isCell &&
      nodes.tag[parent] === row &&
      block.text !== '' &&
      block.text.length < maxRowLength &&
      !block.cellIsCut &&
      rowParts[nodes.tag[block.node]!] === 1
    if (joins) {
      block.node = parent
      block.cell = true
    } else block.flush()
    if (isCell) block.cellIsCut = false
    block.bold = 0
    if (voidTags[name] === 1 || name === hr) return
    if (this.#top >= maxDepth) return
    let hash = nodes.key[parent]!
    // Parents count less the further away they are: only the nearest few decide whether two elements look the same.
    hash = Math.imul((hash << 5) ^ name, 0x9e3779b1)
    // Digits number elements of one kind ("post-12").
    for (let i = 0; i < this.#tag.classes.length && i < 40; i++) {
      const code = this.#tag.classes.charCodeAt(i)
      if (code < 48 || code > 57) hash = (Math.imul(hash, 31) + code) | 0
    }
    const id = nodes.add(name, parent, tagHints[name]! | this.#tag.hints, hash)
    this.#stack[++this.#top] = id
    open[name]!++
  }

  closeTag(start: number, end: number): void {
    this.#onTag()
    if (this.#math !== undefined) {
      this.#closeMath(this.#source.slice(start, end).toLowerCase())
      return
    }
    const name = tagAt(this.#source, start, end)
    if (this.#unseen !== 0 && !this.#closesUnseen(name)) return
    this.#leave(name)
  }

  /** Whether an end tag counts although something is passed over, for it ends that. */
  #closesUnseen(name: number): boolean {
    const unseen = this.#unseen
    if (name === unseen) {
      if (--this.#unseenDepth === 0) this.#see()
      return false
    }
    let isAround = name === noscript
    if (name === body) {
      this.#noteUnclosed()
      this.#see()
    } else if (readings[unseen] === 1 && this.#ruby.depth > 0) isAround = name === ruby || blockTags[name] === 1
    else if (unseen === title) isAround = this.#isLate(title)
    else if (blockTags[name] === 1 && --this.#unseenBlocks < 0) {
      // "<div><video></div>": what ends around it ends it.
      if (this.#unseenChars > mostFallback && this.#open[name]! > 0) this.#noteUnclosed()
      isAround ||= (fragile[unseen] === 1 || this.#reason !== 'element') && this.#open[name]! > 0
      isAround ||= unseen === select && this.#isLate(select)
    }
    if (isAround) this.#see()
    return isAround
  }

  #leave(name: number): void {
    const block = this.#block
    if (name === a) block.link = false
    else if (bold[name] === 1) {
      if (block.bold > 0) block.bold--
    } else if (name === br) block.break()
    else if (name === ruby) {
      if (this.#ruby.close()) block.gap = false
    } else if (rubyParts[name] === 1) this.#ruby.closePart()
    else if (blockTags[name] === 1 && name !== html && name !== body) {
      if (preLines[name] === 1 && this.#preLines[name]! > 0 && block.isPre(this.#stack[this.#top]!)) {
        this.#preLines[name]!--
        block.line()
        return
      }
      const isCell = name === cell || name === header
      if (!isCell || block.text.length >= maxRowLength) block.flush()
      this.#closeTo(name, name === table ? noScope : tableParts[name] === 1 ? tableScope : scopeTags)
    }
    if (this.#lineElements.length > 0 && this.#lineElements.at(-1) === name && --this.#lineDepth < 0) {
      this.#lineElements.pop()
      this.#lineDepth = 0
      block.line()
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
    if (name !== cell && name !== header) this.#block.flush()
    for (; this.#top >= at; this.#top--) {
      const node = this.#stack[this.#top]!
      this.#open[tag[node]!]!--
      if (this.#block.isPre(node)) this.#preLines.fill(0)
    }
    if (this.#lineElements.length > 0) this.#lineElements = []
    if (this.#block.link && this.#top < this.#linkDepth) this.#block.link = false
  }

  text(start: number, end: number): void {
    const source = this.#source
    if (this.#math !== undefined) {
      this.#math.text(decodeHTML(source.slice(start, end)))
      return
    }
    if (this.#unseen !== 0) {
      if (this.#unseen === title) this.page.head.titleText(source.slice(start, Math.min(end, start + 2000)))
      else if (this.#tag.jsonLd) this.page.head.jsonLd(source.slice(start, Math.min(end, start + 200_000)))
      else if (this.#tag.mathScript !== '') {
        if (end - start <= 20_000) this.#formulas.writeScript(source.slice(start, end), this.#tag.mathScript, this.#stack[this.#top]!)
      } else if (this.#reason === 'hidden') this.#hiddenChars += source.slice(start, end).trim().length
      else if (this.#reason === 'picture of a formula')
        this.#formulas.pictureText(decodeHTML(source.slice(start, Math.min(end, start + 2000))))
      else if (fragile[this.#unseen] === 1) this.#unseenChars += end - start
      return
    }
    const block = this.#block
    const at = this.#stack[this.#top]!
    if (block.isPre(at)) {
      // The line end between two elements that are lines.
      if (block.broken && block.text !== '' && source.charCodeAt(start) === 10 && ++start === end) return
      this.#write(source.slice(start, end), at)
      block.broken = source.charCodeAt(end - 1) === 10
      return
    }
    let from = start
    let to = end
    while (from < to && isSpace(source.charCodeAt(from))) from++
    if (from === to) {
      block.gap = true
      return
    }
    while (isSpace(source.charCodeAt(to - 1))) to--
    if (this.#formulas.hasPicture) this.#formulas.resolvePicture(at)
    if (from > start) block.gap = true
    let text = source.slice(from, to)
    if (/[\t\n\f\r]| {2}/.test(text)) text = text.replace(/[ \t\n\f\r]+/g, ' ')
    if (this.#ruby.depth > 0 && this.#ruby.text(text)) block.gap = false
    block.addGap()
    this.#write(text, at)
    block.gap = to < end
  }

  cdata(start: number, end: number): void {
    if (this.#math !== undefined) this.#math.text(this.#source.slice(start, end))
    else if (this.#unseen === 0) {
      const text = this.#source.slice(start, end)
      if (text.trim() === '') this.#block.gap = true
      else {
        if (/^\s/.test(text)) this.#block.gap = true
        this.#block.inLine(!this.#block.isPre(this.#stack[this.#top]!) ? text.replace(/\s+/g, ' ').trim() : text, this.#stack[this.#top]!)
        this.#block.gap = /\s$/.test(text)
      }
    } else if (this.#tag.mathScript !== '')
      this.#formulas.writeScript(this.#source.slice(start, end), this.#tag.mathScript, this.#stack[this.#top]!)
  }

  #write(text: string, node: number): void {
    if (text.includes('&')) text = decodeHTML(text)
    // Marks that link a heading to itself.
    if (this.#block.link && (text === '¶' || text === '#' || text === '§')) return
    this.#block.add(text, node)
  }

  comment(): void {
    this.#onTag()
  }
}

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13 && code !== 11)
