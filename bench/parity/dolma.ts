import type { Doc } from '../../src/core/doc.ts'
import { stepsOf } from './fineweb_rules.ts'
import { built, type Peer } from './peer.ts'

/** Dolma's names for what the rules measure, by label. */
const attributes: Record<string, string> = {
  ...Object.fromEntries([2, 3, 4].map((n) => [`top_${n}_gram_char_ratio`, `fraction_of_characters_in_most_common_${n}grams`])),
  ...Object.fromEntries(
    [5, 6, 7, 8, 9, 10].map((n) => [`duplicate_${n}_gram_char_ratio`, `fraction_of_characters_in_duplicate_${n}grams`]),
  ),
  word_count: 'word_count',
  median_word_length: 'median_word_length',
  symbol_word_ratio: 'symbol_to_word_ratio',
  letter_word_ratio: 'fraction_of_words_with_alpha_character',
  stop_word_count: 'required_word_count',
  bullet_line_ratio: 'fraction_of_lines_starting_with_bullet_point',
  ellipsis_line_ratio: 'fraction_of_lines_ending_with_ellipsis',
  duplicate_line_ratio: 'fraction_of_duplicate_lines',
  duplicate_line_char_ratio: 'fraction_of_characters_in_duplicate_lines',
}

const peer: Peer = {
  packages: [
    ...['anyascii==0.3.3', 'blingfire==0.1.8', 'charset-normalizer==3.5.3', 'fasttext==0.9.3', 'fsspec==2026.9.0', 'jq==1.13.0'],
    ...['jsonpath-ng==1.16.0', 'msgspec==0.23.0', 'necessary==0.4.3', 'nltk==3.10.4', 'numpy==1.26.4', 'omegaconf==2.4.0'],
    ...['platformdirs==4.14.9', 'python-dotenv==1.2.4', 'pyyaml==6.0.4', 'requests==2.34.2', 'rich==15.0.0', 'smart_open==9.0.2'],
    ...['tokenizers==0.19.1', 'tqdm==4.70.1', 'uniseg==0.10.1', 'zstandard==0.25.0'],
  ],
  // pip finds no set of versions that satisfies all it asks for; its tagger needs those above.
  withoutDependencies: ['dolma==1.2.1'],
  async checks() {
    const { Doc } = await built<typeof import('../../src/core/doc.ts')>('core/doc')
    const { loadStep } = await built<typeof import('../../src/pipeline/registry.ts')>('pipeline/registry')
    const steps = [...(await stepsOf('dolma_quality')), ...(await stepsOf('dolma_repetition'))]
    const measures = await Promise.all(
      steps.map(async ({ step: name, label, options }): Promise<[string, (doc: Doc) => number]> => {
        const step = await loadStep(name)
        if (step.kind !== 'filter') throw new Error(`${name} measures nothing`)
        return [attributes[label]!, await step.measure(step.schema.parse(options))]
      }),
    )
    const { codePoints } = await built<typeof import('../../src/text/code_points.ts')>('text/code_points')
    return [
      {
        name: 'gopher_v1',
        about: 'attributes of its tagger gopher_v1; pipelines/rules/dolma_quality.yaml and dolma_repetition.yaml',
        answer(text) {
          const doc = new Doc({ id: 'x', text })
          return { ...Object.fromEntries(measures.map(([name, measure]) => [name, measure(doc)])), character_count: codePoints(text) }
        },
      },
    ]
  },
}
export default peer
