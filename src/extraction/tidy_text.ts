const odd = /[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff]/
const unseen = /[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u2060\ufeff]/g
/** White space in Unicode or in Python, but not in HTML: vertical tab, separators of ASCII, next line. */
const oldSpace = /[\x0b\x1c-\x1f\x85]/g

/** Soft hyphens, zero-width spaces and control characters go, but not those that part words. */
export function withoutUnseen(text: string): string {
  return odd.test(text) ? text.replace(oldSpace, ' ').replace(unseen, '') : text
}

/** Text of a block: white space collapses at ends and in runs; lines stay, and in preformatted text their indentation too. */
export function tidy(text: string, preformatted: boolean): string {
  text = withoutUnseen(text)
  if (preformatted) {
    const lines = text
      .replace(/\r\n?/g, '\n')
      .replace(/\u00a0/g, ' ')
      .split('\n')
      .map((line) => line.trimEnd())
    const first = lines.findIndex((line) => line !== '')
    return first < 0 ? '' : lines.slice(first).join('\n').trimEnd()
  }
  if (/[\u00a0\u2028\u2029\t\r\f]| {2}|\s\n|\n\s/.test(text)) text = text.replace(/[^\S\n]+/g, ' ').replace(/ ?\n\s*/g, '\n')
  return text.trim()
}

/** Halves of surrogate pairs become replacement characters, so that the text is Unicode. */
export const wellFormed = (text: string): string => (/\p{Surrogate}/u.test(text) ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text)
