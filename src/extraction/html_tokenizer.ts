import { ForeignContent } from './foreign_content.ts'

/** What a page is made of, in order. Positions are indices into the page; nothing is decoded or copied. */
export interface HtmlHandler {
  /** A start tag; its attributes follow only if the answer is true. */
  openTag(start: number, end: number): boolean
  /** An attribute of the start tag; without a value, `valueStart` and `valueEnd` are equal. */
  attribute(start: number, end: number, valueStart: number, valueEnd: number): void
  /** The end of the start tag: whether it is "/>", and whether that ends the element, as it does in XML, SVG and MathML. */
  openTagEnd(slash: boolean, ends: boolean): void
  /** An end tag. Where HTML ends SVG or MathML without one, the name is that of the element's start tag. */
  closeTag(start: number, end: number): void
  /** Text between tags, entities as they stand; of `<script>` and the like, what is in them. */
  text(start: number, end: number): void
  /** The content of a CDATA section: text without entities. */
  cdata(start: number, end: number): void
  /** A comment, a doctype, or what browsers take for a comment. */
  comment(): void
}

/** Elements whose content is no markup. */
const rawNames = new Set(['script', 'style', 'title', 'textarea', 'xmp', 'iframe', 'noembed', 'noframes', 'plaintext'])
/** The longest of those, and of the elements that the tokenizer has to know besides. */
const longestName = 9
/** The first two letters of those and of `svg`, `math`, `noscript`, in any case. */
const knownBeginnings = new Uint8Array(1024)
const beginning = (text: string, at: number): number => ((text.charCodeAt(at) & 31) << 5) | (text.charCodeAt(at + 1) & 31)
for (const name of [...rawNames, 'svg', 'math', 'noscript']) knownBeginnings[beginning(name, 0)] = 1
/** Where these do not end, browsers show nothing of the page that follows; it is read as markup instead. */
const mayStayOpen = new Set(['title', 'textarea', 'iframe', 'noembed', 'noframes'])

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13 && code !== 11)
const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90)

/**
 * Cut an HTML page into tags, text and comments as browsers do (WHATWG HTML §13.2.5, without the tree). It jumps from one delimiter to the
 * next and never looks back, so time is linear in the length of the page whatever is unclosed in it. With `xml`, "/>" ends any element and
 * CDATA sections are text, as in XHTML; all else stays as lenient as in HTML.
 */
export function tokenizeHtml(html: string, handler: HtmlHandler, xml = false): void {
  new Tokenizer(html, handler, xml).read(0, html.length)
}

class Tokenizer {
  #html: string
  #handler: HtmlHandler
  #xml: boolean
  #limit = 0
  #foreign = new ForeignContent()
  /** End tags of raw text and `noscript` that do not come any more from here on, up to the limit. */
  #missing = new Map<string, number>()
  /** Whether comments in scripts are still looked at. */
  #escapes = true

  constructor(html: string, handler: HtmlHandler, xml: boolean) {
    this.#html = html
    this.#handler = handler
    this.#xml = xml
  }

  read(from: number, to: number): void {
    const html = this.#html
    const handler = this.#handler
    this.#limit = to
    let textStart = from
    let at = from
    while (at < to) {
      const open = html.indexOf('<', at)
      if (open < 0 || open >= to) break
      const code = html.charCodeAt(open + 1)
      if (isLetter(code)) {
        if (open > textStart) handler.text(textStart, open)
        at = textStart = this.#startTag(open + 1)
      } else if (code === 47) {
        const next = html.charCodeAt(open + 2)
        if (Number.isNaN(next)) break
        if (open > textStart) handler.text(textStart, open)
        if (isLetter(next)) {
          const end = nameEnd(html, open + 2)
          const close = tagEnd(html, end)
          if (close < 0 || close > to) return
          if (this.#foreign.depth > 0) this.#foreign.endTag(html, open + 2, end, handler)
          handler.closeTag(open + 2, end)
          at = textStart = close
        } else {
          if (next !== 62) handler.comment()
          at = textStart = this.#after('>', open + 2)
        }
      } else if (code === 33 || code === 63) {
        if (open > textStart) handler.text(textStart, open)
        at = textStart = this.#declaration(open, code)
      } else at = open + 1
    }
    if (textStart < to) handler.text(textStart, to)
  }

  /** Where the text goes on behind the next `mark`: at the limit where there is none. */
  #after(mark: string, from: number): number {
    const at = this.#find(mark, from)
    return at < 0 ? this.#limit : at + mark.length
  }

