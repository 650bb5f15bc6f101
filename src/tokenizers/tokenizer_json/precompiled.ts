import { CharacterMap } from '../sentencepiece/normalizer.ts'
import type { Normalizer } from './normalizer.ts'

/**
 * Characters that do not begin a grapheme (Unicode's GB5 to GB13) behind most others, and those whose graphemes reach beyond them: jamo,
 * marks that precede what they mark, and joiners.
 */
const follows = '\\p{M}\\p{Grapheme_Extend}\\p{Emoji_Modifier}\\p{RI}\\u200d\\u0e33\\u0eb3\\u1160-\\u11ff\\ud7b0-\\ud7ff'
const precedes =
  '\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u0d4e\\u{110bd}\\u{110cd}\\u{111c2}\\u{111c3}\\u{113d1}\\u{1193f}\\u{11941}\\u{11a3a}\\u{11a84}-\\u{11a89}\\u{11d46}\\u{11f02}\\u1100-\\u115f\\ua960-\\ua97c\\p{RI}'
/** What may be one grapheme, and single characters that are not of printable ASCII. */
const special = new RegExp(`\\r\\n|[${precedes}]+[^]?[${follows}]*|[^][${follows}]+|[^\\x20-\\x7e]`, 'gv')
const unit = new RegExp(`\\r\\n|[${precedes}]+[^]?[${follows}]*|[^][${follows}]*`, 'gv')
const mostRemembered = 1 << 16
const longestRemembered = 16
/** In bytes: longer graphemes are taken character by character. */
const longestGrapheme = 5

/**
 * A map of character sequences, as normalizers/precompiled.rs and the crate spm_precompiled apply it. It is given graphemes, not texts, and
 * of all rules that a grapheme begins with it takes the shortest for the whole of it.
 */
export function precompiled(base64: string): Normalizer {
  const map = new CharacterMap(Buffer.from(base64, 'base64'), 'its Precompiled normalizer')
  const mapped = (part: string): string => {
    const bytes = Buffer.from(part)
    if (!map.findShortest(bytes, bytes.length)) return part
    return Buffer.from(map.bytes.subarray(map.start, map.end)).toString()
  }
  const hasRule = (part: string): boolean => map.findShortest(Buffer.from(part), Buffer.byteLength(part))
  const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
  const make = (cluster: string): string => {
    let made = ''
    for (const { segment } of graphemes.segment(cluster)) {
      if (Buffer.byteLength(segment) <= longestGrapheme && hasRule(segment)) made += mapped(segment)
      else for (const character of segment) made += mapped(character)
    }
    return made
  }
  const remembered = new Map<string, string>()
  const replacement = (cluster: string): string => {
    const known = remembered.get(cluster)
    if (known !== undefined) return known
    const made = make(cluster)
    if (cluster.length <= longestRemembered) {
      if (remembered.size >= mostRemembered) remembered.clear()
      remembered.set(cluster, made)
    }
    return made
  }
  const changesAscii = Array.from({ length: 0x5f }, (_, i) => String.fromCharCode(0x20 + i)).some(hasRule)
  const pattern = changesAscii ? unit : special
  return (text, origin) => {
    const made = text.replace(pattern, replacement)
    // where the first character vanishes, the library takes the next for it
    if (origin.length > 0) origin.length = replacement(text.slice(0, origin.length)).length || Math.min(1, made.length)
    return made
  }
}
