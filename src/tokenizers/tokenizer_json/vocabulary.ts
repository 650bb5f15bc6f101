import { z } from 'zod'
import { UserError } from '../../core/errors.ts'

/** Tokens and their numbers; checked without a copy, for there are hundreds of thousands. */
export const vocabularySchema = z.custom<Readonly<Record<string, number>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((id) => Number.isInteger(id) && (id as number) >= 0),
  'tokens and their numbers are missing',
)

/** What the library does with a text that it has no token for, in a file that names no token for such. */
export const noUnknownToken = (piece: string): UserError =>
  new UserError(
    `a text has ${JSON.stringify([...piece.slice(0, 80)].slice(0, 40).join(''))}, for which the tokenizer has no token, nor one for what is unknown`,
    'the reference fails on such a text as well; take a tokenizer.json with an unknown token or bytes',
  )

const longestRemembered = 64
const mostRemembered = 1 << 17

/** Remembers what was counted lately. */
export function remembering(count: (piece: string) => number): (piece: string) => number {
  const remembered = new Map<string, number>()
  return (piece) => {
    if (piece.length > longestRemembered) return count(piece)
    const known = remembered.get(piece)
    if (known !== undefined) return known
    const counted = count(piece)
    if (remembered.size >= mostRemembered) remembered.clear()
    remembered.set(piece, counted)
    return counted
  }
}
