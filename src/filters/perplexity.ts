import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { loadKenLM } from '../models/kenlm/kenlm.ts'
import { normalizeForModel } from '../text/ccnet.ts'
import { splitWords } from '../text/python.ts'
import { round } from '../text/round.ts'
import { loadSentencePiece } from '../tokenizers/sentencepiece/sentencepiece.ts'

export default filter({
  summary: 'perplexity of the text by an n-gram language model: the lower, the more it is like what the model was trained on',
  why: 'Says how far a text is from the language of a reference such as Wikipedia. Very high values are lists, codes and broken text.',
  source:
    'CCNet (Wenzek et al. 2019, §4.3; cc_net/perplexity.py): Wikipedia, bounds for each language; RedPajama-V1, below 520; OSCAR harmful_pp: adult pages, at least 25',
  options: {
    model: filePath('a KenLM model (.arpa, .arpa.gz, or a binary file of type probing or trie), such as CCNet’s en.arpa.bin'),
    sentencepiece: filePath(
      'the SentencePiece model that cuts texts into what the language model knows, such as CCNet’s en.sp.model; without it, words between spaces',
    ).optional(),
    normalizer: z
      .enum(['ccnet', 'none'])
      .default('ccnet')
      .describe('ccnet: lower case, no accents, digits as 0, ASCII punctuation, and no control characters, newlines among them'),
    sentences: z
      .enum(['text', 'lines'])
      .default('text')
      .describe('what the model sees as a sentence: the whole text (as CCNet, which has joined its lines), or each line'),
    decimals: z.int().min(0).max(20).optional().describe('round to as many, half to even as Python does; CCNet rounds to 1'),
  },
  async measure({ model, sentencepiece, normalizer, sentences, decimals }) {
    const languageModel = await loadKenLM(model)
    const pieces = sentencepiece === undefined ? null : loadSentencePiece(sentencepiece)
    return ({ text }) => {
      let [score, length] = [0, 0]
      for (const sentence of sentences === 'lines' ? text.split('\n') : [text]) {
        const normalized = normalizer === 'ccnet' ? normalizeForModel(sentence) : sentence
        const tokens = pieces ? pieces.encode(normalized).join(' ') : normalized
        score += languageModel.score(tokens)
        length += splitWords(tokens).length + 1
      }
      const perplexity = 10 ** (-score / length)
      return decimals === undefined ? perplexity : round(perplexity, decimals)
    }
  },
  examples: [
    {
      text: 'The oven and the tomatoes grew.',
      value: 56.3,
      options: { model: 'fixtures/models/language.trie', sentencepiece: 'fixtures/models/unigram.sp.model', decimals: 1 },
    },
    { text: '', value: 68.4, options: { model: 'fixtures/models/language.trie', decimals: 1 } },
  ],
})
