import { z } from 'zod'
import { editor } from '../core/editor.ts'

export default editor({
  summary: 'shorten runs of newlines',
  why: 'Extraction and other editors leave runs of empty lines behind. Shortening them saves tokens and makes line rules comparable.',
  source: 'RefinedWeb (Penedo et al. 2023, §3.1): no more than 2; DCLM newline_removal_modifier',
  options: { max: z.int().positive().describe('newlines that may stand in a row') },
  edit({ max }) {
    const run = new RegExp(`\n{${max + 1},}`, 'g')
    return (doc) => doc.text.replace(run, '\n'.repeat(max))
  },
  examples: [
    { text: 'one\n\n\n\ntwo\n\nthree', becomes: 'one\n\ntwo\n\nthree', options: { max: 2 } },
    { text: 'one\n \n\ntwo', becomes: 'one\n \n\ntwo', options: { max: 2 } },
    { text: '', becomes: '', options: { max: 2 } },
  ],
})
