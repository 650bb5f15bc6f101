import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tokenizers } from '../../../src/text/words/word_tokenizers.ts'
import { cpuSeconds } from '../../support.ts'

const cut = (name: keyof typeof tokenizers, text: string): string[] => {
  const { text: cutText, offsets } = tokenizers[name](text)
  return Array.from({ length: offsets.length / 2 }, (_, i) => cutText.slice(offsets[2 * i], offsets[2 * i + 1]))
}

describe('uax29', () => {
  test.each<[text: string, words: string[]]>([
    ['', []],
    [' \n\t\u00a0\u3000', []],
    ["It didn't cost 3.50, or 1,000.", ['It', "didn't", 'cost', '3.50', ',', 'or', '1,000', '.']],
    // A mark between letters joins them only where a letter follows.
    ["rock 'n' roll, it's.", ['rock', "'", 'n', "'", 'roll', ',', "it's", '.']],
    ['e.g. 1:2 a:b x_y _', ['e.g', '.', '1', ':', '2', 'a:b', 'x_y', '_']],
    ['node2vec 3rd', ['node2vec', '3rd']],
    ['cafe\u0301 na\u00efve', ['cafe\u0301', 'na\u00efve']],
    ['\u05e6\u05d4"\u05dc \u05d2\'', ['\u05e6\u05d4"\u05dc', "\u05d2'"]],
    ['日本語です', ['日', '本', '語', 'で', 'す']],
    ['カタカナ', ['カタカナ']],
    ['สวัสดี', ['ส', 'วั', 'ส', 'ดี']],
    ['\u{1f1e9}\u{1f1ea}\u{1f1eb}\u{1f1f7}\u{1f1ee}', ['\u{1f1e9}\u{1f1ea}', '\u{1f1eb}\u{1f1f7}', '\u{1f1ee}']],
    ['\u{1f469}\u200d\u{1f4bb}\u{1f44d}\u{1f3fd}', ['\u{1f469}\u200d\u{1f4bb}', '\u{1f44d}\u{1f3fd}']],
    ['\u{10400}\u{10401} \u{1d7d8}1', ['\u{10400}\u{10401}', '\u{1d7d8}1']],
    ['a\r\nb', ['a', 'b']],
    ['\ud800x', ['\ud800', 'x']],
  ])('%j', (text, words) => {
    expect(cut('uax29', text)).toEqual(words)
  })

  test('alphanumeric: those that begin with a letter or digit', () => {
    expect(cut('uax29_alphanumeric', '"It\'s" ½ of _x – 日本 \u0301a')).toEqual(["It's", '½', 'of', '日', '本', 'a'])
  })

  // Intl.Segmenter goes by a dictionary in scripts without spaces and in Korean, and by other rules for the colon.
  test('random text: what Intl.Segmenter gives', () => {
    const segmenter = new Intl.Segmenter('en', { granularity: 'word' })
    const character = fc.constantFrom(...'aZ1٣éя\u05d0\'".,;_-’ \n\r\t\u0301\u200d\u00ad\u{1f469}\u{1f1e9}\u{10400}٬·カ')
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 12 }), (text) => {
        const expected = [...segmenter.segment(text)].map(({ segment }) => segment).filter((segment) => segment.trim() !== '')
        expect(cut('uax29', text)).toEqual(expected)
      }),
      { numRuns: 5000 },
    )
  })

  test('a million marks: in linear time', async () => {
    // Quadratic time would be minutes.
    const seconds = await cpuSeconds(() => {
      for (const part of ["a'\u0301", '\u200d', "'", '\u{1f1e9}', 'a:']) tokenizers.uax29(part.repeat(1_000_000 / part.length))
    })
    expect(seconds).toBeLessThan(5)
  })
})

describe('fasttext', () => {
  test.each<[text: string, words: string[]]>([
    ['', []],
    ['One (two) three, 4\u00a0five', ['One', 'three,', '4\u00a0five']],
    ['a\u0000b\vc\fd\u0085e', ['a', 'b', 'c', 'd\u0085e']],
    ['-x 日本 é', ['日本', 'é']],
  ])('%j', (text, words) => {
    expect(cut('fasttext', text)).toEqual(words)
  })
})

describe('wordpunct', () => {
  test.each<[text: string, words: string[]]>([
    ['', []],
    ["can't stop... x_1", ['can', "'", 't', 'stop', '...', 'x_1']],
    ['日本語。です', ['日本語', '。', 'です']],
    ['\u{10400}😀😀!', ['\u{10400}', '😀😀!']],
    // Combining marks are no word characters in Python's re.
    ['e\u0301a', ['e', '\u0301', 'a']],
  ])('%j', (text, words) => {
    expect(cut('wordpunct', text)).toEqual(words)
  })
})
