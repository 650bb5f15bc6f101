import { decodeHTML } from 'entities'
import { pythonSpace, strip } from '../text/python.ts'
import { type HtmlHandler, tokenizeHtml } from './html_tokenizer.ts'

/** jusText's own defaults (core.py): lengths in characters, densities of stop words and of characters in links. */
const [lengthLow, lengthHigh, stopWordsLow, stopWordsHigh, maxLinkDensity, maxHeadingDistance] = [70, 200, 0.3, 0.32, 0.2, 200]

const list = (names: string): Set<string> => new Set(names.split(' '))
const paragraphTags = list(
  'body blockquote caption center col colgroup dd div dl dt fieldset form legend optgroup option p pre table td textarea tfoot th thead tr ul ' +
    'li h1 h2 h3 h4 h5 h6',
)
const voidTags = list('area base br col embed frame hr img input link meta param source track wbr')
/** Elements that its preprocessor takes away with all they hold, and those of which it keeps what they hold. */
const killed = list('head script style button input select textarea applet')
const unwrapped = list('form iframe embed layer object param')
/** Elements whose start ends an open one, as libxml2's HTML parser does it. */
const endsParagraph = list(
  'p div h1 h2 h3 h4 h5 h6 ul ol dl dt dd li table tr td th thead tbody tfoot form fieldset blockquote pre center address hr menu dir caption',
)
const endsHead = list(
  'a abbr acronym address b bdo big blockquote body br center cite code dd del dfn dir div dl dt em fieldset font form frameset h1 h2 h3 h4 h5 h6 hr ' +
    'i iframe img ins kbd li listing map menu ol p pre q s samp small span strike strong sub sup table tt u ul var xmp',
)

type Class = 'good' | 'neargood' | 'short' | 'bad'

interface Paragraph {
  text: string
  linkChars: number
  heading: boolean
  first: Class
  last: Class
}

/**
 * The main text of a page as jusText finds it (Pomikálek 2011; Python package justext 3.0): its paragraphs classified by length, links and the
 * share of words in `stopWords` (lower case), then by their neighbours. With no stop words, every paragraph counts as full of them: jusText's
 * way for languages without a list. Differs from the package only in how malformed HTML is repaired.
 */
export function justext(html: string, stopWords: ReadonlySet<string>, onTag: () => void = () => {}, xml = false): string {
  const paragraphs = cutParagraphs(html, onTag, xml)
  for (const paragraph of paragraphs) paragraph.first = paragraph.last = classify(paragraph, stopWords)
  revise(paragraphs)
  return paragraphs
    .filter(({ last }) => last === 'good')
    .map(({ text }) => text)
    .join('\n')
}

const space = new RegExp(`[${pythonSpace}]+`, 'g')
const normalize = (text: string): string => text.replace(space, (run) => (/[\n\r]/.test(run) ? '\n' : ' '))

/** Code points, which is what Python counts. */
function lengthOf(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) length--
  return length
}

function classify({ text, linkChars }: Paragraph, stopWords: ReadonlySet<string>): Class {
  const length = lengthOf(text)
  if (length > 0 && linkChars / length > maxLinkDensity) return 'bad'
  if (text.includes('\xa9') || text.includes('&copy')) return 'bad'
  if (length < lengthLow) return linkChars > 0 ? 'bad' : 'short'
  const words = text.split(space).filter((word) => word !== '')
  const found = stopWords.size === 0 ? words.length : words.filter((word) => stopWords.has(word.toLowerCase())).length
  const density = words.length === 0 ? 0 : found / words.length
  if (density >= stopWordsHigh) return length > lengthHigh ? 'good' : 'neargood'
  return density >= stopWordsLow ? 'neargood' : 'bad'
}

/** For each paragraph, the nearest class before (1) or after (-1) that decides: good or bad, or near-good where that counts; bad at the ends. */
function neighbours(paragraphs: readonly Paragraph[], step: 1 | -1, nearGood: boolean): Class[] {
  const found: Class[] = Array.from({ length: paragraphs.length }, () => 'bad')
  let nearest: Class = 'bad'
  for (let i = step === 1 ? 0 : paragraphs.length - 1; i >= 0 && i < paragraphs.length; i += step) {
    found[i] = nearest
    const { last } = paragraphs[i]!
    if (last === 'good' || last === 'bad' || (last === 'neargood' && nearGood)) nearest = last
  }
  return found
}

function revise(paragraphs: Paragraph[]): void {
  // Its first look for headings does nothing: it asks for the classes of later paragraphs before they are set.
  const [before, after] = [neighbours(paragraphs, 1, false), neighbours(paragraphs, -1, false)]
  const [nearBefore, nearAfter] = [neighbours(paragraphs, 1, true), neighbours(paragraphs, -1, true)]
  for (const [i, paragraph] of paragraphs.entries()) {
    if (paragraph.last !== 'short') continue
    if (before[i] === after[i]) paragraph.last = before[i]!
    else paragraph.last = (before[i] === 'bad' ? nearBefore : nearAfter)[i] === 'neargood' ? 'good' : 'bad'
  }
  const next = neighbours(paragraphs, -1, false)
  for (const [i, paragraph] of paragraphs.entries()) {
    if (paragraph.last !== 'neargood') continue
    // All before it are good or bad by now.
    paragraph.last = paragraphs[i - 1]?.last === 'good' || next[i] === 'good' ? 'good' : 'bad'
  }
  liftHeadings(paragraphs)
}

