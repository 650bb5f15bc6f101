import { decodeHTML } from 'entities'
import { withoutUnseen } from './tidy_text.ts'

/** An element of MathML, or text in one. */
interface MathElement {
  name: string
  children: (MathElement | string)[]
  /** The encoding of an annotation, and what a table or fence says of itself. */
  attributes: Record<string, string>
}

const element = (name: string): MathElement => ({ name, children: [], attributes: {} })

/** Deeper elements are not followed, nor is what is longer than any formula (characters). */
const maxDepth = 100
const maxLength = 20_000

/** A `<math>` element as it is read, and the TeX it stands for. */
export class MathReader {
  readonly #root = element('math')
  #open: MathElement[] = [this.#root]
  #deeper = 0
  #length = 0

  attribute(name: string, value: string): void {
    this.#open.at(-1)!.attributes[name] ??= decodeHTML(value)
  }

  openTag(name: string): void {
    if (this.#open.length >= maxDepth) {
      this.#deeper++
      return
    }
    const child = element(name)
    this.#open.at(-1)!.children.push(child)
    this.#open.push(child)
  }

  closeTag(name: string): void {
    if (this.#deeper > 0) {
      this.#deeper--
      return
    }
    const at = this.#open.findLastIndex((open) => open.name === name)
    if (at > 0) this.#open.length = at
  }

