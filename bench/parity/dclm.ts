import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Doc } from '../../src/core/doc.ts'
import { stepsOf } from './fineweb_rules.ts'
import { built, type Peer, repository } from './peer.ts'

/** DCLM is no package: its source at this commit has to lie here. */
const commit = '361714bdd60bb9b7f4b2d8354cebbf0dec0c329e'
const source = '.parity/dclm-source'

/** DCLM's names for the rules, by step. */
const filters: Record<string, string> = {
  word_count: 'page_length_filter',
  mean_word_length: 'word_length_filter',
  symbol_word_ratio: 'symbol_ratio_filter',
  bullet_line_ratio: 'bullet_count_filter',
  ellipsis_line_ratio: 'ellipsis_count_filter',
  letter_word_ratio: 'alphabetic_word_ratio_filter',
  stop_word_count: 'stop_word_filter',
  removed_word_ratio: 'word_removal_ratio_filter',
}
/** What the texts alone do not decide: the model of languages is another, and top-level domains are of another day. */
const leftOut = ['remove_urls', 'detect_language', 'language_score']

/** One rule: the document as it leaves it, or why it is removed. */
type TextRule = (doc: Doc, measured: Map<string, number>) => Doc | string

const peer: Peer = {
  commit,
  packages: ['uniseg==0.10.1', 'nltk==3.10.4', 'fasttext==0.9.3', 'numpy==1.26.4', 'unidecode==1.4.0', 'lxml==6.0.2', 'retrie==0.3.1'],
  async settings() {
    const { UserError } = await built<typeof import('../../src/core/errors.ts')>('core/errors')
    if (!existsSync(join(repository, source, 'baselines')))
      throw new UserError(
        `${source}: the source of DCLM is missing`,
        `git clone https://github.com/mlfoundations/dclm ${source} && git -C ${source} checkout ${commit}`,
      )
    return { source: join(repository, source) }
  },
  async checks() {
    const { Doc } = await built<typeof import('../../src/core/doc.ts')>('core/doc')
    const { brokenBound, boundsOf } = await built<typeof import('../../src/core/filter.ts')>('core/filter')
    const { loadStep } = await built<typeof import('../../src/pipeline/registry.ts')>('pipeline/registry')
    const steps = (await stepsOf('refinedweb_text')).filter(({ step }) => !leftOut.includes(step))
    let current: Map<string, number>
    const rules = await Promise.all(
      steps.map(async ({ step: name, label, options: given }): Promise<TextRule> => {
        const step = await loadStep(name)
        const options = step.schema.parse(given)
        if (step.kind === 'editor') {
          const edit = await step.edit(options)
          return (doc) => doc.withText(edit(doc))
        }
        if (step.kind !== 'filter') throw new Error(`${name} is no rule`)
        const measure = await step.measure(options, (earlier) => () => current.get(earlier)!)
        return (doc, measured) => {
          current = measured
          const value = measure(doc)
          measured.set(label, value)
          if (brokenBound(value, boundsOf(options)) === undefined) return doc
          return filters[name] ?? 'massive_web_repetition_filters'
        }
      }),
    )
    return [
      {
        name: 'refinedweb',
        about: `which rule on texts removes a page, or the text it leaves; pipelines/rules/refinedweb_text.yaml without ${leftOut.join(', ')}`,
        answer(text) {
          let doc = new Doc({ id: 'x', text })
          const measured = new Map<string, number>()
          for (const rule of rules) {
            const result = rule(doc, measured)
            if (typeof result === 'string') return { removed: result, text: null }
            doc = result
          }
          return { removed: null, text: doc.text }
        },
      },
    ]
  },
}
export default peer
