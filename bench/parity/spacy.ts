import { built, type Peer } from './peer.ts'
import { wordsOf } from './words_of.ts'

const peer: Peer = {
  packages: ['spacy==3.8.18'],
  async checks() {
    const { Doc } = await built<typeof import('../../src/core/doc.ts')>('core/doc')
    const { tokenizers } = await built<typeof import('../../src/text/words/word_tokenizers.ts')>('text/words/word_tokenizers')
    const { countSentencesBy } = await built<typeof import('../../src/text/sentences/sentences.ts')>('text/sentences/sentences')
    const countSentences = { text: countSentencesBy('spacy_english', 'text'), line: countSentencesBy('spacy_english', 'line') }
    return [
      {
        name: 'words',
        about: 'words of the English tokenizer',
        answer: (text) => wordsOf(tokenizers.spacy_english(text)),
      },
      {
        name: 'sentences',
        about: 'number of sentences of a text by the sentencizer',
        answer: (text) => countSentences.text(new Doc({ id: 'x', text })),
      },
      {
        name: 'line_sentences',
        about: 'number of sentences of its lines, each on its own, of every 5th text',
        every: 5,
        answer: (text) => countSentences.line(new Doc({ id: 'x', text })),
      },
    ]
  },
}
export default peer
