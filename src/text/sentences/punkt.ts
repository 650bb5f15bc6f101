import { isSpace, pythonSpace, stripEnd } from '../python.ts'
import { abbreviations, collocations, eitherCaseWords, lowerCaseStarters, lowerCaseWords, sentenceStarters } from './punkt_english.ts'

/**
 * Punkt (Kiss & Strunk 2006) with NLTK's English model, as `nltk.sent_tokenize` applies it (NLTK 3.8, `tokenize/punkt.py`). Time is linear
 * in the length of the text.
 *
 * 1. Candidates are full stops, question and exclamation marks before white space or punctuation; of several in one word, the last.
 * 2. Each is judged by the word that it ends and the next one: is the first an abbreviation, an initial, a number; would the second begin
 *    a sentence with this capital or small letter.
 * 3. Closing quotes and brackets go to the sentence before.
 */

/** Sentences of `text`: start and end offset (UTF-16 units) of each, one after the other; white space between them is left out. */
export function punktSentences(text: string): Int32Array {
  return Int32Array.from(moveClosingMarks(text, cutAtBreaks(text)))
}

// ─ candidates ─

/** A mark that may end a sentence, and where the word that it ends begins. */
interface SentenceMark {
  wordStart: number
  mark: number
}

/** What cannot stand within a word, as inside of a character class. */
const notInWord = ')";}\\]*:@\'({[!?'
const mayEnd = new RegExp(`[.?!](?=[${notInWord}${pythonSpace}])`, 'g')

function cutAtBreaks(text: string): number[] {
  const cuts: number[] = []
  const end = stripEnd(text).length
  let start = 0
  for (const { wordStart, mark } of candidates(text, end)) {
    const next = skipSpaces(text, mark + 1)
    const nextEnd = next > mark + 1 ? endOfWord(text, next) : next + 1
    if (!hasBreak(text.slice(wordStart, nextEnd))) continue
    cuts.push(start, mark + 1)
    start = next
  }
  cuts.push(start, end)
  return cuts
}

function* candidates(text: string, end: number): Generator<SentenceMark> {
  let last: SentenceMark | undefined
  for (const { index } of text.matchAll(mayEnd)) {
    // Nothing but white space follows.
    if (index === end - 1) break
    const wordStart = startOfWord(text, index, last)
    if (last && last.mark <= wordStart) yield last
    last = { wordStart, mark: index }
  }
  if (last) yield last
}

/** A word begins behind the last ASCII white space, if there is any after the candidate before; else where that one's word begins. */
function startOfWord(text: string, mark: number, { wordStart, mark: from }: SentenceMark = { wordStart: 0, mark: 0 }): number {
  let at = mark - 1
  while (at > from && !isAsciiSpace(text.charCodeAt(at))) at--
  return at > from ? at + 1 : wordStart
}

const isAsciiSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13)

function skipSpaces(text: string, at: number): number {
  while (at < text.length && isSpace(text.charCodeAt(at))) at++
  return at
}

function endOfWord(text: string, at: number): number {
  while (at < text.length && !isSpace(text.charCodeAt(at))) at++
  return at
}

// ─ decisions ─

const space = `[${pythonSpace}]`
const marks = `--+|\\.\\.+|(?:\\.[${pythonSpace.replace('\n', '')}]){2,}\\.`
const wordEnds = `${space}|$|[${notInWord}]|${marks}`
const wordPattern = new RegExp(
  `${marks}|[^${pythonSpace}("\`{[:;&#*@)}\\]\\-,][^${pythonSpace}]*?(?=${wordEnds}|,(?:${wordEnds}))|[^${pythonSpace}]`,
  'g',
)

/** Whether a sentence ends within these words, before the last one. */
function hasBreak(context: string): boolean {
  const words = context.match(wordPattern) ?? []
  for (let i = 0; i + 1 < words.length; i++) if (isBreak(words[i]!, words[i + 1]!)) return true
  return false
}

function isBreak(word: string, next: string): boolean {
  if (word === '?' || word === '!') return true
  if (!word.endsWith('.')) return false
  const type = withoutStop(typeOf(word))
  const nextType = endsSentence(next) ? withoutStop(typeOf(next)) : typeOf(next)
  if (collocations.has(`${type} ${nextType}`)) return false
  const ends = endsSentence(word)
  if (initial.test(word)) {
    const starts = startsSentence(next, nextType)
    return ends && starts !== false && (starts === true || !isUpper(next) || eitherCaseWords().has(nextType))
  }
  if (!ends) return startsSentence(next, nextType) === true || (isUpper(next) && sentenceStarters.has(nextType))
  return type !== number || startsSentence(next, nextType) !== false
}

const number = '##number##'
const numeric = /^-?[.,]?\p{Nd}[\p{Nd},.-]*\.?$/u
const initial = /^(?!\p{Nd})[\p{L}\p{N}_]\.$/u

const typeOf = (word: string): string => (numeric.test(word) ? number : word.toLowerCase())
const withoutStop = (type: string): string => (type.length > 1 && type.endsWith('.') ? type.slice(0, -1) : type)

const isUpper = (word: string): boolean => /^\p{Uppercase}/u.test(word)
const isLower = (word: string): boolean => /^\p{Lowercase}/u.test(word)

/** Whether a word ends a sentence by what it is itself: a mark, or a word with a full stop that is no abbreviation. */
function endsSentence(word: string): boolean {
  if (word === '?' || word === '!' || word === '.') return true
  if (!word.endsWith('.') || word.endsWith('..')) return false
  const lower = word.slice(0, -1).toLowerCase()
  return !abbreviations.has(lower) && !abbreviations.has(lower.slice(lower.lastIndexOf('-') + 1))
}

/** What the first letter's case says: it can only begin a sentence, it cannot, or (undefined) it may. */
function startsSentence(word: string, type: string): boolean | undefined {
  if (word.length === 1 && ';:,.!?'.includes(word)) return false
  if (isUpper(word)) return lowerCaseWords().has(type) || undefined
  if (isLower(word)) return lowerCaseStarters.has(type) ? undefined : false
  return undefined
}

// ─ closing marks ─

const isClosing = (character: string | undefined): boolean => character !== undefined && '"\')]}'.includes(character)

/** Quotes and brackets that begin a sentence, before white space, "--" or its end, go to the sentence before. */
function moveClosingMarks(text: string, cuts: readonly number[]): number[] {
  const sentences: number[] = []
  let moved = 0
  for (let i = 0; i < cuts.length; i += 2) {
    const start = cuts[i]! + moved
    const end = cuts[i + 1]!
    moved = 0
    if (i + 2 < cuts.length) {
      const [from, to] = [cuts[i + 2]!, cuts[i + 3]!]
      let at = from
      while (at < to && isClosing(text[at])) at++
      if (at > from && (at === to || isSpace(text.charCodeAt(at)) || text.startsWith('--', at))) {
        sentences.push(start, at)
        moved = (at === to ? to : skipSpaces(text, at)) - from
        continue
      }
    }
    if (start < end) sentences.push(start, end)
  }
  return sentences
}
