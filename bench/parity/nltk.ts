import { built, type Peer } from './peer.ts'
import { wordsOf } from './words_of.ts'

const peer: Peer = {
  packages: ['nltk==3.8.1'],
  // Only for Punkt's English model, which NLTK does not ship.
  withoutDependencies: ['llama-index-core==0.14.25'],
  async checks() {
    const { tokenizers } = await built<typeof import('../../src/text/words/word_tokenizers.ts')>('text/words/word_tokenizers')
    const { punktSentences } = await built<typeof import('../../src/text/sentences/punkt.ts')>('text/sentences/punkt')
    return [
      { name: 'words', about: 'words of word_tokenize', answer: (text) => wordsOf(tokenizers.nltk_english(text)) },
      { name: 'sentences', about: 'sentences of sent_tokenize', answer: (text) => wordsOf({ text, offsets: punktSentences(text) }) },
    ]
  },
}
export default peer
