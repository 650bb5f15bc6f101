import { expect, test } from 'vitest'
import { readWordList } from '../../src/models/word_list.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()

test('lines without comments, blanks and doubles', () => {
  const path = fileWith(dir, 'list.txt', '# comment\r\nb\n\n  a b\t\n \nb\n #c\nд')
  expect([...readWordList(path)]).toEqual(['b', 'a b', '#c', 'д'])
})

test('an empty file is an empty list', () => {
  expect(readWordList(fileWith(dir, 'empty.txt', ''))).toEqual(new Set())
})

test('a missing file is a mistake of the user', () => {
  expect(() => readWordList(`${dir}/none.txt`)).toThrow(
    expect.objectContaining({ name: 'UserError', message: `${dir}/none.txt cannot be read (ENOENT)` }),
  )
})
