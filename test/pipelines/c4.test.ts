import { expect, test } from 'vitest'
import { article, chainOf } from './support.ts'

const chain = await chainOf('c4', 'trim_lines', 'trim_text', 1)

// TFDS text/c4_utils.py: clean_page, rule by rule.
test.each<[string, string, string | null, string]>([
  ['an article', article, null, article],
  ['lines lose the white space around them', `  ${article}\t\n`, null, article],
  ['a line without an end mark goes', `${article}\nRead the whole story here`, null, article],
  ['an ellipsis is no end mark', `${article}\nRead the whole story here...`, null, article],
  ['a single quote is none either', `${article}\nRead the whole 'story here'`, null, article],
  ['what a citation leaves behind is not stripped', `${article}\nThis is what they said. [1]`, null, article],
  [
    'a line of four words goes, of five stays',
    `${article}\nOnly four words here.\nBut here are five words.`,
    null,
    `${article}\nBut here are five words.`,
  ],
  ['words are counted after citations are gone', `${article}\n[1] [2] Only four words here.`, null, article],
  ['javascript', `${article}\nPlease enable JavaScript in your browser.`, null, article],
  ['a policy notice', `${article}\nBy going on you accept our Privacy Policy.`, null, article],
  [
    'a brace removes the page',
    `${article}\nHe wrote { and then nothing more.`,
    'curly_bracket_count.max',
    `${article}\nHe wrote { and then nothing more.`,
  ],
  ['but not in a line that goes for another reason', `${article}\nA { brace\nThey say javascript needs a { here.`, null, article],
  [
    'lorem ipsum',
    `${article}\nLorem ipsum dolor sit amet, they say.`,
    'lorem_ipsum_count.max',
    `${article}\nLorem ipsum dolor sit amet, they say.`,
  ],
  [
    'two sentences are too few',
    'This is the first of two. This is the other of them.',
    'sentence_count.min',
    'This is the first of two. This is the other of them.',
  ],
  ['a word of 1,001 characters', `${article}\nSee ${'x'.repeat(1001)} for all the details.`, null, article],
])('%s', (_, text, reason, becomes) => {
  const result = chain(text)
  expect([result.reason, result.text]).toEqual([reason, becomes])
})
