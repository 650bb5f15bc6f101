import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { lowerCase } from '../text/lower_case.ts'

export default filter({
  summary: 'how often any of the phrases stands in the text, in upper or lower case',
  why: 'Removes pages with a phrase that gives them away, such as "lorem ipsum" (placeholder text) or "{" (code).',
  source: 'C4 (Raffel et al. 2020, §2.2): "lorem ipsum", "{"; datatrove c4_filters.py',
  range: [0, Number.POSITIVE_INFINITY],
  options: {
    phrases: z.array(z.string().min(1)).min(1).describe('what to look for; occurrences of one phrase do not overlap'),
  },
  measure({ phrases }) {
    const lowerPhrases = phrases.map((phrase) => phrase.toLowerCase())
    return (doc) => {
      const text = doc.view(lowerCase)
      let count = 0
      for (const phrase of lowerPhrases) for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + phrase.length)) count++
      return count
    }
  },
  examples: [
    { text: 'Lorem Ipsum dolor, lorem ipsum', value: 2, options: { phrases: ['lorem ipsum'] } },
    { text: 'if (a) { b() }', value: 1, options: { phrases: ['{'] } },
    { text: '', value: 0, options: { phrases: ['{'] } },
  ],
})
