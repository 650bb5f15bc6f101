import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { decode, decodePage } from '../src/formats/charset.ts'

/** A page whose main text, or pieces of it, somebody has written down. */
export interface GoldPage {
  id: string
  url: string
  domain: string
  source: string
  page_type?: string
  html: string
  charset: string
  lang: string
  gold?: string
  /** The gold is the beginning of the text only. */
  prefix_only?: boolean
  with?: string[]
  without?: string[]
}

/** The pages of a gold folder: those with a text, then those with segments. */
export function goldPages(folder: string): GoldPage[] {
  return ['pages.jsonl.gz', 'segments.jsonl.gz'].flatMap((name) =>
    gunzipSync(readFileSync(join(folder, name)))
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as GoldPage),
  )
}

/** The HTML of a page, in the charset that the gold names. */
export function htmlOf(folder: string, page: GoldPage): string {
  const bytes = gunzipSync(readFileSync(join(folder, page.html)))
  if (page.charset === '' || page.charset === '?') return decodePage(bytes, '').text
  const label = page.charset === 'iso-8859-1' ? 'windows-1252' : page.charset
  return decode(bytes, label)
}

const dense = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}]/u

/** Words for scoring: runs of letters and digits in lower case; of scripts that write no spaces, each character. */
export function scoringWords(text: string): string[] {
  const words: string[] = []
  for (const [run] of text.toLowerCase().matchAll(/[\p{L}\p{N}_]+/gu)) {
    if (dense.test(run)) words.push(...run)
    else words.push(run)
  }
  return words
}
