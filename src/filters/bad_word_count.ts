import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { readWordList } from '../models/word_list.ts'
import { lowerCase } from '../text/lower_case.ts'

export default filter({
  summary: 'number of listed words and phrases that the text contains, in upper or lower case, each counted once',
  why: 'Finds pages with obscene or offensive vocabulary by a list, where no classifier is at hand. C4 removed every page with one listed word, which loses many harmless ones too (Dodge et al. 2021); a higher bound is milder.',
  source: 'C4 (Raffel et al. 2020, §2.2) with the LDNOOBW list; TFDS text/c4_utils.py: get_badwords_filter_fn',
  range: [0, Number.POSITIVE_INFINITY],
  options: {
    words: filePath('list of words and phrases, one a line, # for comments'),
    borders: z
      .boolean()
      .default(true)
      .describe('whether a word must stand between characters that are neither letters, digits nor _ (not so for Japanese, Thai, Chinese)'),
  },
  measure({ words, borders }) {
    const listed = [...readWordList(words)].map((word) => word.toLowerCase())
    return (doc) => {
      const text = doc.view(lowerCase)
      return listed.filter((word) => (borders ? standsAlone(text, word) : text.includes(word))).length
    }
  },
  examples: [
    { text: 'A casino, a CASINO.', value: 1, options: { words: 'pipelines/lists/soft_blocked_words.txt' } },
    { text: 'casinoland', value: 0, options: { words: 'pipelines/lists/soft_blocked_words.txt' } },
    { text: '', value: 0, options: { words: 'pipelines/lists/soft_blocked_words.txt' } },
  ],
})

function standsAlone(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (
      !wordCharacterBefore.test(text.slice(Math.max(0, at - 2), at)) &&
      !wordCharacter.test(text.slice(at + word.length, at + word.length + 2))
    )
      return true
  }
  return false
}

// Python's \w, at the end of the two units before a word, at the beginning of the two after it.
const wordCharacterBefore = /[\p{L}\p{N}_]$/u
const wordCharacter = /^[\p{L}\p{N}_]/u
