import { filter } from '../core/filter.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { hasOtherCase, hasUpperCase, wordsBy } from '../text/words/words.ts'

export default filter({
  summary: 'share of the words with capital letters and no small ones, of any script; 0 without words',
  why: 'Catches headlines, shouting and tables of abbreviations.',
  source: "A Pretrainer's Guide (Longpre et al. 2023); RedPajama-V2 rps_doc_frac_all_caps_words (Python's isupper); MAP-NEO (below 0.1)",
  range: [0, 1],
  options: { tokenizer: tokenizerOption },
  measure({ tokenizer }) {
    const words = wordsBy(tokenizer)
    return (doc) => {
      const { count, distinct, traits, counts } = doc.view(words)
      let upper = 0
      for (let id = 0; id < distinct; id++) if ((traits[id]! & (hasUpperCase | hasOtherCase)) === hasUpperCase) upper += counts[id]!
      return count === 0 ? 0 : upper / count
    }
  },
  examples: [
    { text: 'I saw NASA', value: 2 / 3 },
    { text: 'ДОМ B2 Bb 42', value: 0.5, options: { tokenizer: 'whitespace' } },
    { text: '', value: 0 },
  ],
})
