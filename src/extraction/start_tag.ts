import { attributeKinds, inLine, ofBlock } from './block_tags.ts'
import { attributeAt, isHidden, isShownAsBlock } from './html_attributes.ts'
import { bit, classHints, roleHints, tag, unshown } from './html_tags.ts'
import { type MathScript, mayBePicture } from './page_formulas.ts'

const img = tag('img')
const script = tag('script')
const span = tag('span')
const hiddenBit = bit('hidden')
const articleBodyBit = bit('articleBody')

/** A start tag, and what its attributes say. */
export class StartTag {
  name = 0
  start = 0
  classes = ''
  hints = 0
  href = false
  alt = ''
  src = ''
  isShadowRoot = false
  isShownAsBlock = false
  /** What the script that is open holds; the end of the script resets it. */
  jsonLd = false
  mathScript: '' | MathScript = ''
  /** Attributes so far: of those that repeat, the first counts (WHATWG HTML 13.2.5.33). */
  readonly #names: string[] = []

  begin(name: number, start: number): void {
    this.name = name
    this.start = start
    this.classes = ''
    this.hints = 0
    this.href = false
    this.alt = this.src = ''
    this.#names.length = 0
    this.isShadowRoot = this.isShownAsBlock = false
  }

  attribute(source: string, start: number, end: number, valueStart: number, valueEnd: number): void {
    const kind = attributeKinds[this.name]!
    // Most attributes of elements in lines are of no interest, and lines have many elements.
    if (kind === inLine && end - start !== 5 && end - start !== 6) return
    const name = attributeAt(source, start, end)
    if (name === '' || this.#names.includes(name)) return
    this.#names.push(name)
    if (kind !== ofBlock) {
      this.#inlineAttribute(source, name, valueStart, valueEnd)
      return
    }
    const valueStop = Math.min(valueEnd, valueStart + 300)
    if (name === 'class' || name === 'id') {
      if (name === 'class') this.classes = source.slice(valueStart, valueStop)
      // The id of a heading is often all its words.
      if (name === 'class' || !/-[^-]+-[^-]+-[^-]+-/.test(source.slice(valueStart, valueStop)))
        this.hints |= classHints(source, valueStart, valueStop)
    } else if (name === 'href') this.href = true
    else if (name === 'hidden') this.hints |= hiddenBit | unshown
    else {
      const value = source.slice(valueStart, valueStop)
      if (name === 'role') this.hints |= roleHints(value)
      else if (name === 'itemprop' ? value === 'articleBody' : isHidden(name, value))
        this.hints |= name === 'itemprop' ? articleBodyBit : name === 'style' ? hiddenBit | unshown : hiddenBit
    }
  }

  #inlineAttribute(source: string, name: string, start: number, end: number): void {
    if (name === 'class' && this.name !== img && (this.name !== span || !mayBePicture(source.charCodeAt(start)))) return
    const value = source.slice(start, Math.min(end, start + (name === 'alt' ? 20_000 : name === 'src' ? 2000 : 300)))
    if (name === 'class') this.classes = value
    else if (name === 'alt') this.alt = value
    else if (name === 'src') this.src = value
    else if (name === 'hidden') this.hints |= unshown
    else if (name === 'shadowrootmode') this.isShadowRoot = /^(?:open|closed)$/i.test(value)
    else if (name === 'style') {
      if (isHidden(name, value)) this.hints |= unshown
      else if (isShownAsBlock(value)) this.isShownAsBlock = true
    } else if (name === 'type' && this.name === script) {
      this.jsonLd = /ld\+json/i.test(value)
      if (/^\s*math\/tex/i.test(value)) this.mathScript = /mode\s*=\s*display/i.test(value) ? 'display' : 'inline'
      else if (/^\s*math\/asciimath/i.test(value)) this.mathScript = 'asciimath'
    }
  }
}
