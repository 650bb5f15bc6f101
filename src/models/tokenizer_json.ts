import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { UserError } from '../core/errors.ts'
import { PairMerger } from './pair_merger.ts'
import { type JsonStep, normalizer, splitter, stepSchema } from './tokenizer_json_steps.ts'

const addedToken = z.looseObject({
  content: z.string().min(1),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().default(true),
})

const fileSchema = z.looseObject({
  added_tokens: z.array(addedToken).nullish(),
  normalizer: stepSchema.nullish(),
  pre_tokenizer: stepSchema.nullish(),
  model: z.looseObject({
    type: z.string().optional(),
    vocab: z.record(z.string(), z.int().nonnegative()),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
    unk_token: z.string().nullish(),
    fuse_unk: z.boolean().nullish(),
    byte_fallback: z.boolean().nullish(),
    ignore_merges: z.boolean().nullish(),
    continuing_subword_prefix: z.string().nullish(),
    end_of_word_suffix: z.string().nullish(),
  }),
})
type TokenizerFile = z.output<typeof fileSchema>

/** A function that counts tokens as Hugging Face's tokenizers do without special tokens at the ends; only files of type BPE can be used. */
export function readTokenizerJson(path: string): (text: string) => number {
  const file = parse(path)
  try {
    return counterOf(file)
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`${path}: ${error.message}`, error.hint)
    if (error instanceof z.ZodError || error instanceof SyntaxError)
      throw new UserError(`${path} has a step that cannot be used: ${error.message}`)
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
  const type = (json as { model?: { type?: string } } | null)?.model?.type
  if (type !== undefined && type !== 'BPE') {
    throw new UserError(`${path} holds a tokenizer of type ${type}`, 'those of type BPE can be used, which language models have')
  }
  const parsed = fileSchema.safeParse(json)
  if (parsed.success) return parsed.data
  const { path: at, message } = parsed.error.issues[0]!
  throw new UserError(`${path} is not a tokenizer.json: ${at.join('.')}: ${message}`)
}

function counterOf(file: TokenizerFile): (text: string) => number {
  const countWord = wordCounter(file)
  const normalize = normalizer(file.normalizer ?? null)
  const split = splitter(file.pre_tokenizer ?? null)
  const added = addedTokens(file)
  const strips = JSON.stringify(file.normalizer ?? null).includes('"strip_left":true')
  return (text) => {
    let count = 0
    const countPart = (part: string, isFirst: boolean): void => {
      if (part === '') return
      for (const piece of split(part, isFirst)) count += countWord(piece)
    }
    // tokens that are looked for in the text as it is come first, the others in what is normalized between them
    added.raw(Buffer.from(text, 'utf8').toString('utf8'), (part, start) => {
      if (part === null) count++
      else
        added.normalized(normalize(part), (inner, innerStart) => {
          if (inner === null) count++
          // where white space was stripped, nothing stands at the text's beginning
          else countPart(inner, start === 0 && innerStart === 0 && !(strips && /^\p{White_Space}/u.test(part)))
        })
    })
    return count
  }
}

/** Calls `found` with each part of a text, and with null for each added token in between. */
type Cut = (text: string, found: (part: string | null, start: number) => void) => void

function addedTokens({ added_tokens }: TokenizerFile): { raw: Cut; normalized: Cut } {
  const all = added_tokens ?? []
  if (all.some(({ single_word }) => single_word)) throw new UserError('added tokens that must be single words cannot be used')
  const cutAt = (tokens: typeof all): Cut => {
    if (tokens.length === 0) return (text, found) => found(text, 0)
    const escaped = [...tokens]
      .sort((a, b) => b.content.length - a.content.length)
      .map(({ content, lstrip, rstrip }) => {
        const own = content.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
        return `${lstrip ? '\\p{White_Space}*' : ''}${own}${rstrip ? '\\p{White_Space}*' : ''}`
      })
    const pattern = new RegExp(escaped.join('|'), 'gu')
    return (text, found) => {
      let at = 0
      for (const { 0: match, index } of text.matchAll(pattern)) {
        if (index > at) found(text.slice(at, index), at)
        found(null, index)
        at = index + match.length
      }
      if (at < text.length) found(text.slice(at), at)
    }
  }
  return { raw: cutAt(all.filter(({ normalized }) => !normalized)), normalized: cutAt(all.filter(({ normalized }) => normalized)) }
}

