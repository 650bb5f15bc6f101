import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { escapePattern } from '../text/escape_pattern.ts'
import { pythonSpace, splitWords, strip } from '../text/python.ts'

export default editor({
  summary:
    'take phrases, with one white space beside them, out of short lines, in upper or lower case; lines that are blank then are dropped, empty ones stay',
  why: 'Takes calls to act, such as "read more..." and "sign-in", out of short lines, where they are boilerplate, and leaves them in prose.',
  source: 'RefinedWeb (Penedo et al. 2023, App. G.2): "sign-in", "read more...", "items in cart"; DCLM substring_line_modifier',
  options: {
    phrases: z.array(z.string().min(1)).min(1).describe('what to take out'),
    at: z.enum(['start', 'end', 'anywhere']).describe('where in the line'),
    max_words: z.int().positive().optional().describe('words (between white space) that such a line has at most'),
    dots: z
      .enum(['literal', 'any_character'])
      .default('literal')
      .describe('what a dot in a phrase stands for: itself, or any character, as in DCLM, which takes its phrases for patterns'),
  },
  edit({ phrases, at, max_words = Number.POSITIVE_INFINITY, dots }) {
    const alternatives = phrases.map((phrase) =>
      dots === 'literal' ? escapePattern(phrase) : escapePattern(phrase).replaceAll('\\.', '.'),
    )
    const phrase = `(?:${alternatives.join('|')})`
    const space = `[${pythonSpace}]?`
    const pattern = new RegExp({ start: `^${phrase}${space}`, end: `${space}${phrase}$`, anywhere: `${space}${phrase}` }[at], 'gisu')
    return ({ text }) => {
      const lines = text.split('\n')
      const kept: string[] = []
      for (const line of lines) {
        if (line !== '' && (max_words === Number.POSITIVE_INFINITY || splitWords(line).length <= max_words)) {
          const rest = line.replace(pattern, '')
          if (strip(rest) !== '') kept.push(rest)
        } else kept.push(line)
      }
      return kept.join('\n')
    }
  },
  examples: [
    {
      text: 'Sign-in or join\nsign-in\n\nPlease sign-in',
      becomes: 'or join\n\nPlease sign-in',
      options: { phrases: ['sign-in'], at: 'start' },
    },
    { text: 'The news. Read more...', becomes: 'The news.', options: { phrases: ['read more...'], at: 'end' } },
    { text: 'Read more now', becomes: 'Read more now', options: { phrases: ['read more...'], at: 'end' } },
    // As a pattern, "read more..." is "read more" and three characters more.
    {
      text: 'News: read more of\nread more',
      becomes: 'News:\nread more',
      options: { phrases: ['read more...'], at: 'end', dots: 'any_character' },
    },
    {
      text: '3 items in cart\na b c items in cart',
      becomes: '3\na b c items in cart',
      options: { phrases: ['items in cart'], at: 'anywhere', max_words: 4 },
    },
    { text: '', becomes: '', options: { phrases: ['sign-in'], at: 'start' } },
  ],
})
