import { join } from 'node:path'
import { type Answer, built, type Peer, repository } from './peer.ts'

/** Recipes with a fix_text step. */
const recipes = ['slimpajama', 'fineweb-2']

/** All options of a recipe's fix_text step. */
async function optionsOf(recipe: string): Promise<Record<string, Answer>> {
  const { readConfig } = await built<typeof import('../../src/pipeline/config.ts')>('pipeline/config')
  const { loadStep } = await built<typeof import('../../src/pipeline/registry.ts')>('pipeline/registry')
  const { steps } = readConfig(join(repository, 'pipelines', `${recipe}.yaml`))
  const { options } = steps.find(({ step }) => step === 'fix_text')!
  return (await loadStep('fix_text')).schema.parse(options) as Record<string, Answer>
}

const peer: Peer = {
  packages: ['ftfy==6.3.1'],
  settings: async () => Object.fromEntries(await Promise.all(recipes.map(async (recipe) => [recipe, await optionsOf(recipe)] as const))),
  async checks() {
    const { Doc } = await built<typeof import('../../src/core/doc.ts')>('core/doc')
    const { default: fixText } = await built<typeof import('../../src/editors/fix_text.ts')>('editors/fix_text')
    return Promise.all(
      recipes.map(async (name) => {
        const edit = await fixText.edit(await optionsOf(name))
        return { name, about: `fix_text with the options of pipelines/${name}.yaml`, answer: (text) => edit(new Doc({ id: 'x', text })) }
      }),
    )
  },
}
export default peer
