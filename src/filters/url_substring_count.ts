import { z } from 'zod'
import { filter } from '../core/filter.ts'
import { filePath } from '../core/options.ts'
import { readWordList } from '../models/word_list.ts'
import { asciiAlphanumerics, normalizedEntries } from '../text/url_words.ts'

export default filter({
  summary:
    'number of distinct listed strings that occur in the address once everything but its ASCII letters and digits, or the characters named, is left out',
  why: 'Finds banned words inside host names and paths, where words are written together. It has more false alarms than `url_word_count`.',
  source: 'datatrove URLFilter: banned subwords (max 0); DCLM url_substring_filter ignores - and .',
  range: [0, Number.POSITIVE_INFINITY],
  options: {
    substrings: filePath(
      'list of strings, one a line, # for comments; compared in lower case and without other characters than a–z and 0–9',
    ),
    ignored_characters: z
      .string()
      .min(1)
      .optional()
      .describe('leave only these characters of the address out, and compare the listed strings as they are, in lower case'),
  },
  measure({ substrings, ignored_characters }) {
    if (ignored_characters !== undefined) {
      const entries = [...new Set([...readWordList(substrings)].map((entry) => entry.toLowerCase()))]
      const ignored = new Set(ignored_characters)
      return (doc) => {
        const url = [...doc.url.toLowerCase()].filter((character) => !ignored.has(character)).join('')
        return entries.filter((entry) => url.includes(entry)).length
      }
    }
    const listed = normalizedEntries(readWordList(substrings))
    return (doc) => {
      const url = asciiAlphanumerics(doc.url)
      return listed.filter((substring) => url.includes(substring)).length
    }
  },
  examples: [
    { text: '', url: 'https://freepornfilter.example/about', value: 1, options: { substrings: 'pipelines/lists/blocked_substrings.txt' } },
    { text: '', url: 'https://a.example/FREE/porn', value: 1, options: { substrings: 'pipelines/lists/blocked_substrings.txt' } },
    {
      text: '',
      url: 'https://a.example/FREE-porn/free/porn',
      value: 1,
      options: { substrings: 'pipelines/lists/blocked_substrings.txt', ignored_characters: '-.' },
    },
    { text: '', url: 'https://journal.example/', value: 0, options: { substrings: 'pipelines/lists/blocked_substrings.txt' } },
    { text: '', value: 0, options: { substrings: 'pipelines/lists/blocked_substrings.txt' } },
  ],
})