const longestCached = 64
const mostCached = 1 << 16

/** Counts the tokens of a piece that nothing cuts. */
function wordCounter({ model, pre_tokenizer }: TokenizerFile): (piece: string) => number {
  if (model.continuing_subword_prefix || model.end_of_word_suffix) throw new UserError('marks within or behind words cannot be used')
  const vocabulary = new Map(Object.entries(model.vocab))
  const merger = new PairMerger()
  for (const merge of model.merges) {
    const [left, right] = typeof merge === 'string' ? (merge.split(' ') as [string, string]) : merge
    const [a, b, result] = [vocabulary.get(left), vocabulary.get(right), vocabulary.get(left + right)]
    if (a === undefined || b === undefined || result === undefined)
      throw new UserError(`the merge ${JSON.stringify(merge)} is not in the vocabulary`)
    merger.add(a, b, result)
  }
  const isBytes = usesBytes(pre_tokenizer ?? null)
  const alphabet = isBytes ? byteAlphabet() : []
  const tokensOf = isBytes ? byteTokens(vocabulary, alphabet) : characterTokens(model, vocabulary)
  const spelt = (piece: string): string => (isBytes ? Array.from(Buffer.from(piece), (byte) => alphabet[byte]!).join('') : piece)
  const cache = new Map<string, number>()
  return (piece) => {
    const known = cache.get(piece)
    if (known !== undefined) return known
    const count = model.ignore_merges && vocabulary.has(spelt(piece)) ? 1 : merger.count(tokensOf(piece))
    if (piece.length <= longestCached) {
      if (cache.size >= mostCached) cache.clear()
      cache.set(piece, count)
    }
    return count
  }
}

const usesBytes = (step: JsonStep | null): boolean =>
  step?.type === 'ByteLevel' ||
  (Array.isArray(step?.['pretokenizers']) && step['pretokenizers'].some((inner: JsonStep) => usesBytes(inner)))

/** GPT-2's characters for the 256 bytes: those that can be seen stand for themselves, the others for U+0100 and on. */
function byteAlphabet(): string[] {
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => {
    const isSeen = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
    return String.fromCharCode(isSeen ? byte : next++)
  })
}

function byteTokens(vocabulary: ReadonlyMap<string, number>, alphabet: readonly string[]): (piece: string) => number[] {
  const tokens = alphabet.map((character) => vocabulary.get(character))
  return (piece) => {
    const found: number[] = []
    for (const byte of Buffer.from(piece)) if (tokens[byte] !== undefined) found.push(tokens[byte])
    return found
  }
}

function characterTokens(model: TokenizerFile['model'], vocabulary: ReadonlyMap<string, number>): (piece: string) => number[] {
  const unknown = model.unk_token ? vocabulary.get(model.unk_token) : undefined
  const bytes = Array.from({ length: 256 }, (_, byte) => vocabulary.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`))
  return (piece) => {
    const found: number[] = []
    let isFused = false
    for (const character of piece) {
      const token = vocabulary.get(character)
      const fallback = token === undefined && model.byte_fallback ? Array.from(Buffer.from(character), (byte) => bytes[byte]) : [token]
      if (!fallback.includes(undefined)) found.push(...(fallback as number[]))
      else if (unknown !== undefined && !(model.fuse_unk && isFused)) found.push(unknown)
      isFused = fallback.includes(undefined)
    }
    return found
  }
}
