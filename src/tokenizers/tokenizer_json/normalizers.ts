import { z } from 'zod'
import { spellBytes } from './bytes.ts'
import { whiteSpace } from './classes.ts'
import type { Normalizer } from './normalizer.ts'
import { type JsonStep, patternOf, stepSchema, unknownStep } from './pattern.ts'
import { precompiled } from './precompiled.ts'
import { eachMatch } from './regex.ts'
import { anyMark, control, nonspacingMark, normalizeAsThen } from './unicode.ts'

/** Of a `tokenizer.json`, as the library's normalizers/ have it. Throws a UserError for one that is not known. */
export function normalizer(step: JsonStep | null): Normalizer {
  if (!step) return (text) => text
  switch (step.type) {
    case 'Sequence': {
      const all = z.array(stepSchema).parse(step['normalizers']).map(normalizer)
      return (text, origin) => all.reduce((made, next) => next(made, origin), text)
    }
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD': {
      const form = step.type
      return mapped((text) => normalizeAsThen(text, form))
    }
    case 'Lowercase':
      return mapped(lowercase)
    case 'Prepend': {
      const before = z.string().parse(step['prepend'])
      return (text, origin) => {
        if (text === '') return ''
        if (origin.length > 0) origin.length += before.length
        return before + text
      }
    }
    case 'Replace':
      return replace(patternOf(step), z.string().parse(step['content']))
    case 'Strip':
      return strip(step['strip_left'] !== false, step['strip_right'] !== false)
    case 'StripAccents':
      return without(anyMark)
    case 'Nmt':
      return nmt
    case 'ByteLevel':
      return mapped(spellBytes)
    case 'Precompiled':
      return precompiled(z.string().parse(step['precompiled_charsmap']))
    case 'BertNormalizer':
      return bert(bertOptions.parse(step))
    default:
      throw unknownStep('normalizer', step)
  }
}

/** Character by character, so that a sigma at a word's end is like any other. */
const lowercase = (text: string): string => (text.includes('Σ') ? text.replaceAll('Σ', 'σ') : text).toLowerCase()

/** What treats all characters alike. */
const mapped =
  (map: (text: string) => string): Normalizer =>
  (text, origin) => {
    origin.length = map(text.slice(0, origin.length)).length
    return map(text)
  }

function replace(pattern: RegExp, content: string): Normalizer {
  return (text, origin) => {
    let made = ''
    let at = 0
    const { length } = origin
    eachMatch(pattern, text, (start, end) => {
      // what takes the place of several characters stands where the last of them was
      if (start < length) origin.length = made.length + (start - at) + (end <= length ? content.length + length - end : 0)
      made += text.slice(at, start) + content
      at = end
    })
    return at === 0 && made === '' ? text : made + text.slice(at)
  }
}

const isWhite = new RegExp(`[${whiteSpace}]`, 'v')

function strip(left: boolean, right: boolean): Normalizer {
  return (text, origin) => {
    let [start, end] = [0, text.length]
    if (left) while (start < end && isWhite.test(text[start]!)) start++
    if (right) while (end > start && isWhite.test(text[end - 1]!)) end--
    origin.length = Math.max(0, origin.length - start)
    return text.slice(start, end)
  }
}

const without = (characters: RegExp): Normalizer => mapped((text) => text.replace(characters, ''))

const nmt = mapped((text) =>
  text.replace(/[\x01-\x08\v\x0e-\x1f\x7f\x8f\x9f]/g, '').replace(/[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]/g, ' '),
)

const bertOptions = z.object({
  clean_text: z.boolean(),
  handle_chinese_chars: z.boolean(),
  strip_accents: z.boolean().nullish(),
  lowercase: z.boolean(),
})

const white = new RegExp(`[${whiteSpace}--[ ]]`, 'gv')
const ideograph =
  /[\u4e00-\u9fff\u3400-\u4dbf\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu

function bert(options: z.output<typeof bertOptions>): Normalizer {
  const stripsAccents = options.strip_accents ?? options.lowercase
  return mapped((text) => {
    let made = text
    if (options.clean_text) made = made.replace(control, '').replace(white, ' ')
    if (options.handle_chinese_chars) made = made.replace(ideograph, ' $& ')
    if (stripsAccents) made = normalizeAsThen(made, 'NFD').replace(nonspacingMark, '')
    return options.lowercase ? lowercase(made) : made
  })
}