  #find(mark: string, from: number): number {
    const html = this.#html
    if (this.#limit === html.length) return html.indexOf(mark, from)
    const at = html.slice(from, this.#limit).indexOf(mark)
    return at < 0 ? at : from + at
  }

  /** A comment, a doctype, a processing instruction or a CDATA section, which begins with "<!" or "<?". */
  #declaration(open: number, code: number): number {
    const html = this.#html
    if (code === 63) {
      this.#handler.comment()
      return this.#after(this.#xml ? '?>' : '>', open + 2)
    }
    if (html.startsWith('--', open + 2)) {
      this.#handler.comment()
      return commentEnd(html, open + 4, this.#limit)
    }
    if ((this.#xml || this.#foreign.isForeign) && html.startsWith('[CDATA[', open + 2)) {
      const end = this.#find(']]>', open + 9)
      const stop = end < 0 ? this.#limit : end
      if (stop > open + 9) this.#handler.cdata(open + 9, stop)
      return end < 0 ? stop : end + 3
    }
    this.#handler.comment()
    return this.#after('>', open + 2)
  }

  /** Read a start tag whose name begins at `start`; gives where the text goes on. An unfinished tag at the end of the page is dropped. */
  #startTag(start: number): number {
    const html = this.#html
    const handler = this.#handler
    const foreign = this.#foreign
    const end = nameEnd(html, start)
    if (foreign.depth > 0) foreign.breakOut(html, start, end, handler)
    const readsAttributes = handler.openTag(start, end)
    const found = attributes(html, end, readsAttributes ? handler : undefined)
    if (found < 0 || found >> 1 > this.#limit) return this.#limit
    const slash = (found & 1) === 1
    const next = found >> 1
    const isForeign = foreign.isForeign
    const ends = slash && (this.#xml || isForeign)
    handler.openTagEnd(slash, ends)
    if (ends) return next
    if (isForeign) {
      foreign.push(html, start, end, next)
      return next
    }
    if (knownBeginnings[beginning(html, start)] !== 1 || end - start > longestName || end - start < 3) return next
    const name = html.slice(start, end).toLowerCase()
    if (name === 'svg' || name === 'math') {
      // Here the slash counts, since the element is one of SVG or MathML itself.
      if (!slash) foreign.push(html, start, end, next)
      return next
    }
    if (name === 'noscript') return this.#noscript(next)
    return rawNames.has(name) ? this.#rawText(name, next) : next
  }

  /**
   * Browsers that run scripts take all up to the end tag for text. So what is unclosed in it ends with it: "<noscript><iframe src=x /></noscript>".
   */
  #noscript(from: number): number {
    const limit = this.#limit
    const end = this.#endTag('noscript', from)
    if (end < 0) return from
    const depth = this.#foreign.depth
    const missing = this.#missing
    this.#missing = new Map()
    this.read(from, end)
    this.#missing = missing
    this.#foreign.popTo(depth, this.#handler)
    this.#limit = limit
    return end
  }

  /** Where the next end tag of `name` begins, or -1. */
  #endTag(name: string, from: number): number {
    if (from >= (this.#missing.get(name) ?? Number.POSITIVE_INFINITY)) return -1
    const html = this.#html
    for (let at = html.indexOf('</', from); at >= 0 && at < this.#limit; at = html.indexOf('</', at + 2))
      if (isNameAt(html, at + 2, name)) return at
    this.#missing.set(name, from)
    return -1
  }

  /** Pass over the content of an element that holds no markup; gives where its end tag begins. */
  #rawText(name: string, from: number): number {
    let end = name === 'plaintext' ? -1 : this.#endTag(name, from)
    if (end < 0 && mayStayOpen.has(name)) return from
    if (end < 0) end = this.#limit
    else if (name === 'script') end = this.#scriptEnd(from, end)
    if (end > from) this.#handler.text(from, end)
    return end
  }

  /**
   * Where a script ends whose first end tag stands at `end`: "<!-- <script> </script> -->" belongs to it (WHATWG HTML §13.2.5.17, script data
   * double escaped state). Where that leads to no end, the first end tag is it.
   */
  #scriptEnd(from: number, end: number): number {
    const html = this.#html
    const first = end
    let at = from
    while (this.#escapes) {
      const comment = html.slice(at, end).indexOf('<!--')
      if (comment < 0) return end
      // "<!-->" is a whole comment.
      at += comment + 2
      for (;;) {
        const close = html.slice(at, end).indexOf('-->')
        const isNested = this.#nestedScript(at, close < 0 ? end : at + close)
        if (close >= 0) {
          at += close + 3
          break
        }
        if (!isNested) return end
        at = end + 8
        end = this.#endTag('script', at)
        if (end < 0) this.#escapes = false
        if (end < 0) return first
      }
    }
    return first
  }

  #nestedScript(from: number, to: number): boolean {
    const html = this.#html
    for (let at = html.indexOf('<', from); at >= 0 && at < to; at = html.indexOf('<', at + 1))
      if (isNameAt(html, at + 1, 'script')) return true
    return false
  }
}

function isNameAt(html: string, start: number, name: string): boolean {
  const end = start + name.length
  const code = html.charCodeAt(end)
  return (code === 62 || code === 47 || isSpace(code)) && html.slice(start, end).toLowerCase() === name
}

function commentEnd(html: string, from: number, limit: number): number {
  if (html.charCodeAt(from) === 62) return from + 1
  if (html.startsWith('->', from)) return from + 2
  for (let at = html.indexOf('--', from); at >= 0 && at + 2 < limit; at = html.indexOf('--', at + 1)) {
    const code = html.charCodeAt(at + 2)
    if (code === 62) return at + 3
    if (code === 33 && html.charCodeAt(at + 3) === 62) return at + 4
  }
  return limit
}

function nameEnd(html: string, from: number): number {
  let at = from
  for (; at < html.length; at++) {
    const code = html.charCodeAt(at)
    if (code === 62 || code === 47 || isSpace(code)) break
  }
  return at
}

/** Behind the `>` that ends a tag, with quotes passed over; -1 where the page ends before. */
function tagEnd(html: string, from: number): number {
  const end = attributes(html, from, undefined)
  return end < 0 ? -1 : end >> 1
}

/** Read attributes up to the end of the tag: twice where it ends, plus one for "/>"; -1 where the page ends before. */
function attributes(html: string, from: number, handler: HtmlHandler | undefined): number {
  const length = html.length
  let at = from
  let slash = false
  while (at < length) {
    const code = html.charCodeAt(at)
    if (code === 62) return 2 * (at + 1) + (slash ? 1 : 0)
    if (code === 47 || isSpace(code)) {
      slash = code === 47
      at++
      continue
    }
    slash = false
    const start = at++
    for (; at < length; at++) {
      const next = html.charCodeAt(at)
      if (next === 61 || next === 62 || next === 47 || isSpace(next)) break
    }
    const end = at
    while (at < length && isSpace(html.charCodeAt(at))) at++
    if (html.charCodeAt(at) !== 61) {
      handler?.attribute(start, end, end, end)
      continue
    }
    at++
    while (at < length && isSpace(html.charCodeAt(at))) at++
    const quote = html.charCodeAt(at)
    if (quote === 34 || quote === 39) {
      const close = html.indexOf(quote === 34 ? '"' : "'", at + 1)
      if (close < 0) return -1
      handler?.attribute(start, end, at + 1, close)
      at = close + 1
    } else {
      const value = at
      for (; at < length; at++) {
        const next = html.charCodeAt(at)
        if (next === 62 || isSpace(next)) break
      }
      handler?.attribute(start, end, value, at)
    }
  }
  return -1
}
