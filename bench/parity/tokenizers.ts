import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { built, type Check, type Peer, repository } from './peer.ts'

const folders = ['fixtures/models/tokenizers', 'fixtures/models/tokenizers/kinds']
/** Small tokenizers of each kind that decant reads. */
const files = folders.flatMap((folder) =>
  readdirSync(join(repository, folder))
    .filter((file) => file.endsWith('.json') && file !== 'counts.json')
    .sort()
    .map((file) => `${folder}/${file}`),
)
const nameOf = (file: string): string => file.slice(`${folders[0]}/`.length)

const peer: Peer = {
  packages: ['tokenizers==0.23.3'],
  settings: async () => Object.fromEntries(files.map((file) => [nameOf(file), file])),
  async checks() {
    const { fileTokenCounter } = await built<typeof import('../../src/tokenizers/token_counter.ts')>('tokenizers/token_counter')
    return files.map((file): Check => {
      const count = fileTokenCounter(join(repository, file))
      return { name: nameOf(file), about: `tokens of every 5th text by ${file}`, every: 5, answer: count }
    })
  },
}
export default peer
