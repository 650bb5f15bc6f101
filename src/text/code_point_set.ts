/** A set of code points with constant-time lookup in the basic plane and binary search above it. */
export class CodePointSet {
  readonly #basic = new Uint8Array(0x10000)
  readonly #above: number[] = []

  /** `ranges` as in "41-5a 61-7a aa": hexadecimal, ends included, in ascending order above U+FFFF. */
  static fromRanges(ranges: string): CodePointSet {
    const set = new CodePointSet()
    for (const range of ranges.trim().split(/\s+/)) {
      const [from, to = from] = range.split('-').map((code) => Number.parseInt(code, 16)) as [number, number?]
      set.addRange(from, to)
    }
    return set
  }

  static of(characters: string): CodePointSet {
    return new CodePointSet().add(characters)
  }

  add(characters: string): this {
    for (const code of [...characters].map((c) => c.codePointAt(0)!).sort((a, b) => a - b)) this.addRange(code, code)
    return this
  }

  addRange(from: number, to: number): this {
    for (let code = from; code <= Math.min(to, 0xffff); code++) this.#basic[code] = 1
    if (to > 0xffff) this.#above.push(Math.max(from, 0x10000), to)
    return this
  }

  has(code: number): boolean {
    return code <= 0xffff ? this.#basic[code] === 1 : this.#hasAbove(code)
  }

  #hasAbove(code: number): boolean {
    const bounds = this.#above
    let low = 0
    let high = bounds.length / 2
    while (low < high) {
      const middle = (low + high) >> 1
      if (bounds[2 * middle + 1]! < code) low = middle + 1
      else high = middle
    }
    return low < bounds.length / 2 && bounds[2 * low]! <= code
  }
}
