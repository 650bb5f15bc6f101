import { decodeHTML } from 'entities'
import { MathReader, tidyTex } from './formulas.ts'
import { attributeAt, isHidden, isShownAsBlock } from './html_attributes.ts'
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
  tagSet,
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
const rp = tag('rp')
const rt = tag('rt')
const rtc = tag('rtc')
const select = tag('select')
const noscript = tag('noscript')
const style = tag('style')
const textarea = tag('textarea')
const bold = tagSet('b strong em i')
const heads = tagSet('meta link html time')
/** Parts of `<ruby>` that end one another, and those of them that are readings. */
const rubyParts = tagSet('rb rp rt rtc')
const readings = tagSet('rt rtc')
/** Elements in lines that are read for what hides them or cuts lines. */
const inline = tagSet(
  'a abbr b i strong em span u s small sub sup font code kbd samp var cite q mark ins del tt big bdi bdo data output strike dfn ruby rb',
)
/** What else is read for its attributes. */
const described = tagSet('script math img template')
/** Whose attributes are read, and as what. */
const attributeKinds = new Uint8Array(256)
const [ofBlock, inLine, ofOther] = [1, 2, 3]
for (let name = 0; name < blockTags.length; name++) {
  if (blockTags[name] === 1 || name === a) attributeKinds[name] = ofBlock
  else if (inline[name] === 1) attributeKinds[name] = inLine
  else if (described[name] === 1) attributeKinds[name] = ofOther
}
/** Elements that the end of a block around them ends: they may hold blocks, but not shield them. */
const fragile = tagSet('video audio canvas datalist')
/** Elements that stand for nothing between two letters. */
const airless = tagSet('script style template title noframes noembed datalist rp rt rtc')
/** What a row that is one block begins in. */
const rowParts = tagSet('tr td th')
/** Elements that are lines where they stand in `<pre>`. */
const preLines = tagSet('div li ol ul')
const preBit = bit('pre')
const hiddenBit = bit('hidden')
const articleBodyBit = bit('articleBody')

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
type FormulaSource = 'math' | 'image' | 'script'

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

  // The block being collected.
  #text = ''
  #node = 0
  /** Where its last text stands: in a row, the last cell. */
  #last = 0
  #gap = false
  /** Whether a line end was the last thing added; the text itself is not looked at, for that would copy it each time. */
  #broken = false
  #cell = false
  /** Whether the cell that is open, or was last, has given a block already: then the next one does not join it. */
  #cellIsCut = false
  /** Cells of the block as `Blocks.cells` has them, and the bars in its text. */
  #notesCells: boolean
  #cells: number[] = []
  #bars = 0
  #linkChars = 0
  #links = 0
  #boldChars = 0

  #link = false
  #linkDepth = 0
  #bold = 0
  /** The element whose content is passed over, and how many of that name are open. */
  #unseen = 0
  #unseenDepth = 0
  #unseenStart = 0
  #reason: Reason = 'element'
  /** Block elements open in it. */
  #unseenBlocks = 0
  #jsonLd = false
  #hiddenChars = 0

  /** Depth of `<ruby>`, the part of it that is open, and whether brackets stand around the readings that follow. */
  #ruby = 0
  #rubyPart = 0
  #brackets = false
  /** Whether it has no text yet. */
  #rubyIsEmpty = false
  /** Whether what was written last in it is a letter that is as wide as high. */
  #endsWide = false

  /** The formula being read, its last name, and how many `<math>` are open. */
  #math: MathReader | undefined
  #mathName = ''
  #mathDepth = 0
  #mathScript: '' | 'inline' | 'display' = ''
  /** The formula written last, unless text came since. */
  #lastFormula = ''
  #lastSource: FormulaSource = 'math'
  /** What a picture of a formula says, as long as its source may follow. */
  #picture = ''
  #pictureTex = ''

  /** Elements in lines that are shown as blocks: their names, and how many of the same name are open in the last. */
  #lineElements: number[] = []
  #lineDepth = 0
  /** Elements that are lines of the `<pre>` they stand in, by name. */
  #preLines: Int32Array = new Int32Array(256)

  // The tag being read.
  #tag = 0
  #classes = ''
  #hints = 0
  #href = false
  #start = 0
  #alt = ''
  #isShadowRoot = false
  #isShownAsBlock = false

  constructor(source: string, onTag: () => void, options: HtmlOptions, unclosed: ReadonlyMap<number, number>, dropsHidden: boolean) {
    this.#source = source
    this.#onTag = onTag
    this.#options = options
    this.#notesCells = options.cells === true
    this.#unclosed = unclosed
    this.#dropsHidden = dropsHidden
    this.page.nodes.add(html, -1, 0, 0)
  }

  run(): void {
    tokenizeHtml(this.#source, this, this.#options.xml)
    if (this.#unseen !== script && this.#unseen !== style) this.#noteUnclosed()
    this.#resolvePicture()
    this.#flush()
  }

  /** Whether more text is hidden in lines than shown. */
  get hidesMost(): boolean {
    if (this.#hiddenChars === 0) return false
    let shown = 0
    for (const text of this.page.blocks.texts) shown += text.length
    return this.#hiddenChars > hiddenShare * (shown + this.#hiddenChars)
  }

  #noteUnclosed(): void {
    if (this.#math !== undefined) this.hidesRest ??= { name: math, start: this.#start }
    else if (this.#unseen !== 0) this.hidesRest ??= { name: this.#unseen, start: this.#unseenStart }
  }

  openTag(start: number, end: number): boolean {
    this.#onTag()
    if (this.#math !== undefined) {
      this.#mathName = this.#source.slice(start, end).toLowerCase()
      if (this.#mathName === 'math') this.#mathDepth++
      this.#math.openTag(this.#mathName)
      return true
    }
    const name = tagAt(this.#source, start, end)
    this.#tag = name
    this.#start = start
    this.#classes = ''
    this.#hints = 0
    this.#href = false
    this.#alt = ''
    this.#isShadowRoot = this.#isShownAsBlock = false
    if (heads[name] === 1) {
      this.page.head.open()
      return true
    }
    if (name === math && (this.#unseen === 0 || this.#reason !== 'element') && !this.#isUnclosed(math)) {
      this.#math = new MathReader()
      this.#mathName = ''
      this.#mathDepth = 1
      return true
    }
    if (this.#unseen !== 0) return this.#unseen === select && name === textarea
    return attributeKinds[name] !== 0
  }

  #isUnclosed(name: number): boolean {
    return this.#start >= (this.#unclosed.get(name) ?? Number.POSITIVE_INFINITY)
  }

  attribute(start: number, end: number, valueStart: number, valueEnd: number): void {
    const source = this.#source
    if (this.#math !== undefined) {
      if (end - start <= 12)
        this.#math.attribute(source.slice(start, end).toLowerCase(), source.slice(valueStart, Math.min(valueEnd, valueStart + 20_000)))
      return
    }
    if (heads[this.#tag] === 1) {
      if (end - start <= 12) {
        this.page.head.attribute(source.slice(start, end).toLowerCase(), source.slice(valueStart, Math.min(valueEnd, valueStart + 2000)))
      }
      return
    }
    const kind = attributeKinds[this.#tag]!
    // Most attributes of elements in lines are of no interest, and lines have many elements.
    if (kind === inLine && end - start !== 5 && end - start !== 6) return
    const name = attributeAt(source, start, end)
    if (name === '') return
    if (kind !== ofBlock) {
      this.#inlineAttribute(name, valueStart, valueEnd)
      return
    }
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
      else if (name === 'itemprop' ? value === 'articleBody' : isHidden(name, value))
        this.#hints |= name === 'itemprop' ? articleBodyBit : name === 'style' ? hiddenBit | unshown : hiddenBit
    }
  }

  #inlineAttribute(name: string, start: number, end: number): void {
    if (name === 'class' && this.#tag !== img && (this.#tag !== span || !mayBePicture(this.#source.charCodeAt(start)))) return
    const value = this.#source.slice(start, Math.min(end, start + (name === 'alt' ? 20_000 : 300)))
    if (name === 'class') this.#classes = value
    else if (name === 'alt') this.#alt = value
    else if (name === 'hidden') this.#hints |= unshown
    else if (name === 'shadowrootmode') this.#isShadowRoot = /^(?:open|closed)$/i.test(value)
    else if (name === 'style') {
      if (isHidden(name, value)) this.#hints |= unshown
      else if (isShownAsBlock(value)) this.#isShownAsBlock = true
    } else if (name === 'type' && this.#tag === script) {
      this.#jsonLd = /ld\+json/i.test(value)
      if (/^\s*math\/tex/i.test(value)) this.#mathScript = /mode\s*=\s*display/i.test(value) ? 'display' : 'inline'
    }
  }

  openTagEnd(_: boolean, ends: boolean): void {
    if (this.#math === undefined) this.#enter(ends)
    else if (ends) this.#closeMath(this.#mathName || 'math')
  }

  #enter(ends: boolean): void {
    const name = this.#tag
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
      if (name === div && !ends && isPictureOfFormula(this.#classes)) {
        this.#hide(name, 'picture of a formula')
        return
      }
      this.#enterBlock(name)
      if (ends && voidTags[name] !== 1) this.#leave(name)
      return
    }
    if (rubyParts[name] === 1 && this.#ruby > 0) {
      this.#rubyPart = ends ? 0 : name
      if (readings[name] !== 1 || this.#brackets || ends) return
    }
    if (unseenTags[name] === 1 || (readings[name] === 1 && this.#ruby > 0)) {
      if (!ends && !this.#isShadowRoot && (!this.#isUnclosed(name) || name === title || name === select)) this.#hide(name, 'element')
      return
    }
    if (inline[name] === 1 && !ends && this.#enterInline(name)) return
    const { nodes } = this.page
    if (name === br) this.#break()
    else if (name === a) this.#enterLink()
    else if (name === img) this.#image()
    else if (name === input) nodes.inputs[this.#stack[this.#top]!]!++
    else if (name === option) this.#gap = true
    else if (name === ruby && !ends) {
      this.#ruby++
      this.#rubyPart = 0
      this.#brackets = false
      this.#rubyIsEmpty = true
    } else if (bold[name] === 1 && !ends) this.#bold++
  }

  /** Whether a start tag ends what is passed over although HTML asks for no end tag, or where none ever comes. */
  #endsUnseen(name: number): boolean {
    const unseen = this.#unseen
    if (readings[unseen] === 1 && this.#ruby > 0)
      return blockTags[name] === 1 || (rubyParts[name] === 1 && !(unseen === rtc && name === rt))
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
    this.#unseenStart = this.#start
    this.#reason = reason
    if (reason === 'element' && airless[name] !== 1) this.#gap = true
  }

  #see(): void {
    this.#unseen = 0
    this.#jsonLd = false
    this.#mathScript = ''
  }

  /** Whether an element in lines is passed over; one that is shown as a block begins a line. */
  #enterInline(name: number): boolean {
    if (this.#lineElements.length > 0 && this.#lineElements.at(-1) === name && !this.#isShownAsBlock) this.#lineDepth++
    if ((this.#hints & unshown) !== 0 && this.#dropsHidden && !this.#isUnclosed(name)) {
      this.#hide(name, 'hidden')
      return true
    }
    if (name === span && isPictureOfFormula(this.#classes) && (!/^katex/.test(this.#classes) || this.#lastFormula !== '')) {
      this.#hide(name, 'picture of a formula')
      return true
    }
    if (this.#isShownAsBlock && this.#lineElements.length < maxDepth) {
      this.#line()
      this.#lineElements.push(name)
      this.#lineDepth = 0
    }
    return false
  }

  #image(): void {
    this.page.nodes.images[this.#stack[this.#top]!]!++
    if (this.#alt === '') return
    if (isFormulaImage.test(this.#classes)) {
      this.#formula(tidyTex(decodeHTML(this.#alt)), /display/.test(this.#classes), 'image')
    } else if (this.#options.images === true && /\S/.test(this.#alt)) {
      this.#gap = true
      this.#inLine(decodeHTML(this.#alt).replace(/\s+/g, ' ').trim(), this.#stack[this.#top]!)
      this.#gap = true
    }
  }

  #closeMath(name: string): void {
    const read = this.#math!
    if (name !== 'math' || --this.#mathDepth > 0) {
      read.closeTag(name)
      return
    }
    this.#math = undefined
    if (this.#unseen !== 0 && this.#reason === 'picture of a formula') this.#pictureTex = read.tex
    else this.#formula(read.tex, read.isDisplay, 'math')
  }

  /** Write a formula, unless it repeats in another form what was just written. */
  #formula(tex: string, isDisplay: boolean, source: FormulaSource): void {
    if (tex === '' || (tex === this.#lastFormula && source !== this.#lastSource)) return
    this.#picture = this.#pictureTex = ''
    const node = this.#stack[this.#top]!
    if (isDisplay) {
      this.#line()
      this.#inLine(`$$${tex}$$`, node)
      this.#line()
    } else this.#inLine(`$${tex}$`, node)
    this.#lastFormula = tex
    this.#lastSource = source
  }

  /** Write what a picture of a formula says, since its source did not follow. */
  #resolvePicture(): void {
    const [picture, tex] = [this.#picture.trim(), this.#pictureTex]
    this.#picture = this.#pictureTex = ''
    if (tex !== '') this.#formula(tex, false, 'math')
    else if (picture !== '' && this.#lastFormula === '') this.#inLine(picture, this.#stack[this.#top]!)
  }

  #inLine(text: string, node: number): void {
    if (this.#text !== '' && this.#gap && !this.#broken && !this.#cell) this.#text += ' '
    this.#add(text, node)
    this.#gap = false
  }

  /** End the line, if there is anything on it. */
  #line(): void {
    if (this.#text === '' || this.#broken) return
    this.#text += '\n'
    this.#gap = false
    this.#broken = true
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
    if (preLines[name] === 1 && (nodes.hints[this.#stack[this.#top]!]! & preBit) !== 0) {
      this.#line()
      this.#preLines[name]!++
      return
    }
    this.#ruby = this.#rubyPart = 0
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
      this.#text !== '' &&
      this.#text.length < maxRowLength &&
      !this.#cellIsCut &&
      rowParts[nodes.tag[this.#node]!] === 1
    if (joins) {
      this.#node = parent
      this.#cell = true
    } else this.#flush()
    if (isCell) this.#cellIsCut = false
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
    } else if (readings[unseen] === 1 && this.#ruby > 0) isAround = name === ruby || blockTags[name] === 1
    else if (unseen === title) isAround = this.#isLate(title)
    else if (blockTags[name] === 1 && --this.#unseenBlocks < 0) {
      // "<div><video></div>": what ends around it ends it.
      isAround ||= (fragile[unseen] === 1 || this.#reason !== 'element') && this.#open[name]! > 0
      isAround ||= unseen === select && this.#isLate(select)
    }
    if (isAround) this.#see()
    return isAround
  }

  #leave(name: number): void {
    if (name === a) this.#link = false
    else if (bold[name] === 1) {
      if (this.#bold > 0) this.#bold--
    } else if (name === br) this.#break()
    else if (name === ruby) {
      if (this.#ruby > 0) this.#ruby--
      if (this.#endsWide) this.#gap = this.#endsWide = false
      this.#rubyPart = 0
    } else if (rubyParts[name] === 1) this.#rubyPart = 0
    else if (blockTags[name] === 1 && name !== html && name !== body) {
      if (preLines[name] === 1 && this.#preLines[name]! > 0 && (this.page.nodes.hints[this.#stack[this.#top]!]! & preBit) !== 0) {
        this.#preLines[name]!--
        this.#line()
        return
      }
      const isCell = name === cell || name === header
      if (!isCell || this.#text.length >= maxRowLength) this.#flush()
      this.#closeTo(name, name === table ? noScope : tableParts[name] === 1 ? tableScope : scopeTags)
    }
    if (this.#lineElements.length > 0 && this.#lineElements.at(-1) === name && --this.#lineDepth < 0) {
      this.#lineElements.pop()
      this.#lineDepth = 0
      this.#line()
    }
  }

  /** Close elements up to and with the innermost `name`, unless one of `scope` stands before it. */
  #closeTo(name: number, scope: Uint8Array): void {
    if (this.#open[name] === 0) return
    const { tag, hints } = this.page.nodes
    let at = this.#top
    for (; at > 0; at--) {
      const found = tag[this.#stack[at]!]!
      if (found === name) break
      if (scope[found] === 1) return
    }
    if (at === 0) return
    if (name !== cell && name !== header) this.#flush()
    for (; this.#top >= at; this.#top--) {
      const node = this.#stack[this.#top]!
      this.#open[tag[node]!]!--
      if ((hints[node]! & preBit) !== 0) this.#preLines.fill(0)
    }
    if (this.#lineElements.length > 0) this.#lineElements = []
    if (this.#link && this.#top < this.#linkDepth) this.#link = false
  }

  text(start: number, end: number): void {
    const source = this.#source
    if (this.#math !== undefined) {
      this.#math.text(decodeHTML(source.slice(start, end)))
      return
    }
    if (this.#unseen !== 0) {
      if (this.#unseen === title) this.page.head.titleText(source.slice(start, Math.min(end, start + 2000)))
      else if (this.#jsonLd) this.page.head.jsonLd(source.slice(start, Math.min(end, start + 200_000)))
      else if (this.#mathScript !== '') {
        if (end - start <= 20_000) this.#formula(tidyTex(source.slice(start, end)), this.#mathScript === 'display', 'script')
      } else if (this.#reason === 'hidden') this.#hiddenChars += source.slice(start, end).trim().length
      else if (this.#reason === 'picture of a formula' && this.#picture.length < 2000) {
        this.#picture += decodeHTML(source.slice(start, Math.min(end, start + 2000)))
      }
      return
    }
    const { nodes } = this.page
    const at = this.#stack[this.#top]!
    if ((nodes.hints[at]! & preBit) !== 0) {
      // The line end between two elements that are lines.
      if (this.#broken && this.#text !== '' && source.charCodeAt(start) === 10 && ++start === end) return
      this.#write(source.slice(start, end), at)
      this.#broken = source.charCodeAt(end - 1) === 10
      return
    }
    let from = start
    let to = end
    while (from < to && isSpace(source.charCodeAt(from))) from++
    if (from === to) {
      this.#gap = true
      return
    }
    while (isSpace(source.charCodeAt(to - 1))) to--
    if (this.#picture !== '' || this.#pictureTex !== '') this.#resolvePicture()
    if (from > start) this.#gap = true
    let text = source.slice(from, to)
    if (/[\t\n\f\r]| {2}/.test(text)) text = text.replace(/[ \t\n\f\r]+/g, ' ')
    if (this.#ruby > 0) this.#inRuby(text)
    if (this.#text !== '' && this.#gap && !this.#broken && !this.#cell) this.#text += ' '
    this.#write(text, at)
    this.#gap = to < end
  }

  cdata(start: number, end: number): void {
    if (this.#math !== undefined) this.#math.text(this.#source.slice(start, end))
    else if (this.#unseen === 0) {
      const text = this.#source.slice(start, end)
      if (text.trim() === '') this.#gap = true
      else {
        if (/^\s/.test(text)) this.#gap = true
        this.#inLine(
          (this.page.nodes.hints[this.#stack[this.#top]!]! & preBit) === 0 ? text.replace(/\s+/g, ' ').trim() : text,
          this.#stack[this.#top]!,
        )
        this.#gap = /\s$/.test(text)
      }
    } else if (this.#mathScript !== '') this.#formula(tidyTex(this.#source.slice(start, end)), this.#mathScript === 'display', 'script')
  }

  /** White space that lays out the source of `<ruby>` is none of the text; a bracket announces a reading that is kept. */
  #inRuby(text: string): void {
    if (this.#rubyPart === rp) this.#brackets = true
    else if (readings[this.#rubyPart] !== 1) this.#brackets = false
    if (!this.#rubyIsEmpty && (this.#rubyPart !== 0 || wideLetter.test(text))) this.#gap = false
    this.#rubyIsEmpty = false
    this.#endsWide = wideEnd.test(text)
  }

  #write(text: string, node: number): void {
    if (text.includes('&')) text = decodeHTML(text)
    // Marks that link a heading to itself.
    if (this.#link && (text === '¶' || text === '#' || text === '§')) return
    this.#add(text, node)
  }

  #add(text: string, node: number): void {
    this.#lastFormula = ''
    this.#last = node
    if (this.#notesCells) this.#noteCell(text, node)
    if (this.#text === '') this.#node = node
    else if (this.#cell) this.#text += ' | '
    this.#cell = this.#broken = false
    this.#text += text
    if (this.#link) this.#linkChars += text.length
    if (this.#bold > 0) this.#boldChars += text.length
  }

  #noteCell(text: string, node: number): void {
    if (this.#text === '') {
      this.#cells = [node]
      this.#bars = 0
    } else if (this.#cell) this.#cells.push(this.#bars++, node)
    this.#bars += text.split('|').length - 1
  }

  #flush(): void {
    if (this.#text !== '') {
      this.#cellIsCut = true
      const { nodes, blocks } = this.page
      const text = tidy(this.#text, (nodes.hints[this.#node]! & preBit) !== 0)
      if (text !== '') {
        if (this.#notesCells && this.#cells.length > 1) blocks.cells[blocks.count] = this.#cells
        blocks.add(text, this.#node, this.#linkChars, this.#links, this.#boldChars, this.#last)
      }
      this.#text = ''
    }
    this.#gap = this.#cell = this.#broken = false
    this.#linkChars = this.#links = this.#boldChars = 0
  }

  comment(): void {
    this.#onTag()
  }
}

/** Images of formulas whose alternative text is TeX: Wikipedia's of all times, WordPress's. */
const isFormulaImage = /(?:^|\s)(?:mwe-math-fallback-image-\w+|tex|latex|ql-img-\w+-formula)(?:\s|$)/
/** What KaTeX and MathJax draw beside a formula's source. */
const isPictureOfFormula = (classes: string): boolean =>
  classes.length >= 7 &&
  /^(?:katex-html|MathJax(?:_(?:Preview|Display|SVG|SVG_Display|CHTML|Processing|Processed))?|mjx-chtml|MJXc-display)(?:\s|$)/.test(classes)
/** Whether a class that begins so may be one of those. */
const mayBePicture = (code: number): boolean => code === 107 || code === 77 || code === 109
const wideLetter = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u
const wideEnd = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303f\uff00-\uff60]$/u

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
