import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandOn } from '../../src/compare/measure_command.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
for (const name of ['a.warc.gz', 'b.warc.gz', 'notes.txt', 'of me.jsonl']) fileWith(dir, name, '')
const file = (name: string): string => join(dir, name)
const command = (inputs: string[], { limit = null as number | null, run = 'm/raw' } = {}): string =>
  commandOn({ dir: 'm', run, inputs, limit }, 'fineweb')

test.each([
  ['one file', command([file('a.warc.gz')]), `-i ${file('a.warc.gz')} -o m`],
  ['all files of a kind', command([file('a.warc.gz'), file('b.warc.gz')]), `-i '${file('*.warc.gz')}' -o m`],
  ['not all', command([file('a.warc.gz'), file('notes.txt')]), `-i ${file('a.warc.gz')} ${file('notes.txt')} -o m`],
  ['a name with a space', command([file('of me.jsonl')]), `-i '${file('of me.jsonl')}' -o m`],
  ['files that are gone', command(['gone/a.warc', 'gone/b.warc']), '-i gone/a.warc gone/b.warc -o m'],
  ['a limit', command([file('a.warc.gz')], { limit: 7 }), `-i ${file('a.warc.gz')} -o m --limit 7`],
  ['a run of its own', command([file('a.warc.gz')], { run: 'm' }), `-i ${file('a.warc.gz')} -o NEW_DIR`],
])('%s', (_, shown, expected) => {
  expect(shown).toBe(`decant measure fineweb ${expected}`)
})