/** Headings that are not far before a good paragraph are good, if only their neighbours made them bad. */
function liftHeadings(paragraphs: Paragraph[]): void {
  for (const [i, paragraph] of paragraphs.entries()) {
    if (!paragraph.heading || paragraph.last !== 'bad' || paragraph.first === 'bad') continue
    let distance = 0
    for (let j = i + 1; j < paragraphs.length && distance <= maxHeadingDistance; j++) {
      if (paragraphs[j]!.last === 'good') {
        paragraph.last = 'good'
        break
      }
      distance += lengthOf(paragraphs[j]!.text)
    }
  }
}

/** Elements that an end tag does not reach through. */
const none = new Set<string>()
const cells = list('td th table')
const lists = list('ul ol menu dir td th table')
const definitions = list('dl td th table')
const rows = list('tr table')
const tables = list('table')
const selects = list('select')

/** Elements open at once; deeper ones are not followed. */
const maxDepth = 200

/** Text between the tags that jusText takes for borders, in one pass. */
function cutParagraphs(html: string, onTag: () => void, xml: boolean): Paragraph[] {
  const paragraphs: Paragraph[] = []
  const open: string[] = []
  const count = new Map<string, number>()
  let pieces = ''
  let linkChars = 0
  let heading = false
  let link = false
  let afterBreak = false
  let text = ''
  let name = ''
  let unseen = 0

  const howMany = (tag: string): number => count.get(tag) ?? 0
  const headings = (): number => ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].reduce((sum, tag) => sum + howMany(tag), 0)
  const endText = (): void => {
    if (text === '') return
    const piece = normalize(text)
    text = ''
    if (strip(piece) === '') return
    pieces += piece
    if (link) linkChars += lengthOf(piece)
    afterBreak = false
  }
  const endParagraph = (): void => {
    const whole = normalize(strip(pieces))
    if (whole !== '') paragraphs.push({ text: whole, linkChars, heading, first: 'bad', last: 'bad' })
    pieces = ''
    linkChars = 0
    heading = headings() > 0
  }
  const start = (tag: string): void => {
    endText()
    if (paragraphTags.has(tag) || (tag === 'br' && afterBreak)) endParagraph()
    else {
      afterBreak = tag === 'br'
      if (tag === 'br') pieces += ' '
      else if (tag === 'a') link = true
    }
  }
  const end = (tag: string): void => {
    endText()
    if (paragraphTags.has(tag)) endParagraph()
    if (tag === 'a') link = false
  }
  const push = (tag: string): void => {
    open.push(tag)
    count.set(tag, howMany(tag) + 1)
    if (killed.has(tag)) unseen++
    if (unseen === 0 && !unwrapped.has(tag)) start(tag)
  }
  const pop = (): void => {
    const tag = open.pop()!
    const seen = unseen === 0
    count.set(tag, howMany(tag) - 1)
    if (killed.has(tag)) unseen--
    if (seen && !unwrapped.has(tag)) end(tag)
  }
  const closeTo = (tag: string, barrier: ReadonlySet<string>): void => {
    if (howMany(tag) === 0) return
    let at = open.length - 1
    for (; at >= 0 && open[at] !== tag; at--) if (barrier.has(open[at]!)) return
    if (at >= 0) while (open.length > at) pop()
  }
  const enter = (closed: boolean): void => {
    onTag()
    if (howMany('head') > 0 && endsHead.has(name)) closeTo('head', none)
    if (endsParagraph.has(name)) closeTo('p', cells)
    if (name === 'li') closeTo('li', lists)
    else if (name === 'dt' || name === 'dd') {
      closeTo('dt', definitions)
      closeTo('dd', definitions)
    } else if (name === 'td' || name === 'th') {
      closeTo('td', rows)
      closeTo('th', rows)
    } else if (name === 'tr') closeTo('tr', tables)
    else if (name === 'a') closeTo('a', cells)
    else if (name === 'option') closeTo('option', selects)
    if (open.length >= maxDepth) return
    push(name)
    if (voidTags.has(name) || closed) pop()
  }
  const handler: HtmlHandler = {
    openTag(from, to) {
      name = to - from > 20 ? 'unknown' : html.slice(from, to).toLowerCase()
      return false
    },
    attribute() {},
    // libxml2 takes the slash at its word, on any element.
    openTagEnd: enter,
    closeTag(from, to) {
      onTag()
      const tag = html.slice(from, to).toLowerCase()
      if (tag !== 'html' && tag !== 'body' && !voidTags.has(tag)) closeTo(tag, tag === 'table' ? none : tables)
    },
    cdata(from, to) {
      if (unseen === 0) text += html.slice(from, to).replaceAll('\0', '')
    },
    text(from, to) {
      if (unseen > 0) return
      // HTML knows no NUL.
      const piece = html.slice(from, to).replaceAll('\0', '')
      text += piece.includes('&') ? decodeHTML(piece) : piece
    },
    comment: onTag,
  }
  tokenizeHtml(html, handler, xml)
  endText()
  endParagraph()
  return paragraphs
}
