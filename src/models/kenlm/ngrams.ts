/**
 * Where a model's n-grams are. A look-up begins with a word and goes on with the words before it, the nearest first; what it has found
 * stands in `probability`, `backoff` and `extends`.
 */
export interface Ngrams {
  /** Longest n-gram of the model. */
  readonly order: number
  /** How many words it knows. */
  readonly words: number
  /** log10 of the probability of the n-gram's last word after the others. */
  readonly probability: number
  /** What an n-gram that continues this one, but is not in the model, is charged. -0 when nothing continues it. Not set for the longest. */
  readonly backoff: number
  /** Whether the n-gram with one more word before it may be in the model. */
  readonly extends: boolean
  /** The number of a word, 0 when the model does not know it. */
  wordOf(bytes: Uint8Array, start: number, end: number): number
  findWord(word: number): void
  /** Find the n-gram that is the last one found with `word` before it. */
  findLonger(length: number, word: number): boolean
}
