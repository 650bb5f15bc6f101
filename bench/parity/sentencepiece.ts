import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { built, type Check, type Peer, repository } from './peer.ts'

const folder = 'fixtures/models'
const models = readdirSync(join(repository, folder))
  .filter((file) => file.endsWith('.sp.model'))
  .sort()

const peer: Peer = {
  packages: ['sentencepiece==0.2.3'],
  settings: async () => Object.fromEntries(models.map((file) => [file, `${folder}/${file}`])),
  async checks() {
    const { loadSentencePiece } = await built<typeof import('../../src/tokenizers/sentencepiece/sentencepiece.ts')>(
      'tokenizers/sentencepiece/sentencepiece',
    )
    return models.map((file): Check => {
      const model = loadSentencePiece(join(repository, folder, file))
      return { name: file, about: `pieces of every 5th text by ${folder}/${file}`, every: 5, answer: (text) => model.encode(text) }
    })
  },
}
export default peer