  text(text: string): void {
    if ((this.#length += text.length) <= maxLength) this.#open.at(-1)!.children.push(text)
  }

  get isDisplay(): boolean {
    const { display, mode } = this.#root.attributes
    return display === 'block' || mode === 'display'
  }

  /** The formula as the page writes it in TeX, or as its elements read. */
  get tex(): string {
    return annotation(this.#root) || tidyTex(this.#root.attributes['alttext'] ?? '') || tidyTex(row(texts(this.#root.children)))
  }
}

/** TeX on one line, without what only tells how to set it: "{\displaystyle x}" → "x". */
export function tidyTex(tex: string): string {
  const line = withoutUnseen(tex)
    .replace(/(?<!\\)%[^\n]*(?:\n|$)/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  const inner = /^\$\$?([^$]+)\$\$?$/.exec(line)?.[1] ?? /^\\[([](.*)\\[)\]]$/.exec(line)?.[1] ?? line
  const style = /^\{\s*\\(?:display|text|script)style\b\s*(.*)\}$/.exec(inner.trim())?.[1]
  return (style !== undefined && isBalanced(style) ? style : inner).trim()
}

/** Whether no brace ends what began before. */
function isBalanced(tex: string): boolean {
  let depth = 0
  for (const [mark] of tex.matchAll(/\\.|[{}]/g)) {
    if (mark === '{') depth++
    else if (mark === '}' && --depth < 0) return false
  }
  return depth === 0
}

function annotation({ name, children, attributes }: MathElement): string {
  if (name === 'annotation') return /^application\/x-tex|^(?:la)?tex\b/i.test(attributes['encoding'] ?? '') ? tidyTex(plain(children)) : ''
  for (const child of children) {
    const found = typeof child === 'string' ? '' : annotation(child)
    if (found !== '') return found
  }
  return ''
}

const plain = (children: readonly (MathElement | string)[]): string =>
  children.map((child) => (typeof child === 'string' ? child : plain(child.children))).join('')

const texts = (children: readonly (MathElement | string)[]): string[] =>
  children.map((child) => (typeof child === 'string' ? child.trim() : texOf(child)))

const row = (all: readonly string[]): string =>
  all
    .filter((tex) => tex !== '')
    // A command must not run into the letter behind it.
    .reduce((all, tex) => (/\\[A-Za-z]+$/.test(all) && /^[A-Za-z]/.test(tex) ? `${all} ${tex}` : all + tex), '')

/** A part of a formula as an argument; one character needs no braces where it is a base. */
const group = (tex: string): string => `{${tex}}`
const base = (tex: string): string => (/^(?:.|\\[A-Za-z]+)$/su.test(tex) ? tex : group(tex))

const functions = new Set(
  'arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim liminf limsup ln log max min Pr sec sin sinh sup tan tanh'.split(
    ' ',
  ),
)
const marks: Record<string, string> = {
  '^': '\\hat',
  ˆ: '\\hat',
  '¯': '\\overline',
  '‾': '\\overline',
  '―': '\\overline',
  '→': '\\vec',
  '⃗': '\\vec',
  '˙': '\\dot',
  '¨': '\\ddot',
  '~': '\\tilde',
  '˜': '\\tilde',
  '⏞': '\\overbrace',
}

/** A base with pairs of lower and upper scripts behind it, and after `mprescripts` before it: "{}_{6}^{12}C". */
function multiscripts(children: readonly (MathElement | string)[], all: readonly string[]): string {
  const parts = all.flatMap((tex, i) => {
    const child = children[i]!
    return typeof child === 'string' ? [] : [{ name: child.name, tex }]
  })
  const at = parts.findIndex(({ name }) => name === 'mprescripts')
  const scripts = (from: number, to: number): string => {
    let tex = ''
    for (let i = from; i < to; i += 2) {
      if (i > from) tex += '{}'
      if (parts[i]!.tex !== '') tex += `_${group(parts[i]!.tex)}`
      if (i + 1 < to && parts[i + 1]!.tex !== '') tex += `^${group(parts[i + 1]!.tex)}`
    }
    return tex
  }
  const before = at < 0 ? '' : scripts(at + 1, parts.length)
  return `${before === '' ? '' : `{}${before}`}${base(parts[0]?.tex ?? '')}${scripts(1, at < 0 ? parts.length : at)}`
}

const escaped = (text: string): string => text.replace(/[{}#$%&_]/g, '\\$&')
const operators = /^[∑∏∐∫∬∭∮⋃⋂⋁⋀⨁⨂⨀]$|^\\(?:lim|max|min|sup|inf|limsup|liminf|gcd|det)$/

function texOf({ name, children, attributes }: MathElement): string {
  // Each child is looked at once, or time would double with every level.
  const all = texts(children)
  // Elements that no text stands between; an empty one is an argument too.
  const parts = all.filter((_, i) => typeof children[i] !== 'string')
  const [first = '', second = '', third = ''] = parts
  switch (name) {
    case 'mi': {
      const text = plain(children).trim()
      if (functions.has(text)) return `\\${text}`
      return [...text].length > 1 && /^[A-Za-z]+$/.test(text) ? `\\mathrm{${text}}` : escaped(text)
    }
    case 'mo':
      return escaped(plain(children).trim()).replace(/[\u2061-\u2064]/g, '')
    case 'mn':
      return escaped(plain(children).trim())
    case 'ms':
    case 'mtext': {
      const text = escaped(plain(children).replace(/\s+/g, ' '))
      return text.trim() === '' ? '' : `\\text{${text}}`
    }
    case 'mspace':
      return ' '
    case 'mfrac':
      return `\\frac{${first}}{${second}}`
    case 'msqrt':
      return `\\sqrt{${row(all)}}`
    case 'mroot':
      return `\\sqrt[${second}]{${first}}`
    case 'msub':
      return `${base(first)}_${group(second)}`
    case 'msup':
      return `${base(first)}^${group(second)}`
    case 'msubsup':
    case 'munderover':
      return `${base(first)}_${group(second)}^${group(third)}`
    case 'mmultiscripts':
      return multiscripts(children, all)
    case 'munder':
      return operators.test(first) ? `${first}_${group(second)}` : `\\underset{${second}}{${first}}`
    case 'mover':
      if (operators.test(first)) return `${first}^${group(second)}`
      return second in marks ? `${marks[second]}{${first}}` : `\\overset{${second}}{${first}}`
    case 'mtable':
      return `\\begin{matrix}${parts.join(' \\\\ ')}\\end{matrix}`
    case 'mtr':
    case 'mlabeledtr':
      return parts.join(' & ')
    case 'mfenced': {
      const { open = '(', close = ')', separators = ',' } = attributes
      return `${escaped(open)}${parts.join(separators.trim().slice(0, 1))}${escaped(close)}`
    }
    case 'mphantom':
    case 'annotation':
    case 'annotation-xml':
      return ''
    case 'semantics':
      return first
    default:
      return row(all)
  }
}
