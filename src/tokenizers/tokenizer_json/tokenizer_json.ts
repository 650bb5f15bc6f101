import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { UserError } from '../../core/errors.ts'
import { expectedText, issueText } from '../../core/issue.ts'
import { type AddedToken, type AddedTokenCutter, addedTokenSchema, cutAtTokens } from './added.ts'
import { spellBytes } from './bytes.ts'
import { type Model, readModel } from './model.ts'
import type { Normalizer } from './normalizer.ts'
import { normalizer } from './normalizers.ts'
import { stepSchema } from './pattern.ts'
import type { TextSplitter } from './splitter.ts'
import { type PreTokenizer, preTokenizer } from './splitters.ts'
import { remembering } from './vocabulary.ts'

const fileSchema = z.looseObject({
  added_tokens: z.array(addedTokenSchema).nullish(),
  normalizer: stepSchema.nullish(),
  pre_tokenizer: stepSchema.nullish(),
  model: z.looseObject({}),
})
type TokenizerFile = z.output<typeof fileSchema>

export interface TokenizerJson {
  /** How many tokens a text has. */
  count(text: string): number
  algorithm: Model['algorithm']
  tokens: number
}

/**
 * A `tokenizer.json` of Hugging Face: counts as their library 0.23 gives them, without special tokens at the ends, and with neither truncation
 * nor padding.
 */
export function readTokenizerJson(path: string): TokenizerJson {
  const file = parse(path)
  const tokenizer = located(path, () => tokenizerOf(file))
  return { ...tokenizer, count: (text) => located(path, () => tokenizer.count(text)) }
}

function located<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${path}: ${error.message}`, error.hint)
    if (error instanceof z.ZodError) throw new UserError(`${path} has a part that cannot be used: ${expectedText(error)}`)
    if (error instanceof SyntaxError) throw new UserError(`${path} has a step that cannot be used: ${error.message}`)
    throw error
  }
}

function parse(path: string): TokenizerFile {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw code
      ? new UserError(`${path} cannot be read (${code})`)
      : new UserError(`${path} is not JSON`, 'expected a tokenizer.json of Hugging Face')
  }
  const parsed = fileSchema.safeParse(json)
  if (parsed.success) return parsed.data
  throw new UserError(`${path} is not a tokenizer.json: ${issueText(parsed.error, json)}`)
}

function tokenizerOf(file: TokenizerFile): TokenizerJson {
  const model = readModel(file.model)
  const normalize = normalizer(file.normalizer ?? null)
  const cutter = preTokenizer(file.pre_tokenizer ?? null)
  const added = addedTokens(file.added_tokens ?? [], normalize)
  const more = (file.added_tokens ?? []).filter(({ content }) => !model.has(content)).length
  return {
    count: counter(normalize, cutter.split, pieceCounter(cutter, model), added),
    algorithm: model.algorithm,
    tokens: model.size + more,
  }
}

/** Counts what the first step of a pre-tokenizer has made: words are remembered as they are then, where it makes no difference where they stand. */
function pieceCounter(
  { splitFurther, isSameAnywhere, spellsBytes }: PreTokenizer,
  model: Model,
): (piece: string, origin: number) => number {
  const countLast = remembering(spellsBytes ? (piece) => model.count(spellBytes(piece)) : model.count)
  if (!splitFurther) return countLast
  const count = (piece: string, origin: number): number => {
    let sum = 0
    splitFurther(piece, origin, (last) => {
      sum += countLast(last)
    })
    return sum
  }
  return isSameAnywhere ? remembering((piece) => count(piece, 0)) : count
}

const loneSurrogate = /\p{Surrogate}/gu

/** Tokens that are looked for in the text as it is come first, then the others in what is normalized between them. */
function counter(
  normalize: Normalizer,
  split: TextSplitter,
  countPiece: (piece: string, origin: number) => number,
  added: { raw: AddedTokenCutter; normalized: AddedTokenCutter },
): (text: string) => number {
  return (text) => {
    let count = 0
    const add = (piece: string, origin: number): void => {
      count += countPiece(piece, origin)
    }
    added.raw(text.replace(loneSurrogate, '\ufffd'), (part, start) => {
      if (part === null) {
        count++
        return
      }
      const origin = { length: start === 0 ? (part.codePointAt(0)! > 0xffff ? 2 : 1) : 0 }
      const normalized = normalize(part, origin)
      added.normalized(normalized, (inner, innerStart) => {
        if (inner === null) count++
        else if (inner !== '') split(inner, origin.length - innerStart, add)
      })
    })
    return count
  }
}

function addedTokens(all: readonly AddedToken[], normalize: Normalizer): { raw: AddedTokenCutter; normalized: AddedTokenCutter } {
  // of equal contents the last counts
  const tokens = [...new Map(all.filter(({ content }) => content !== '').map((token) => [token.content, token])).values()]
  const patterns = tokens.map((token) => [token.normalized ? normalize(token.content, { length: 0 }) : token.content, token] as const)
  return {
    raw: cutAtTokens(patterns.filter(([, { normalized }]) => !normalized)),
    normalized: cutAtTokens(patterns.filter(([pattern, { normalized }]) => normalized && pattern !== '')),
  }
}
