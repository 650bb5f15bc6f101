import { z } from 'zod'
import { UserError } from '../../core/errors.ts'
import { spellBytes } from './bytes.ts'
import { rustWord, whiteSpace } from './classes.ts'
import { type JsonStep, patternOf, stepSchema, unknownStep } from './pattern.ts'
import { eachMatch, oniguruma } from './regex.ts'
import { scriptRuns } from './scripts.ts'
import type { Add, TextSplitter } from './splitter.ts'
import { punctuation } from './unicode.ts'

/** How a pre-tokenizer cuts texts. */
export interface PreTokenizer {
  split: TextSplitter
  /** What cuts further what `split` has made, where there are several steps. */
  splitFurther: TextSplitter | undefined
  /** Whether that is the same wherever a piece stands. */
  isSameAnywhere: boolean
  /** Pieces still have to be spelt as bytes, which is left to those who remember pieces. */
  spellsBytes: boolean
}

/** Of a `tokenizer.json`, as the library's pre_tokenizers/ have it. Throws a UserError for one that is not known. */
export function preTokenizer(step: JsonStep | null): PreTokenizer {
  const steps = stepsOf(step)
  // Each spells what the one before has spelt, so that texts double.
  if (steps.filter(({ type }) => type === 'ByteLevel').length > 2) throw new UserError('a pre-tokenizer of more than two ByteLevel steps')
  const spellsBytes = steps.at(-1)?.type === 'ByteLevel'
  const [first, ...more] = steps.map((part, i) => splitter(part, spellsBytes && i === steps.length - 1))
  return {
    split: first ?? ((text, origin, add) => add(text, origin)),
    splitFurther: more.length === 0 ? undefined : more.reduceRight((rest, split) => chain(split, rest)),
    isSameAnywhere: !steps.some((part) => part['prepend_scheme'] === 'first'),
    spellsBytes,
  }
}

const chain =
  (split: TextSplitter, rest: TextSplitter): TextSplitter =>
  (text, origin, add) =>
    split(text, origin, (piece, left) => rest(piece, left, add))

/** Steps in turn. What cuts at white space and more is two, so that words can be remembered before they are cut further. */
function stepsOf(step: JsonStep | null): JsonStep[] {
  if (!step) return []
  if (step.type === 'Sequence') return z.array(stepSchema).parse(step['pretokenizers']).flatMap(stepsOf)
  if (step.type === 'BertPreTokenizer') return [{ type: 'WhitespaceSplit' }, { type: 'Punctuation', behavior: 'Isolated' }]
  return step.type === 'Whitespace' ? [{ type: 'WhitespaceSplit' }, step] : [step]
}

