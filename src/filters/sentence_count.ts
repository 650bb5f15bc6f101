import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { countSentencesBy, splitterOption } from '../text/sentences/sentences.ts'

export default filter({
  summary: 'number of sentences; every line begins a new one unless the text is taken as a whole',
  why: 'Asks for several sentences, which captions, titles and error pages do not have, however long they are.',
  source:
    "C4 (Raffel et al. 2020, §2.2), at least 5 sentences; datatrove c4_filters.py: too_few_sentences, with spaCy's English rules, or NLTK's when FineWeb 1.0 was made",
  range: [0, Number.POSITIVE_INFINITY],
  options: {
    per: z
      .enum(['line', 'text'])
      .default('line')
      .describe('count in each line and add up (lines without words have none), or in the text (at least 1 with spacy_english)'),
    splitter: splitterOption,
  },
  measure: ({ per, splitter }) => countSentencesBy(splitter, per),
  examples: [
    { text: 'One. Two! "Three?"\nFour', value: 4 },
    { text: 'Mr. Smith of the U.S. came.', value: 1 },
    { text: 'one\ntwo', value: 1, options: { per: 'text' } },
    { text: '', value: 1, options: { per: 'text' } },
    { text: 'Dr. No came. (He stayed.) But why?', value: 3, options: { splitter: 'nltk_english' } },
    { text: '', value: 0, options: { per: 'text', splitter: 'nltk_english' } },
    { text: 'Mr. Smith paid $3.50... (He did!)', value: 4, options: { per: 'text', splitter: 'marks' } },
    { text: '', value: 0 },
  ],
})
