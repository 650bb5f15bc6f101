import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { keepLines } from '../text/keep_lines.ts'
import { lowerCase } from '../text/lower_case.ts'

export default editor({
  summary: 'drop lines that contain any of the phrases, in upper or lower case',
  why: 'Removes notices that sites repeat, such as on JavaScript and cookies, and keeps the page.',
  source: 'C4 (Raffel et al. 2020, §2.2): "javascript", policy notices; datatrove c4_filters.py',
  options: { phrases: z.array(z.string().min(1)).min(1).describe('what no line may contain') },
  edit({ phrases }) {
    const lowerPhrases = phrases.map((phrase) => phrase.toLowerCase())
    return (doc) => {
      const text = doc.view(lowerCase)
      if (!lowerPhrases.some((phrase) => text.includes(phrase))) return doc.text
      return keepLines(doc.text, (line) => {
        const lower = line.toLowerCase()
        return !lowerPhrases.some((phrase) => lower.includes(phrase))
      })
    }
  },
  examples: [
    { text: 'Please enable JavaScript.\nThe text.', becomes: 'The text.', options: { phrases: ['javascript'] } },
    { text: '', becomes: '', options: { phrases: ['javascript'] } },
  ],
})
