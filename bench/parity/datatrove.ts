import type { SignatureOptions } from '../../src/dedup/signatures.ts'
import { applyRules, chainVerdict, finewebRules, groupNames, groups } from './fineweb_rules.ts'
import { built, type Check, type Peer } from './peer.ts'
import { wordsOf } from './words_of.ts'

const fineweb: Omit<SignatureOptions, 'hash'> = {
  unit: 'word',
  ngram: 5,
  normalizer: 'datatrove',
  tokenizer: 'spacy_english',
  bands: 14,
  rows: 8,
  seed: 1,
}

const peer: Peer = {
  packages: [
    'datatrove==0.10.1',
    'spacy==3.8.18',
    'nltk==3.10.4',
    'tldextract==5.4.0',
    'tokenizers==0.23.3',
    'xxhash==3.5.0',
    'numpy==2.4.6',
  ],
  async checks() {
    const { Doc } = await built<typeof import('../../src/core/doc.ts')>('core/doc')
    const { tokenizers } = await built<typeof import('../../src/text/words/word_tokenizers.ts')>('text/words/word_tokenizers')
    const { countSentencesBy } = await built<typeof import('../../src/text/sentences/sentences.ts')>('text/sentences/sentences')
    const { signer } = await built<typeof import('../../src/dedup/signatures.ts')>('dedup/signatures')
    const rules = await finewebRules('')
    const countSentences = countSentencesBy('spacy_english', 'text')
    const document = (text: string) => new Doc({ id: 'x', text })
    const alone = groupNames.map((group): Check => {
      const answer: Check['answer'] = (text) => {
        const result = applyRules(rules[group], document(text))
        return typeof result === 'string' ? result : null
      }
      return { name: group, about: `verdict and reason; pipelines/rules/${groups[group]}.yaml`, answer }
    })
    const signatures = (['sha1', 'xxh64'] as const).map((hash): Check => {
      const sign = signer({ ...fineweb, hash })
      const answer: Check['answer'] = (text) => Array.from(sign(text, 0)?.minhashes ?? [], String)
      return { name: `minhash_${hash}`, about: `112 numbers of a MinHash signature, by ${hash}, of every 5th text`, every: 5, answer }
    })
    return [
      ...alone,
      {
        name: 'c4_text',
        about: 'the text that the C4 filter leaves, null for one that it removes',
        answer(text) {
          const result = applyRules(rules.c4, document(text))
          return typeof result === 'string' ? null : result.text
        },
      },
      {
        name: 'chain',
        about: "filter and reason of the four filters one after the other, in FineWeb's order",
        answer: (text) => chainVerdict(rules, document(text)),
      },
      {
        name: 'words',
        about: 'words of its English tokenizer',
        answer: (text) => wordsOf(tokenizers.spacy_english(text)),
      },
      {
        name: 'sentences',
        about: 'number of sentences of its English tokenizer, as its filters count them',
        answer: (text) => countSentences(document(text)),
      },
      ...signatures,
    ]
  },
}
export default peer
