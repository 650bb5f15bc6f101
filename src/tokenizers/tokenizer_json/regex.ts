import { boundary, classes, classesOutside, escapeInClass, escapeOutside, property, variants } from './classes.ts'

/** What is in force where a part of a pattern stands: `(?i)`, `(?m)` and `(?x)`. */
interface Flags {
  ignoreCase: boolean
  dotAll: boolean
  extended: boolean
}

/**
 * A pattern of Oniguruma (syntax "Oniguruma", as the onig crate has it) as a JavaScript one, global and with flag `v`.
 * Node 20 knows neither `(?i:…)` nor atomic groups: the former become classes of both cases, the latter look ahead and repeat what they saw.
 * Throws a SyntaxError for what JavaScript cannot do.
 */
export const oniguruma = (pattern: string): RegExp => new RegExp(new Translation(pattern).write(), 'gv')

class Translation {
  readonly #pattern: string[]
  #at = 0
  #atomic = 0
  #captures = 0
  readonly #refersBack: boolean

  constructor(pattern: string) {
    this.#pattern = [...pattern]
    this.#refersBack = /\\[1-9]/.test(pattern)
  }

  write(): string {
    const written = this.#alternatives({ ignoreCase: false, dotAll: false, extended: false })
    if (this.#at < this.#pattern.length) throw new SyntaxError('unmatched )')
    return written
  }

  #peek(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#pattern[this.#at + i] !== text[i]) return false
    return true
  }

  #take(text: string): boolean {
    if (!this.#peek(text)) return false
    this.#at += text.length
    return true
  }

