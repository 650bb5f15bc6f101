import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { replaceInTurn, type Span } from '../text/replace_in_turn.ts'

const atom = /[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]/
const word = /[\p{L}\p{N}_]/u
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?'
const octet = '(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)'
/** The reference's own pattern, with its last alternative, which no address has. */
const domain = new RegExp(`(?:${label}\\.)+${label}|\\[(?:${octet}\\.){3}(?:${octet}|[A-Za-z0-9-]*[A-Za-z0-9]:)\\]`, 'y')

/**
 * What datatrove's pattern `\b` + local part + `@` + domain matches, in time that grows with the text: the pattern itself starts
 * again at every word of a text such as `a-a-a-a…`.
 */
function* emailAddresses(text: string): Generator<Span> {
  let from = 0
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', Math.max(at + 1, from))) {
    const start = localPartStart(text, from, at)
    domain.lastIndex = at + 1
    if (start === -1 || !domain.test(text)) continue
    from = domain.lastIndex
    yield { start, end: from }
  }
}

/** Where the longest local part (atoms with single dots between them) before `at` begins, not before `from`; or -1. */
function localPartStart(text: string, from: number, at: number): number {
  let start = -1
  for (let i = at - 1; i >= from; i--) {
    if (atom.test(text[i]!)) {
      if (atWordBoundary(text, i)) start = i
    } else if (text[i] !== '.' || i === at - 1 || text[i + 1] === '.') break
  }
  return start
}

/** Python's `\b`: letters and digits of all scripts make words. */
const atWordBoundary = (text: string, at: number): boolean => isWord(text, at - 1) !== isWord(text, at)

function isWord(text: string, at: number): boolean {
  if (at < 0) return false
  // the second half of a surrogate pair stands for the whole character
  const low = (text.charCodeAt(at) & 0xfc00) === 0xdc00
  return word.test(low ? text.slice(Math.max(0, at - 1), at + 1) : text[at]!)
}

export default editor({
  summary: 'replace e-mail addresses by made-up ones, in turn',
  why: 'Keeps the sentence and its shape and takes the person out, as FineWeb did. The replacements are always the same few, so a model can learn nothing from them.',
  source: 'datatrove PIIFormatter, FineWeb',
  options: {
    replacements: z
      .array(z.string())
      .nonempty()
      .default(['email@example.com', 'firstname.lastname@example.org'])
      .describe('what takes the place of the first address of a document, the second, and so on, over and over'),
  },
  // The reference goes on in the list from one document to the next, so that its output depends on their order
  edit:
    ({ replacements }) =>
    (doc) =>
      replaceInTurn(doc.text, emailAddresses(doc.text), replacements),
  examples: [
    { text: 'Write to ann@club.example.', becomes: 'Write to email@example.com.' },
    { text: 'a.b@c.de, d@e.fg, h@i.jk', becomes: 'email@example.com, firstname.lastname@example.org, email@example.com' },
    { text: 'user@[192.168.0.1] and user@localhost', becomes: 'email@example.com and user@localhost' },
    { text: 'ann@club.example', becomes: '[e-mail]', options: { replacements: ['[e-mail]'] } },
    { text: '', becomes: '' },
  ],
})
