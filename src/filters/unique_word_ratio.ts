import { filter } from '../core/filter.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { wordsBy } from '../text/words/words.ts'

export default filter({
  summary: 'number of different words as a share of all words; 0 without words',
  why: 'Very low values are repetition and spam, very high ones lists without a repeated word. It falls with the length of a text, so bounds fit texts of similar length.',
  source: "A Pretrainer's Guide (Longpre et al. 2023); RedPajama-V2 rps_doc_frac_unique_words; MAP-NEO (0.2 to 0.8)",
  range: [0, 1],
  options: { tokenizer: tokenizerOption },
  measure({ tokenizer }) {
    const words = wordsBy(tokenizer)
    return (doc) => {
      const { count, distinct } = doc.view(words)
      return count === 0 ? 0 : distinct / count
    }
  },
  examples: [
    { text: 'the end of the day', value: 0.8 },
    { text: 'The end of the day.', value: 0.8, options: { tokenizer: 'normalized' } },
    { text: '', value: 0 },
  ],
})
