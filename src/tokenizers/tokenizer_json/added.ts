import { z } from 'zod'
import { rustWord, whiteSpace } from './classes.ts'

export const addedTokenSchema = z.looseObject({
  content: z.string(),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().default(true),
})
export type AddedToken = z.output<typeof addedTokenSchema>

/** Calls `found` with each part of a text and where it begins, and with null for each added token in between. */
export type AddedTokenCutter = (text: string, found: (part: string | null, start: number) => void) => void

/** One step further into the tokens: by UTF-16 unit, and the token that ends here. */
interface Node {
  next: Map<number, Node>
  token?: AddedToken
}

const endsInWord = new RegExp(`[${rustWord}]$`, 'v')
const startsWithWord = new RegExp(`^[${rustWord}]`, 'v')
const isWhite = new RegExp(`[${whiteSpace}]`, 'v')

/**
 * What cuts texts at tokens, found leftmost and longest, as the library's added_vocabulary.rs does. A token that must be a single word and
 * is not hides those within it all the same, and white space may go to the token before and to the one behind it.
 */
export function cutAtTokens(tokens: readonly (readonly [pattern: string, token: AddedToken])[]): AddedTokenCutter {
  if (tokens.length === 0) return (text, found) => found(text, 0)
  const root: Node = { next: new Map() }
  for (const [pattern, token] of tokens) {
    let node = root
    for (let i = 0; i < pattern.length; i++) {
      const unit = pattern.charCodeAt(i)
      const next = node.next.get(unit) ?? { next: new Map() }
      node.next.set(unit, next)
      node = next
    }
    node.token = token
  }
  const units = [...root.next.keys()].map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
  const mayBegin = new RegExp(`[${units.join('')}]`, 'g')
  return (text, found) => {
    let at = 0
    mayBegin.lastIndex = 0
    for (let may = mayBegin.exec(text); may !== null; may = mayBegin.exec(text)) {
      const match = longestToken(root, text, may.index)
      if (!match) continue
      const end = may.index + match.length
      mayBegin.lastIndex = end
      const place = placeOf(match.token, text, may.index, end, at)
      if (!place) continue
      if (at < place.start) found(text.slice(at, place.start), at)
      found(null, place.start)
      at = place.end
    }
    if (at < text.length) found(text.slice(at), at)
  }
}

function longestToken(root: Node, text: string, start: number): { token: AddedToken; length: number } | undefined {
  let longest: { token: AddedToken; length: number } | undefined
  let node: Node | undefined = root
  for (let i = start; i < text.length; i++) {
    node = node.next.get(text.charCodeAt(i))
    if (!node) break
    if (node.token) longest = { token: node.token, length: i + 1 - start }
  }
  return longest
}

/** Where a token lies with the white space that it takes; nothing where it ought to be a single word. */
function placeOf(token: AddedToken, text: string, start: number, end: number, before: number): { start: number; end: number } | undefined {
  if (token.single_word) {
    const isWithin = endsInWord.test(text.slice(Math.max(0, start - 2), start)) || startsWithWord.test(text.slice(end, end + 2))
    if (isWithin) return undefined
  }
  const place = { start, end }
  if (token.lstrip) {
    while (place.start > 0 && isWhite.test(text[place.start - 1]!)) place.start--
    place.start = Math.max(place.start, before)
  }
  if (token.rstrip) while (place.end < text.length && isWhite.test(text[place.end]!)) place.end++
  return place
}
