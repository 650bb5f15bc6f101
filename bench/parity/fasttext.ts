import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { built, type Check, type Peer, repository } from './peer.ts'

const folder = 'fixtures/models'

/** The language model that comes with decant, and a small model of each loss, quantised and not. */
async function models(): Promise<Record<string, string>> {
  const { defaultLanguageModel } = await built<typeof import('../../src/models/language.ts')>('models/language')
  const small = readdirSync(join(repository, folder)).filter((file) => /\.(?:bin|ftz)$/.test(file))
  return {
    'lid.176.ftz': relative(repository, defaultLanguageModel()),
    ...Object.fromEntries(small.sort().map((file) => [file, `${folder}/${file}`])),
  }
}

const peer: Peer = {
  packages: ['fasttext==0.9.3', 'numpy==1.26.4'],
  settings: models,
  async checks() {
    const { loadFastText } = await built<typeof import('../../src/models/fasttext/fasttext.ts')>('models/fasttext/fasttext')
    return Object.entries(await models()).flatMap(([name, path]): Check[] => {
      const model = loadFastText(join(repository, path))
      const every = name === 'lid.176.ftz' ? 1 : 5
      const which = every === 1 ? 'a text' : `every ${every}th text`
      return [
        {
          name,
          about: `probability of each label that it reports for ${which}, within 5e-6`,
          every,
          within: 5e-6,
          answer: (text) =>
            Object.fromEntries(model.predict(text, model.labels.length).map(({ label, probability }) => [label, probability])),
        },
        {
          name: `${name} first`,
          about: `the most probable label of ${which}`,
          every,
          answer: (text) => model.predict(text, 1)[0]?.label ?? null,
        },
      ]
    })
  },
}
export default peer
