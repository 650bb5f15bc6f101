import { filter } from '../core/filter.ts'
import { tokenizerOption } from '../text/words/word_tokenizers.ts'
import { wordsBy } from '../text/words/words.ts'

export default filter({
  summary: 'entropy (nats) of the frequencies of the words: 0 when all are the same, ln n for n different words; 0 without words',
  why: 'Low values mean that a few words make up the text; a single number for repetition that does not depend on where it stands.',
  source: 'RedPajama-V2 rps_doc_unigram_entropy; MAP-NEO (3 to 6)',
  options: { tokenizer: tokenizerOption },
  measure({ tokenizer }) {
    const words = wordsBy(tokenizer)
    return (doc) => {
      const { count, counts } = doc.view(words)
      let entropy = 0
      for (const times of counts) entropy -= (times / count) * Math.log(times / count)
      return entropy
    }
  },
  examples: [
    { text: 'a a b b', value: Math.log(2) },
    { text: 'One two. Three, four!', value: Math.log(4), options: { tokenizer: 'normalized' } },
    { text: 'one one one', value: 0 },
    { text: '', value: 0 },
  ],
})
