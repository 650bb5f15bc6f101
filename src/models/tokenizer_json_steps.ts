import { z } from 'zod'
import { UserError } from '../core/errors.ts'
import { oniguruma } from './tokenizer_json_regex.ts'

/** A step of a `tokenizer.json`, by its `type`. */
export const stepSchema = z.looseObject({ type: z.string() })
export type JsonStep = z.output<typeof stepSchema>

const patternSchema = z.union([z.object({ String: z.string() }), z.object({ Regex: z.string() })])
const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
const compile = (pattern: z.output<typeof patternSchema>): RegExp =>
  'String' in pattern ? new RegExp(escapeRegExp(pattern.String), 'gu') : oniguruma(pattern.Regex)

const unknownStep = (what: string, { type }: JsonStep): UserError => new UserError(`a ${what} of type ${type} cannot be used`)

export type Normalizer = (text: string) => string

/** What a normalizer makes of a text. Throws a UserError for one that is not known. */
export function normalizer(step: JsonStep | null): Normalizer {
  if (!step) return (text) => text
  switch (step.type) {
    case 'Sequence': {
      const all = z.array(stepSchema).parse(step['normalizers']).map(normalizer)
      return (text) => all.reduce((made, next) => next(made), text)
    }
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD': {
      const form = step.type
      return (text) => text.normalize(form)
    }
    case 'Lowercase':
      return (text) => text.toLowerCase()
    case 'Prepend': {
      const before = z.string().parse(step['prepend'])
      return (text) => (text === '' ? '' : before + text)
    }
    case 'Replace': {
      const pattern = compile(patternSchema.parse(step['pattern']))
      const content = z.string().parse(step['content'])
      return (text) => text.replace(pattern, () => content)
    }
    case 'Strip': {
      const [left, right] = [step['strip_left'] !== false, step['strip_right'] !== false]
      return (text) => text.replace(left ? /^\p{White_Space}+/u : /$^/, '').replace(right ? /\p{White_Space}+$/u : /$^/, '')
    }
    case 'StripAccents':
      return (text) => text.replace(/\p{Mn}/gu, '')
    default:
      throw unknownStep('normalizer', step)
  }
}

/** Cuts a text into pieces; `isFirst` says whether the text begins here. */
export type Splitter = (text: string, isFirst: boolean) => string[]

const behaviours = z.enum(['Isolated', 'Removed', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'])

const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

/** How a pre-tokenizer cuts texts, and whether what it makes are bytes. Throws a UserError for one that is not known. */
export function splitter(step: JsonStep | null): Splitter {
  if (!step) return (text) => [text]
  switch (step.type) {
    case 'Sequence': {
      const all = z.array(stepSchema).parse(step['pretokenizers']).map(splitter)
      return (text, isFirst) => all.reduce((pieces, next) => pieces.flatMap((piece, i) => next(piece, isFirst && i === 0)), [text])
    }
    case 'ByteLevel': {
      const prefix = step['add_prefix_space'] !== false
      const split = step['use_regex'] === false ? undefined : splitBy(oniguruma(gpt2), 'Isolated')
      return (text) => {
        const whole = prefix && !text.startsWith(' ') ? ` ${text}` : text
        return split ? split(whole) : [whole]
      }
    }
    case 'Split': {
      const behaviour = behaviours.parse(step['behavior'])
      return splitBy(compile(patternSchema.parse(step['pattern'])), behaviour, step['invert'] === true)
    }
    case 'Digits':
      return splitBy(step['individual_digits'] === true ? /\p{N}/gu : /\p{N}+/gu, 'Isolated')
    case 'Punctuation':
      return splitBy(/[!-/:-@[-`{-~]|\p{P}/gu, behaviours.parse(step['behavior'] ?? 'Isolated'))
    case 'WhitespaceSplit':
      return splitBy(/\p{White_Space}+/gu, 'Removed')
    case 'Metaspace':
      return metaspace(step)
    default:
      throw unknownStep('pre-tokenizer', step)
  }
}

function metaspace(step: JsonStep): Splitter {
  const mark = z.string().parse(step['replacement'] ?? '▁')
  const scheme = String(step['prepend_scheme'] ?? (step['add_prefix_space'] === false ? 'never' : 'always'))
  const split = step['split'] === false ? undefined : splitBy(new RegExp(escapeRegExp(mark), 'gu'), 'MergedWithNext')
  return (text, isFirst) => {
    const marked = text.replaceAll(' ', mark)
    const prepends = (scheme === 'always' || (scheme === 'first' && isFirst)) && !marked.startsWith(mark)
    const whole = prepends ? mark + marked : marked
    return split ? split(whole) : [whole]
  }
}

/** Cut texts at what a pattern finds, as Hugging Face's `SplitDelimiterBehavior` says. */
function splitBy(pattern: RegExp, behaviour: z.output<typeof behaviours>, invert = false): (text: string) => string[] {
  return (text) => {
    const pieces: string[] = []
    // whether the last piece was found by the pattern
    let lastFound: boolean | undefined
    const add = (piece: string, found: boolean): void => {
      if (piece === '') return
      const merges =
        (behaviour === 'MergedWithPrevious' && found && lastFound === false) ||
        (behaviour === 'MergedWithNext' && !found && lastFound === true) ||
        (behaviour === 'Contiguous' && found === lastFound)
      if (behaviour === 'Removed' && found) return
      if (merges) pieces[pieces.length - 1] += piece
      else pieces.push(piece)
      lastFound = found
    }
    let at = 0
    for (const { 0: match, index } of text.matchAll(pattern)) {
      add(text.slice(at, index), invert)
      add(match, !invert)
      at = index + match.length
    }
    add(text.slice(at), invert)
    return pieces
  }
}
