import { z } from 'zod'
import { normalizeForDedup } from './ccnet.ts'
import { commonSymbols } from './character_sets.ts'
import { normalizeText } from './normalized.ts'
import { pythonSpace, strip } from './python.ts'
import { simplify } from './simplified.ts'

const whiteSpace = new RegExp(`[${pythonSpace}]+`, 'g')
const asciiPunctuation = /[!-/:-@[-`{-~]+/g

/** The texts that near-duplicates are looked for in, each with what it does, for the description of the option. */
const table = {
  datatrove: [simplify, 'lower case, numbers as 0, spaces for punctuation, no accents, as in datatrove today'],
  'datatrove_0.2': [simplifyAsBefore, 'the same, but punctuation is taken out and "don\'t" becomes "dont", as for FineWeb 1.0'],
  redpajama: [normalizeText, 'lower case without ASCII punctuation, accents apart, as in RedPajama-V2'],
  slimpajama: [cleanAscii, 'NFC, lower case without ASCII punctuation, as in SlimPajama and MAP-NEO'],
  ccnet: [normalizeForDedup, 'lower case, digits as 0, without punctuation beyond ASCII, as in CCNet'],
  lower_case: [(text: string) => strip(text).toLowerCase(), 'lower case without white space around, as in C4'],
  none: [(text: string) => text, 'the text as it is'],
} satisfies Record<string, [(text: string) => string, string]>

export type NormalizerName = keyof typeof table

export const normalizers = Object.fromEntries(Object.entries(table).map(([name, [normalize]]) => [name, normalize])) as Record<
  NormalizerName,
  (text: string) => string
>

/** The `normalizer` option of steps that compare texts. */
export const normalizerOption = z
  .enum(Object.keys(table) as [NormalizerName, ...NormalizerName[]])
  .default('datatrove')
  .describe(
    `what of a text is compared: ${Object.entries(table)
      .map(([name, [, about]]) => `${name} (${about})`)
      .join(', ')}`,
  )

/** datatrove 0.2.0, `utils/text.py`: simplify_text. */
function simplifyAsBefore(text: string): string {
  let kept = ''
  for (const character of strip(text.toLowerCase()).replace(whiteSpace, ' '))
    if (!commonSymbols.has(character.codePointAt(0)!)) kept += character
  return strip(
    kept
      .normalize('NFD')
      .replace(/\p{Mn}+/gu, '')
      .replace(/\p{Nd}+/gu, '0'),
  )
}

function cleanAscii(text: string): string {
  return strip(text.normalize('NFC').toLowerCase().replace(asciiPunctuation, '')).replace(whiteSpace, ' ')
}