  /** Everything up to a closing parenthesis or the end. */
  #alternatives(flags: Flags): string {
    let written = ''
    while (this.#at < this.#pattern.length && !this.#peek(')')) {
      if (this.#take('|')) written += '|'
      else if (flags.extended && /\s/.test(this.#pattern[this.#at]!)) this.#at++
      else if (flags.extended && this.#take('#')) this.#skipTo('\n')
      else written += this.#repeated(this.#atom(flags))
    }
    return written
  }

  #skipTo(end: string): void {
    while (this.#at < this.#pattern.length && this.#pattern[this.#at] !== end) this.#at++
    this.#at++
  }

  #repeated(atom: string): string {
    let written = atom
    for (let times = this.#times(); times !== undefined; times = this.#times()) {
      // what is repeated twice is a group to JavaScript
      const inner = written === atom ? atom : `(?:${written})`
      if (this.#take('?')) written = /^\{\d+\}$/.test(times) ? `(?:${inner}${times})?` : `${inner}${times}?`
      else if (!times.startsWith('{') && this.#take('+')) written = this.#atomically(`${inner}${times}`)
      else written = `${inner}${times}`
    }
    return written
  }

  #times(): string | undefined {
    for (const sign of ['?', '*', '+']) if (this.#take(sign)) return sign
    if (!this.#peek('{')) return undefined
    const rest = this.#pattern.slice(this.#at, this.#at + 24).join('')
    const found = /^\{(\d*)(,?)(\d*)\}/.exec(rest)
    if (!found || (found[1] === '' && found[3] === '')) return undefined
    this.#at += found[0].length
    return `{${found[1] || '0'}${found[2]}${found[3]}}`
  }

  #atomically(inner: string): string {
    const name = `atomic${this.#atomic++}`
    return `(?:(?=(?<${name}>${inner}))\\k<${name}>)`
  }

  #atom(flags: Flags): string {
    const character = this.#pattern[this.#at++]!
    if (character === '(') return this.#group(flags)
    if (character === '[') return this.#class(flags.ignoreCase)
    if (character === '\\') return this.#escape(flags)
    if (character === '.') return flags.dotAll ? '[^]' : '[^\\n]'
    // lines, never the whole text; a line feed at the very end begins no line
    if (character === '^') return '(?:(?<![^\\n])(?!(?<=\\n)(?![^])))'
    if (character === '$') return '(?![^\\n])'
    return literal(character, flags.ignoreCase)
  }

  #group(flags: Flags): string {
    if (this.#take('?#')) {
      this.#skipTo(')')
      return '(?:)'
    }
    for (const kind of ['?:', '?=', '?!', '?<=', '?<!']) if (this.#take(kind)) return `(${kind}${this.#closed(flags)})`
    if (this.#take('?>')) return this.#atomically(this.#closed(flags))
    const options = /^\?([imx]*)(?:-([imx]*))?([:)])/.exec(this.#pattern.slice(this.#at, this.#at + 10).join(''))
    if (options) {
      this.#at += options[0].length
      const on = (letter: string, before: boolean): boolean =>
        options[1]!.includes(letter) || (before && !(options[2] ?? '').includes(letter))
      const inner = { ignoreCase: on('i', flags.ignoreCase), dotAll: on('m', flags.dotAll), extended: on('x', flags.extended) }
      // without a colon they hold up to the end of the group around
      return options[3] === ':' ? `(?:${this.#closed(inner)})` : `(?:${this.#alternatives(inner)})`
    }
    if (this.#take('?<')) {
      const start = this.#at
      this.#skipTo('>')
      return `(?<own_${this.#pattern.slice(start, this.#at - 1).join('')}>${this.#closed(flags)})`
    }
    if (this.#peek('?') || this.#peek('*'))
      throw new SyntaxError(`a group of this kind cannot be used: (${this.#pattern.slice(this.#at, this.#at + 2).join('')}`)
    const name = `own_${++this.#captures}`
    return this.#refersBack ? `(?<${name}>${this.#closed(flags)})` : `(?:${this.#closed(flags)})`
  }

  #closed(flags: Flags): string {
    const inner = this.#alternatives(flags)
    if (!this.#take(')')) throw new SyntaxError('a parenthesis is not closed')
    return inner
  }

  /** What stands behind a backslash, outside of classes. */
  #escape({ ignoreCase }: Flags): string {
    const letter = this.#pattern[this.#at]
    if (letter === undefined) throw new SyntaxError('a backslash at the end')
    const known = this.#classEscape(classesOutside)
    if (known !== undefined) return `[${known}]`
    const special = boundary(letter)
    if (special !== undefined) {
      this.#at++
      return special
    }
    if (/[1-9]/.test(letter)) {
      this.#at++
      return `\\k<own_${letter}>`
    }
    if (this.#take('k<')) {
      const start = this.#at
      this.#skipTo('>')
      return `\\k<own_${this.#pattern.slice(start, this.#at - 1).join('')}>`
    }
    return literal(this.#character(), ignoreCase)
  }

  /** `\s`, `\p{…}` and the like as what goes into a class; undefined for a character. */
  #classEscape(known: typeof classes): string | undefined {
    const letter = this.#pattern[this.#at]!
    if ((letter === 'p' || letter === 'P') && this.#pattern[this.#at + 1] === '{') {
      const start = this.#at + 2
      this.#skipTo('}')
      return property(this.#pattern.slice(start, this.#at - 1).join(''), letter === 'P')
    }
    if (known[letter] !== undefined) this.#at++
    return known[letter]
  }

  /** The character that an escape stands for, from behind its backslash on. */
  #character(): string {
    const letter = this.#pattern[this.#at++]!
    const hex = (pattern: RegExp): string | undefined => {
      const found = pattern.exec(this.#pattern.slice(this.#at, this.#at + 12).join(''))
      if (!found) return undefined
      this.#at += found[0].length
      return String.fromCodePoint(Number.parseInt(found[1]!, letter === '0' ? 8 : 16))
    }
    if (letter === 'x') return hex(/^\{([0-9a-fA-F]+)\}/) ?? hex(/^([0-9a-fA-F]{1,2})/) ?? letter
    if (letter === 'u') return hex(/^([0-9a-fA-F]{4})/) ?? letter
    if (letter === '0') return hex(/^([0-7]{1,2})/) ?? '\0'
    const controls: Record<string, string> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07', e: '\x1b' }
    if (controls[letter] !== undefined) return controls[letter]
    if (/[A-Za-z]/.test(letter)) throw new SyntaxError(`\\${letter} cannot be used`)
    return letter
  }

  #class(ignoreCase: boolean): string {
    const negated = this.#take('^')
    /** What `&&` stands between. */
    const operands = ['']
    for (let isFirst = true; isFirst || !this.#peek(']'); isFirst = false) {
      if (this.#at >= this.#pattern.length) throw new SyntaxError('a class is not closed')
      if (this.#take('&&')) operands.push('')
      else operands[operands.length - 1] += this.#classItem(ignoreCase)
    }
    this.#at++
    const inner = operands.length === 1 ? operands[0]! : operands.map((operand) => `[${operand}]`).join('&&')
    return `[${negated ? '^' : ''}${inner}]`
  }

  #classItem(ignoreCase: boolean): string {
    const posix = /^\[:(\^?)(\w+):\]/.exec(this.#pattern.slice(this.#at, this.#at + 14).join(''))
    if (posix) {
      this.#at += posix[0].length
      return property(posix[2]!, posix[1] === '^', true)
    }
    if (this.#take('[')) return this.#class(ignoreCase)
    const first = this.#classCharacter()
    if (first.length > 2 || !this.#peek('-') || this.#pattern[this.#at + 1] === ']')
      return first.length > 2 ? first : single(first, ignoreCase)
    const before = this.#at++
    const last = this.#peek('[') ? '' : this.#classCharacter()
    if (last === '' || last.length > 2) {
      // no range after all
      this.#at = before
      return single(first, ignoreCase)
    }
    const range = `${escapeInClass(first)}-${escapeInClass(last)}`
    if (!ignoreCase) return range
    const within = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((letter) => first <= letter && letter <= last)
    return range + within.flatMap(variants).map(escapeInClass).join('')
  }

  /** One character, or what an escape such as `\s` stands for, which is longer. */
  #classCharacter(): string {
    if (!this.#take('\\')) return this.#pattern[this.#at++]!
    if (this.#at >= this.#pattern.length) throw new SyntaxError('a class is not closed')
    if (this.#take('b')) return '\b'
    return this.#classEscape(classes) ?? this.#character()
  }
}

const single = (character: string, ignoreCase: boolean): string =>
  (ignoreCase ? variants(character) : [character]).map(escapeInClass).join('')

function literal(character: string, ignoreCase: boolean): string {
  const all = ignoreCase ? variants(character) : [character]
  return all.length === 1 ? escapeOutside(character) : `[${all.map(escapeInClass).join('')}]`
}

/** Calls `found` with each match, as Oniguruma's and Rust's iterators do: none that is empty where the one before ends. */
export function eachMatch(pattern: RegExp, text: string, found: (start: number, end: number) => void): void {
  let before = -1
  let at = 0
  for (;;) {
    // What is found may be cut further by the same pattern, which would move its place.
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match === null) break
    const { index } = match
    const end = index + match[0].length
    at = end === index ? index + (text.codePointAt(index)! > 0xffff ? 2 : 1) : end
    // V8 finds what has no width between surrogates as well
    if (end > index || (index !== before && !isWithinPair(text, index))) {
      found(index, end)
      before = end
    }
  }
}

const isWithinPair = (text: string, at: number): boolean => at > 0 && text.codePointAt(at - 1)! > 0xffff
