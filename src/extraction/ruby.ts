import { tag, tagSet } from './html_tags.ts'

/** Parts of `<ruby>` that end one another, and those of them that are readings. */
export const rubyParts = tagSet('rb rp rt rtc')
export const readings = tagSet('rt rtc')
const rp = tag('rp')
const rt = tag('rt')
const rtc = tag('rtc')

const wideLetter = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u
const wideEnd = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\u3000-\u303f\uff00-\uff60]$/u

/** `<ruby>`: letters with their readings, which are passed over unless brackets stand around them. */
export class Ruby {
  /** How many are open. */
  depth = 0
  /** The part that is open, and whether brackets stand around the readings that follow. */
  #part = 0
  #brackets = false
  /** Whether it has no text yet. */
  #isEmpty = false
  /** Whether what was written last in it is a letter that is as wide as high. */
  #endsWide = false

  open(): void {
    this.depth++
    this.#part = 0
    this.#brackets = false
    this.#isEmpty = true
  }

  /** Whether a part that begins is a reading that is passed over. */
  openPart(name: number, ends: boolean): boolean {
    this.#part = ends ? 0 : name
    return readings[name] === 1 && !this.#brackets && !ends
  }

  closePart(): void {
    this.#part = 0
  }

  /** Whether white space before this text, which lays out the source, is none of the page's; a bracket announces a reading that is kept. */
  text(text: string): boolean {
    if (this.#part === rp) this.#brackets = true
    else if (readings[this.#part] !== 1) this.#brackets = false
    const layout = !this.#isEmpty && (this.#part !== 0 || wideLetter.test(text))
    this.#isEmpty = false
    this.#endsWide = wideEnd.test(text)
    return layout
  }

  /** Whether white space before its end is none of the page's. */
  close(): boolean {
    if (this.depth > 0) this.depth--
    this.#part = 0
    const layout = this.#endsWide
    this.#endsWide = false
    return layout
  }

  /** A block ends all that are open. */
  end(): void {
    this.depth = this.#part = 0
  }
}

/** Whether the start of `name` ends a reading. */
export const endsReading = (reading: number, name: number): boolean => rubyParts[name] === 1 && !(reading === rtc && name === rt)
