const list = (names: string): Set<string> => new Set(names.split(' '))

/** HTML elements whose start tag ends SVG and MathML around it (WHATWG HTML §13.2.6.5). */
const breakouts = list(
  'b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ruby s small ' +
    'span strong strike sub sup table tt u ul var',
)
/** Blocks: no formula holds one, so they end the text of an unclosed formula too. */
const blocks = list('blockquote dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table ul')
/** Elements of MathML in which HTML may stand: text integration points. */
const mathText = list('mi mo mn ms mtext')
/** Elements of SVG in which HTML may stand. */
const svgHtml = list('foreignobject desc title')

/** Hears of end tags that the page leaves out. */
interface EndTagReader {
  closeTag(start: number, end: number): void
}

type Kind = 'svg' | 'math' | 'html' | 'text'

interface ForeignElement {
  name: string
  kind: Kind
  /** Where its name stands in the page. */
  start: number
  end: number
}

/** Deeper elements are not followed; real drawings and formulas hardly have ten. */
const maxDepth = 200

/**
 * The open elements of SVG and MathML. In them, "/>" ends an element, none holds raw text, and CDATA sections are text, but not where HTML
 * stands in them again (`foreignObject`, `mtext`).
 */
export class ForeignContent {
  depth = 0
  /** Whether the rules of SVG and MathML hold. */
  isForeign = false
  #open: ForeignElement[] = []

  /** An element that begins, unless its tag ended it; attributes stand up to `tagEnd`. */
  push(html: string, start: number, end: number, tagEnd: number): void {
    if (this.depth >= maxDepth) return
    const name = html.slice(start, end).toLowerCase()
    const around = this.#open[this.depth - 1]?.kind
    let kind: Kind
    if (around === 'svg') kind = svgHtml.has(name) ? 'html' : 'svg'
    else if (around === 'math') {
      const isHtml =
        name === 'annotation-xml' && /encoding\s*=\s*["']?(?:text\/html|application\/xhtml\+xml)/i.test(html.slice(end, tagEnd))
      kind = mathText.has(name) ? 'text' : isHtml ? 'html' : name === 'svg' ? 'svg' : 'math'
    } else kind = name === 'svg' ? 'svg' : 'math'
    this.#open[this.depth++] = { name, kind, start, end }
    this.#look()
  }

  /** A start tag that only HTML knows ends what is open, up to where HTML may stand. */
  breakOut(html: string, start: number, end: number, handler: EndTagReader): void {
    if (end - start > 10) return
    const name = html.slice(start, end).toLowerCase()
    if (this.#open[this.depth - 1]?.kind === 'text') {
      if (!blocks.has(name)) return
      this.#pop(handler)
      this.#look()
    }
    if (!this.isForeign) return
    const isBreakout = breakouts.has(name) || (name === 'font' && /^[^>]*\s(?:color|face|size)[\s=/>]/i.test(html.slice(end, end + 300)))
    if (isBreakout) this.#popWhile(handler)
  }

  /** An end tag ends its element here, or, where none has its name, all that is open around it. */
  endTag(html: string, start: number, end: number, handler: EndTagReader): void {
    const name = html.slice(start, end).toLowerCase()
    let isInHtml = false
    for (let at = this.depth - 1; at >= 0; at--) {
      const found = this.#open[at]!
      // "<svg><a><foreignObject><a></a>": what stands in HTML ends there.
      if (found.name === name && (!isInHtml || name === 'svg' || name === 'math')) {
        this.popTo(at + 1, handler)
        this.depth = at
        this.#look()
        return
      }
      isInHtml ||= found.kind === 'html' || found.kind === 'text'
    }
    if (name === 'body' || name === 'html') this.popTo(0, handler)
    else if (this.isForeign) this.#popWhile(handler)
  }

  /** End all but the outermost `depth` elements. */
  popTo(depth: number, handler: EndTagReader): void {
    while (this.depth > depth) this.#pop(handler)
    this.#look()
  }

  #popWhile(handler: EndTagReader): void {
    while (this.isForeign) {
      this.#pop(handler)
      this.#look()
    }
  }

  #pop(handler: EndTagReader): void {
    const { start, end } = this.#open[--this.depth]!
    handler.closeTag(start, end)
  }

  #look(): void {
    const kind = this.#open[this.depth - 1]?.kind
    this.isForeign = kind === 'svg' || kind === 'math'
  }
}
