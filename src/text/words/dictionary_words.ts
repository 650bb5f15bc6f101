import { tokenizeCommon } from './spacy_tokenizer.ts'

const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}\p{Script=Myanmar}`
const unspacedRun = new RegExp(`[${unspaced}]+`, 'gu')
const anyUnspaced = new RegExp(`[${unspaced}]`, 'u')

const segmenter = new Intl.Segmenter('und', { granularity: 'word' })

/**
 * Words of texts in scripts that put no spaces between them (Chinese, Japanese, Thai, Khmer, Lao, Burmese): runs of these are cut by ICU's
 * dictionaries, what stands between the runs as `tokenizeCommon` cuts it. Start and end offset of each word, one after the other.
 */
export function tokenizeByDictionary(text: string): Int32Array {
  if (!anyUnspaced.test(text)) return tokenizeCommon(text)
  const words: number[] = []
  let at = 0
  const addOthers = (until: number): void => {
    if (until > at) for (const offset of tokenizeCommon(text.slice(at, until))) words.push(at + offset)
  }
  for (const { 0: run, index } of text.matchAll(unspacedRun)) {
    addOthers(index)
    for (const { segment, index: start } of segmenter.segment(run)) words.push(index + start, index + start + segment.length)
    at = index + run.length
  }
  addOthers(text.length)
  return Int32Array.from(words)
}