const behaviours = z.enum(['Isolated', 'Removed', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'])
type Behaviour = z.output<typeof behaviours>

const gpt2 = oniguruma("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+")
const words = new RegExp(`[${rustWord}]+|[^${rustWord}${whiteSpace}]+`, 'gv')
const punctuationMark = new RegExp(punctuation, 'gv')

function splitter(step: JsonStep, leavesBytes: boolean): TextSplitter {
  switch (step.type) {
    case 'ByteLevel':
      return byteLevel(step, leavesBytes)
    case 'Split':
      return splitBy(patternOf(step), behaviours.parse(step['behavior']), step['invert'] === true)
    case 'Digits':
      return splitBy(step['individual_digits'] === true ? /\p{N}/gu : /\p{N}+/gu, 'Isolated')
    case 'Punctuation':
      return splitBy(punctuationMark, behaviours.parse(step['behavior'] ?? 'Isolated'))
    case 'CharDelimiterSplit':
      return delimiterSplit(characterOf(step, 'delimiter'))
    case 'Whitespace':
      return onlyMatches(words)
    case 'WhitespaceSplit':
      return whiteSpaceSplit
    case 'Metaspace':
      return metaspace(step)
    case 'UnicodeScripts':
      return scriptRuns
    case 'FixedLength':
      return fixedLength(
        z
          .int()
          .min(1)
          .parse(step['length'] ?? 5),
      )
    default:
      throw unknownStep('pre-tokenizer', step)
  }
}

function characterOf(step: JsonStep, name: string): string {
  const character = z.string().parse(step[name])
  if ([...character].length !== 1) throw new UserError(`the ${name} of a ${step.type} is not one character`)
  return character
}

/** What is put before a piece is aligned as the piece's first character is. */
const grown = (origin: number, by: number): number => (origin > 0 ? origin + by : origin)

const onlyMatches =
  (pattern: RegExp): TextSplitter =>
  (text, origin, add) =>
    eachMatch(pattern, text, (start, end) => add(text.slice(start, end), origin - start))

/** White_Space, character by character: this runs on every word. */
const isWhite = (unit: number): boolean =>
  unit === 0x20 ||
  (unit >= 0x09 && unit <= 0x0d) ||
  (unit >= 0x85 &&
    (unit === 0x85 ||
      unit === 0xa0 ||
      unit === 0x1680 ||
      (unit >= 0x2000 && unit <= 0x200a) ||
      unit === 0x2028 ||
      unit === 0x2029 ||
      unit === 0x202f ||
      unit === 0x205f ||
      unit === 0x3000))

const whiteSpaceSplit: TextSplitter = (text, origin, add) => {
  for (let at = 0; at < text.length; at++) {
    if (isWhite(text.charCodeAt(at))) continue
    const start = at
    while (at < text.length && !isWhite(text.charCodeAt(at))) at++
    add(text.slice(start, at), origin - start)
  }
}

function byteLevel(step: JsonStep, leavesBytes: boolean): TextSplitter {
  const prefix = step['add_prefix_space'] !== false
  const split = step['use_regex'] === false ? undefined : splitBy(gpt2, 'Isolated')
  return (text, origin, add) => {
    const whole = prefix && !text.startsWith(' ') ? ` ${text}` : text
    const addSpelt: Add = leavesBytes
      ? add
      : (piece, left) => add(spellBytes(piece), left > 0 ? spellBytes(piece.slice(0, left)).length : 0)
    const wholeOrigin = grown(origin, whole.length - text.length)
    if (split) split(whole, wholeOrigin, addSpelt)
    else addSpelt(whole, wholeOrigin)
  }
}

function delimiterSplit(delimiter: string): TextSplitter {
  return (text, origin, add) => {
    let at = 0
    for (const piece of text.split(delimiter)) {
      if (piece !== '') add(piece, origin - at)
      at += piece.length + delimiter.length
    }
  }
}

function fixedLength(length: number): TextSplitter {
  return (text, origin, add) => {
    for (let start = 0, end = 0; start < text.length; start = end) {
      for (let i = 0; i < length && end < text.length; i++) end += text.codePointAt(end)! > 0xffff ? 2 : 1
      add(text.slice(start, end), origin - start)
    }
  }
}

const schemes = z.enum(['always', 'first', 'never'])

function metaspace(step: JsonStep): TextSplitter {
  const mark = characterOf(step, 'replacement')
  const declared = schemes.optional().parse(step['prepend_scheme'])
  if (step['add_prefix_space'] === false && declared !== undefined && declared !== 'never')
    throw new UserError('add_prefix_space and prepend_scheme of a Metaspace say different things')
  const scheme = declared ?? (step['add_prefix_space'] === false ? 'never' : 'always')
  const splits = step['split'] !== false
  return (text, origin, add) => {
    const marked = text.replaceAll(' ', mark)
    const prepends = (scheme === 'always' || (scheme === 'first' && origin > 0)) && !marked.startsWith(mark)
    const whole = prepends ? mark + marked : marked
    const wholeOrigin = grown(origin, whole.length - text.length)
    let start = 0
    if (splits) {
      for (let end = whole.indexOf(mark, 1); end !== -1; end = whole.indexOf(mark, end + 1)) {
        add(whole.slice(start, end), wholeOrigin - start)
        start = end
      }
    }
    add(whole.slice(start), wholeOrigin - start)
  }
}

/** Cut texts at what a pattern finds, as `SplitDelimiterBehavior` in tokenizer/normalizer.rs says. */
function splitBy(pattern: RegExp, behaviour: Behaviour, invert = false): TextSplitter {
  return (text, origin, add) => {
    // the piece that the next part may still join, and whether its last part was found by the pattern
    let [start, end] = [0, 0]
    let wasFound = false
    const next = (to: number, found: boolean): void => {
      const joins =
        (behaviour === 'Contiguous' && found === wasFound) ||
        (behaviour === 'MergedWithPrevious' && found && !wasFound) ||
        (behaviour === 'MergedWithNext' && !found && wasFound)
      if (!joins) {
        if (end > start) add(text.slice(start, end), origin - start)
        start = end
      }
      end = to
      wasFound = found
      if (behaviour === 'Removed' && found) start = end
    }
    eachMatch(pattern, text, (from, to) => {
      if (from > end) next(from, invert)
      next(to, !invert)
    })
    if (end < text.length) next(text.length, invert)
    if (end > start) add(text.slice(start, end), origin - start)
  }
}
