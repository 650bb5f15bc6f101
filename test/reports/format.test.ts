import { describe, expect, test } from 'vitest'
import { table } from '../../src/reports/format.ts'
import { columnsOf, wrap } from '../../src/reports/layout.ts'

test.each([
  ['', 0],
  ['a b', 3],
  ['日本', 4],
  ['a😀b', 4],
  ['e\u0301', 1],
  ['≥ 50 – ─', 8],
])('%j takes %i columns', (text, columns) => expect(columnsOf(text)).toBe(columns))

describe('wrap', () => {
  test.each<[string, Parameters<typeof wrap>[1], string]>([
    ['', {}, ''],
    ['one two three', { width: 80 }, 'one two three'],
    ['one two three', { width: 7 }, 'one two\nthree'],
    ['one two three', { width: 9, indent: '- ', hanging: '  ' }, '- one two\n  three'],
    ['a\n\nb c', { width: 2 }, 'a\n\nb\nc'],
    ['日本 語', { width: 5 }, '日本\n語'],
    ['two  spaces', { width: 80 }, 'two  spaces'],
    // Words that do not fit break behind "_", else anywhere; URLs and paths never.
    ['duplicate_line_ratio', { width: 12 }, 'duplicate_\nline_ratio'],
    ['0123456789abcdef', { width: 10 }, '0123456789\nabcdef'],
    ['see https://example.org/a/long/path now', { width: 10 }, 'see\nhttps://example.org/a/long/path\nnow'],
    ['/a/long/path/to/a/file', { width: 10 }, '/a/long/path/to/a/file'],
  ])('%j, %j', (text, options, expected) => expect(wrap(text, options)).toBe(expected))
})

describe('table', () => {
  test('numbers to the right, texts to the left', () => {
    expect(
      table(
        ['a', 'n'],
        [
          ['x', '1'],
          ['yy', '1,000'],
        ],
        80,
      ),
    ).toBe('a       n\n──  ─────\nx       1\nyy  1,000')
  })

  test('a text wraps inside its cell, numbers and short texts stay whole', () => {
    const rows = [
      ['word_count', '12,345', 'how many words there are'],
      ['b', '1', 'short'],
    ]
    expect(table(['step', 'n', 'meaning'], rows, 37).split('\n')).toEqual([
      'step             n  meaning',
      '──────────  ──────  ─────────────────',
      'word_count  12,345  how many words',
      '                    there are',
      'b                1  short',
    ])
  })

  test('titles wrap before cells do', () => {
    const rows = [['word_count', '≥ 50 and ≤ 100', '1,234', '5.0 %']]
    expect(table(['step', 'keeps', 'tokens removed', 'of these'], rows, 43).split('\n')).toEqual([
      '                              tokens     of',
      'step        keeps            removed  these',
      '──────────  ──────────────  ────────  ─────',
      'word_count  ≥ 50 and ≤ 100     1,234  5.0 %',
    ])
  })

  test('columns of numbers that do not fit are set below, with the first column again', () => {
    const rows = [['a', '111,111', '222,222', '333,333']]
    expect(table(['x', 'n1', 'n2', 'n3'], rows, 20).split('\n')).toEqual([
      'x       n1       n2',
      '─  ───────  ───────',
      'a  111,111  222,222',
      '',
      'x       n3',
      '─  ───────',
      'a  333,333',
    ])
  })

  test('no rows', () => expect(table(['a', 'b'], [], 80)).toBe('a  b\n─  ─'))
})
