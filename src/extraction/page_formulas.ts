import { decodeHTML } from 'entities'
import type { BlockText } from './block_text.ts'
import { MathReader, tidyTex } from './formulas.ts'

/** What a script holds that is a formula. */
export type MathScript = 'inline' | 'display' | 'asciimath'
type FormulaSource = 'math' | 'image' | 'script'

/** The formulas of a page: `<math>` as it is read, and pictures of formulas, which say something only where their source does not follow. */
export class PageFormulas {
  /** The `<math>` that is open. */
  #math: MathReader | undefined
  /** Its last name, and how many `<math>` are open. */
  #name = ''
  #depth = 0
  #lastSource: FormulaSource = 'math'
  /** Whether there is a picture of a formula whose source may follow, and what it says. */
  hasPicture = false
  #picture = ''
  #pictureTex = ''

  constructor(private readonly block: BlockText) {}

  openMath(): MathReader {
    this.#name = ''
    this.#depth = 1
    this.#math = new MathReader()
    return this.#math
  }

  openTag(name: string): void {
    this.#name = name
    if (name === 'math') this.#depth++
    this.#math!.openTag(name)
  }

  /** A formula that an end tag completes; without a name, the end of the tag that was opened last. */
  closeTag(name = this.#name || 'math'): MathReader | undefined {
    const read = this.#math!
    if (name !== 'math' || --this.#depth > 0) {
      read.closeTag(name)
      return undefined
    }
    this.#math = undefined
    return read
  }

  /** Write a formula, unless it repeats in another form what was just written. */
  write(tex: string, isDisplay: boolean, source: FormulaSource, node: number): void {
    const { block } = this
    if (tex === '' || (tex === block.formula && source !== this.#lastSource)) return
    this.#forgetPicture()
    if (isDisplay) {
      block.line()
      block.inLine(`$$${tex}$$`, node)
      block.line()
    } else block.inLine(`$${tex}$`, node)
    block.formula = tex
    this.#lastSource = source
  }

  /** A formula in a script that MathJax reads; AsciiMath stays as it is, in the marks that it is written in. */
  writeScript(source: string, kind: MathScript, node: number): void {
    if (kind === 'asciimath') {
      this.#forgetPicture()
      this.block.inLine(`\`${source.trim()}\``, node)
    } else this.write(tidyTex(source), kind === 'display', 'script', node)
  }

  pictureText(text: string): void {
    this.hasPicture = true
    if (this.#picture.length < 2000) this.#picture += text
  }

  pictureTex(tex: string): void {
    this.hasPicture = true
    this.#pictureTex = tex
  }

  #forgetPicture(): void {
    this.hasPicture = false
    this.#picture = this.#pictureTex = ''
  }

  /** Write what a picture of a formula says, since its source did not follow. */
  resolvePicture(node: number): void {
    const [picture, tex] = [this.#picture.trim(), this.#pictureTex]
    this.#forgetPicture()
    if (tex !== '') this.write(tex, false, 'math', node)
    else if (picture !== '' && this.block.formula === '') this.block.inLine(picture, node)
  }
}

/** Images of formulas: Wikipedia's of all times, WordPress's, and those of services that draw the TeX in their URL. */
const formulaClass = /(?:^|\s)(?:mwe-math-fallback-image-\w+|tex|latex|ql-img-\w+-formula)(?:\s|$)/
const drawnUrl =
  /(?:latex\.codecogs\.com\/[\w.]+|(?:mimetex|mathtex)\.cgi)\?(.+)$|\/latex\.php\?(?:[^#]*&)?latex=([^&#]+)|[?&]cht=tx&(?:[^#]*&)?chl=([^&#]+)/
const wikipediaUrl = /\/math\/render\//

/** The TeX of an image of a formula, from its alternative text or its URL; '' for any other image. */
export function texOfImage(classes: string, alt: string, src: string): string {
  if (formulaClass.test(classes) || wikipediaUrl.test(src)) {
    if (alt !== '') return tidyTex(decodeHTML(alt))
  } else if (!src.includes('?')) return ''
  const drawn = drawnUrl.exec(decodeHTML(src))
  return drawn ? tidyTex(unescaped((drawn[1] ?? drawn[2] ?? drawn[3])!)) : ''
}

function unescaped(part: string): string {
  try {
    return decodeURIComponent(part.replace(/\+/g, '%20'))
  } catch {
    return part
  }
}

/** What KaTeX and MathJax draw beside a formula's source. */
export const isPictureOfFormula = (classes: string): boolean =>
  classes.length >= 7 &&
  /^(?:katex-html|MathJax(?:_(?:Preview|Display|SVG|SVG_Display|CHTML|Processing|Processed))?|mjx-chtml|MJXc-display)(?:\s|$)/.test(classes)

/** Whether a class that begins so may be one of those. */
export const mayBePicture = (code: number): boolean => code === 107 || code === 77 || code === 109
