import { describe, expect, test } from 'vitest'
import { spellBytes } from '../../src/tokenizers/tokenizer_json/bytes.ts'
import type { Normalizer } from '../../src/tokenizers/tokenizer_json/normalizer.ts'
import { normalizer } from '../../src/tokenizers/tokenizer_json/normalizers.ts'
import type { JsonStep } from '../../src/tokenizers/tokenizer_json/pattern.ts'
import { preTokenizer } from '../../src/tokenizers/tokenizer_json/splitters.ts'
import { readJson, repository } from '../support.ts'

const t5 = readJson<{ normalizer: JsonStep }>(`${repository}fixtures/models/tokenizers/kinds/t5.json`)

// what tokenizers 0.23.3 makes of the text
describe('normalizers', () => {
  test.each<[step: JsonStep, text: string, expected: string]>([
    [
      { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
      'Ça va\t日本\u0000\u200b\u0301',
      'ca va  日  本 ',
    ],
    [{ type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: false }, 'Ça', 'Ça'],
    [{ type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: false, lowercase: true }, 'ÇA', 'ça'],
    [{ type: 'BertNormalizer', clean_text: false, handle_chinese_chars: true, strip_accents: null, lowercase: true }, '\ta', '\ta'],
    [{ type: 'StripAccents' }, 'e\u0301\u0903é', 'eé'],
    [{ type: 'Lowercase' }, 'ΟΔΟΣ İ', 'οδοσ i\u0307'],
    [{ type: 'Strip', strip_left: true, strip_right: false }, ' \u0085a ', 'a '],
    [{ type: 'Strip', strip_left: false, strip_right: true }, ' a\u3000\n', ' a'],
    [{ type: 'Nmt' }, 'a\u0001\u200bb\n▁\u0085', 'a b  \u0085'],
    [{ type: 'NFKD' }, 'ﬁé½\u{1e030}', 'fie\u03011⁄2\u{1e030}'],
    [{ type: 'NFC' }, 'e\u0301\u0d3b\u0327', 'é\u0d3b\u0327'],
    [{ type: 'NFKC' }, '¯ｶﾞ', ' \u0304ガ'],
    [{ type: 'Prepend', prepend: '▁' }, 'a', '▁a'],
    [{ type: 'Replace', pattern: { Regex: ' {2,}' }, content: '_' }, 'a  b c', 'a_b c'],
    [{ type: 'Replace', pattern: { String: '.' }, content: '$&' }, 'a.b', 'a$&b'],
    [{ type: 'ByteLevel' }, 'é a', 'Ã©Ġa'],
    [{ type: 'Sequence', normalizers: [{ type: 'Lowercase' }, { type: 'NFD' }] }, 'É', 'e\u0301'],
    [t5.normalizer, 'ＡＢ ﬁ e\u0301 ½\u0301\tx\u0001\u200b\r\n', 'AＢ fi é  1/2 x\r '],
  ])('%j of %j', (step, text, expected) => {
    const normalize: Normalizer = normalizer(step)
    expect(normalize(text, { length: 1 })).toBe(expected)
  })
})

describe('pre-tokenizers', () => {
  const pieces = (step: JsonStep, text: string): string[] => {
    const { split, splitFurther, spellsBytes } = preTokenizer(step)
    const all: string[] = []
    const add = (piece: string): void => void all.push(spellsBytes ? spellBytes(piece) : piece)
    split(text, 1, splitFurther ? (piece, origin) => splitFurther(piece, origin, add) : add)
    return all
  }

  test.each<[step: JsonStep, text: string, expected: string[]]>([
    [{ type: 'BertPreTokenizer' }, "don't 日、 a\u00a0b$", ['don', "'", 't', '日', '、', 'a', 'b', '$']],
    [{ type: 'Whitespace' }, 'a_b-- c.é\u200d', ['a_b', '--', 'c', '.', 'é\u200d']],
    [{ type: 'WhitespaceSplit' }, 'a \u0085 b\ufeffc', ['a', 'b\ufeffc']],
    [{ type: 'Punctuation', behavior: 'Contiguous' }, 'a--b!\u166d', ['a', '--', 'b', '!\u166d']],
    [{ type: 'Punctuation' }, 'a--b', ['a', '-', '-', 'b']],
    // The same pattern twice, one within the other.
    [
      { type: 'Sequence', pretokenizers: [{ type: 'Punctuation', behavior: 'Contiguous' }, { type: 'Punctuation' }] },
      'a<b>--c',
      ['a', '<', 'b', '>', '-', '-', 'c'],
    ],
    [{ type: 'Digits', individual_digits: false }, 'a12½b3', ['a', '12½', 'b', '3']],
    [{ type: 'Digits', individual_digits: true }, 'a12', ['a', '1', '2']],
    [{ type: 'CharDelimiterSplit', delimiter: '-' }, '-a--b', ['a', 'b']],
    [{ type: 'UnicodeScripts' }, ' ひカー日 abc.д\u0589', ['ひカー日 ', 'abc', '.', 'д', '\u0589']],
    [{ type: 'FixedLength', length: 2 }, 'a😀bcd', ['a😀', 'bc', 'd']],
    [{ type: 'FixedLength' }, 'abcdefg', ['abcde', 'fg']],
    [{ type: 'Metaspace', replacement: '_', prepend_scheme: 'always', split: true }, ' a  b', ['_a', '_', '_b']],
    [{ type: 'Metaspace', replacement: '_', prepend_scheme: 'never', split: true }, 'a b_c', ['a', '_b', '_c']],
    [{ type: 'Metaspace', replacement: '_', prepend_scheme: 'first', split: false }, 'a b', ['_a_b']],
    [{ type: 'Metaspace', replacement: '_', add_prefix_space: true }, 'a', ['_a']],
    [{ type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true }, "I'll  é", ['ĠI', "'ll", 'Ġ', 'ĠÃ©']],
    [{ type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false }, 'a b', ['aĠb']],
    [{ type: 'Split', pattern: { String: '-' }, behavior: 'Removed', invert: false }, '-a--b-', ['a', 'b']],
    [{ type: 'Split', pattern: { String: '-' }, behavior: 'Isolated', invert: false }, '-a--b-', ['-', 'a', '-', '-', 'b', '-']],
    [{ type: 'Split', pattern: { String: '-' }, behavior: 'MergedWithPrevious', invert: false }, '-a--b-', ['-', 'a-', '-', 'b-']],
    [{ type: 'Split', pattern: { String: '-' }, behavior: 'MergedWithNext', invert: false }, '-a--b-', ['-a', '-', '-b', '-']],
    [{ type: 'Split', pattern: { String: '-' }, behavior: 'Contiguous', invert: false }, '-a--b-', ['-', 'a', '--', 'b', '-']],
    [{ type: 'Split', pattern: { String: '-' }, behavior: 'Removed', invert: true }, '-a--b-', ['-', '-', '-', '-']],
    [
      {
        type: 'Sequence',
        pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Metaspace', replacement: '_', prepend_scheme: 'first', split: true }],
      },
      'a b',
      ['_a', 'b'],
    ],
    [
      {
        type: 'Sequence',
        pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Metaspace', replacement: '_', prepend_scheme: 'first', split: true }],
      },
      ' a b',
      ['a', 'b'],
    ],
    [
      {
        type: 'Sequence',
        pretokenizers: [
          { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
          { type: 'Split', pattern: { String: 'Ġ' }, behavior: 'MergedWithNext', invert: false },
        ],
      },
      'a é',
      ['a', 'ĠÃ©'],
    ],
  ])('%j of %j', (step, text, expected) => {
    expect(pieces(step, text)).toEqual(expected)
  })
})
