import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { built, type Check, type Peer, repository } from './peer.ts'

const folder = 'fixtures/models'
const pieces = `${folder}/unigram.sp.model`
/** One small model in each format that decant reads. */
const models = readdirSync(join(repository, folder))
  .filter((file) => /\.(?:arpa|trie|probing)$/.test(file))
  .sort()

const peer: Peer = {
  packages: ['kenlm==0.3.0', 'sentencepiece==0.2.3'],
  settings: async () => ({ pieces, models: Object.fromEntries(models.map((file) => [file, `${folder}/${file}`])) }),
  async checks() {
    const { loadKenLM } = await built<typeof import('../../src/models/kenlm/kenlm.ts')>('models/kenlm/kenlm')
    const { loadSentencePiece } = await built<typeof import('../../src/tokenizers/sentencepiece/sentencepiece.ts')>(
      'tokenizers/sentencepiece/sentencepiece',
    )
    const cut = loadSentencePiece(join(repository, pieces))
    return Promise.all(
      models.map(async (file): Promise<Check> => {
        const model = await loadKenLM(join(repository, folder, file))
        const answer: Check['answer'] = (text) => text.split('\n').map((line) => model.score(cut.encode(line).join(' ')))
        return { name: file, about: 'score of each line, cut by SentencePiece, of every 10th text', every: 10, answer }
      }),
    )
  },
}
export default peer
