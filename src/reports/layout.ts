/** Text in columns of a terminal. */

/** Columns of the terminal; 80 if stdout is not one. */
export const terminalWidth = (): number => process.stdout.columns || 80

/** Not complete, but right for what decant prints: CJK, Hangul, full-width forms and emoji take two columns. */
const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
const invisible = /[\p{Mn}\p{Me}\p{Cf}]/u

/** How many columns a text takes on one line. */
export function columnsOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let columns = 0
  for (const char of text) columns += invisible.test(char) ? 0 : wide.test(char) ? 2 : 1
  return columns
}

export const padStart = (text: string, columns: number): string => ' '.repeat(Math.max(0, columns - columnsOf(text))) + text
export const padEnd = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - columnsOf(text)))

interface Wrapping {
  width?: number
  /** What each line begins with, and each line after the first. */
  indent?: string
  hanging?: string
}

/** Break a text at spaces so that every line fits; its own line breaks stay. URLs and paths are never broken. */
export function wrap(text: string, { width = terminalWidth(), indent = '', hanging = indent }: Wrapping = {}): string {
  const lines: string[] = []
  for (const part of text.split('\n')) {
    const begin = (): string => (lines.length === 0 ? indent : hanging)
    let line = begin()
    let isEmpty = true
    for (const [, space, word] of part.matchAll(/( *)([^ ]+)/g) as Iterable<[string, string, string]>) {
      if (!isEmpty && columnsOf(line + space + word) > width) {
        lines.push(line)
        line = hanging
        isEmpty = true
      } else line += space
      const pieces = piecesWithin(word, Math.max(8, width - columnsOf(line)))
      for (const piece of pieces.slice(0, -1)) {
        lines.push(line + piece)
        line = hanging
      }
      line += pieces.at(-1)!
      isEmpty = false
    }
    lines.push(line.trimEnd())
  }
  return lines.join('\n')
}

/** A word that must be broken, after one of "_/,|" where it has some; else the word. */
export function piecesWithin(word: string, room: number): string[] {
  if (columnsOf(word) <= room || isAddress(word)) return [word]
  const pieces: string[] = []
  for (const part of word.match(/[^_/,|]*[_/,|]|[^_/,|]+/g) ?? []) {
    if (pieces.length > 0 && columnsOf(pieces.at(-1)! + part) <= room) pieces[pieces.length - 1] += part
    else pieces.push(...chunks(part, room))
  }
  return pieces
}

function chunks(text: string, room: number): string[] {
  const found = ['']
  for (const char of text) {
    if (columnsOf(found.at(-1)! + char) > room) found.push('')
    found[found.length - 1] += char
  }
  return found
}

/** What a line break would make useless: URLs and absolute paths. */
export const isAddress = (word: string): boolean => /^\W*(?:\w+:\/\/|~?\/|\.{1,2}\/)/.test(word)
