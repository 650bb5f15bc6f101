import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { codePointCount } from '../text/code_points.ts'
import { type Repetition, repetitionBy } from '../text/ngrams.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'

const algorithms = {
  greedy_skip: (repetition: Repetition, n: number) => repetition.greedySkipChars(n),
  union_of_words: (repetition: Repetition, n: number) => repetition.unionOfWordsChars(n),
  weighted_ngrams: (repetition: Repetition, n: number) => repetition.weightedNgramsChars(n),
}

export default filter({
  summary: 'characters of n-grams that repeat, spaces left out, as a share of all characters; 0 with fewer than n words',
  why: 'Catches repetition inside lines, such as keyword spam and loops of generated text, which rules on lines and paragraphs cannot see.',
  source:
    'Gopher repetition rules (Rae et al. 2021, Table A1), which define no measure: the defaults are datatrove gopher_repetition_filter.py: duplicated_n_grams; DCLM repetition_filter measures union_of_words in word_chars, Dolma gopher.py weighted_ngrams in ngram_chars',
  options: {
    n: z.int().min(1).max(50).describe('words in an n-gram'),
    tokenizer: tokenizerOption,
    algorithm: z
      .enum(['greedy_skip', 'union_of_words', 'weighted_ngrams'])
      .default('greedy_skip')
      .describe(
        'what repeats: n-grams seen before, going on behind each one found (greedy_skip); every word inside an n-gram that occurs twice, each once (union_of_words); every occurrence of such an n-gram, overlapping or not (weighted_ngrams)',
      ),
    denominator: z
      .enum(['text', 'word_chars', 'ngram_chars'])
      .default('text')
      .describe('what it is a share of: the text, its words alone (word_chars), or all its n-grams, overlapping (ngram_chars)'),
  },
  measure({ n, tokenizer, algorithm, denominator }) {
    const view = repetitionBy(tokenizer)
    const repeatedChars = algorithms[algorithm]
    return (doc) => {
      const repetition = doc.view(view)
      const repeated = repeatedChars(repetition, n)
      if (repeated === 0) return 0
      if (denominator === 'text') return repeated / doc.view(codePointCount)
      return repeated / (denominator === 'word_chars' ? repetition.wordChars() : repetition.ngramChars(n))
    }
  },
  examples: [
    { text: 'a b c a b c', value: 2 / 11, options: { n: 2 } },
    // Words are joined without a space: "ab c" repeats "a bc".
    { text: 'a bc d ab c', value: 3 / 11, options: { n: 2 } },
    { text: 'a b c a b c', value: 1, options: { n: 2, algorithm: 'union_of_words', denominator: 'word_chars' } },
    { text: 'a b c a b c', value: 8 / 10, options: { n: 2, algorithm: 'weighted_ngrams', denominator: 'ngram_chars' } },
    { text: 'one two three', value: 0, options: { n: 5 } },
    { text: '', value: 0, options: { n: 2 } },
  ],
})
