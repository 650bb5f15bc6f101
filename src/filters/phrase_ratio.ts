import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { codePoints } from '../text/code_points.ts'
import { lowerCase } from '../text/lower_case.ts'
import { wordsBy } from '../text/words/words.ts'

const normalized = wordsBy('normalized')

export default filter({
  summary: 'how often any of the phrases stands in the text, in upper or lower case, for each character of it; 0 without characters',
  why: 'As `phrase_count`, as a share of the text, so a long page may contain a phrase now and then.',
  source: 'RedPajama-V2 rps_doc_curly_bracket, rps_doc_lorem_ipsum (on normalized text); MAP-NEO (below 0.025, 3e-8)',
  options: {
    phrases: z.array(z.string().min(1)).min(1).describe('what to look for; occurrences of one phrase do not overlap'),
    text: z
      .enum(['as_it_is', 'normalized'])
      .default('as_it_is')
      .describe('normalized: without ASCII punctuation, one space between words, accents apart from their letters'),
  },
  measure({ phrases, text: view }) {
    const lowerPhrases = phrases.map((phrase) => phrase.toLowerCase())
    return (doc) => {
      const text = view === 'normalized' ? doc.view(normalized).text : doc.view(lowerCase)
      let count = 0
      for (const phrase of lowerPhrases) for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + phrase.length)) count++
      return count === 0 ? 0 : count / codePoints(view === 'normalized' ? text : doc.text)
    }
  },
  examples: [
    { text: '{a: {}}', value: 4 / 7, options: { phrases: ['{', '}'] } },
    { text: 'Lorem, ipsum!', value: 1 / 11, options: { phrases: ['lorem ipsum'], text: 'normalized' } },
    { text: 'Lorem, ipsum!', value: 0, options: { phrases: ['lorem ipsum'] } },
    { text: '', value: 0, options: { phrases: ['{'] } },
  ],
})
