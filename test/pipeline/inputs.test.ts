import { mkdirSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { findInputs } from '../../src/pipeline/inputs.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()

beforeAll(() => {
  mkdirSync(join(dir, 'b/deep'), { recursive: true })
  for (const name of ['a.jsonl', 'b/1.jsonl', 'b/deep/2.jsonl', 'b/x[1].jsonl', 'b/note.txt']) fileWith(dir, name, '{"text":"a"}\n')
  symlinkSync(join(dir, 'a.jsonl'), join(dir, 'b/link.jsonl'))
  // A link that leads back up: a folder that is entered through it has no end.
  symlinkSync(dir, join(dir, 'b/deep/up'))
})

test.each([
  ['a file', ['a.jsonl'], ['a.jsonl']],
  ['a file named twice, in two ways', ['a.jsonl', './b/../a.jsonl'], ['a.jsonl']],
  ['a folder: every file below, links to files too', ['b'], ['b/1.jsonl', 'b/deep/2.jsonl', 'b/link.jsonl', 'b/note.txt', 'b/x[1].jsonl']],
  ['a folder with a slash', ['b/deep/'], ['b/deep/2.jsonl']],
  ['a glob', ['b/*.jsonl'], ['b/1.jsonl', 'b/link.jsonl', 'b/x[1].jsonl']],
  ['a glob over folders', ['**/[0-9].jsonl'], ['b/1.jsonl', 'b/deep/2.jsonl']],
  ['a name that looks like a glob', ['b/x[1].jsonl'], ['b/x[1].jsonl']],
  ['a link and what it leads to', ['b/link.jsonl', 'a.jsonl'], ['a.jsonl']],
  ['several, in the order of their names', ['b/1.jsonl', 'a.jsonl', '*.jsonl'], ['a.jsonl', 'b/1.jsonl']],
])('%s', async (_, patterns, expected) => {
  const inputs = await findInputs(patterns.map((pattern) => `${dir}/${pattern}`))
  expect(inputs.map(({ path }) => relative(dir, path))).toEqual(expected)
  expect(inputs[0]).toMatchObject({
    path: join(dir, expected[0]!),
    bytes: 13,
    detected: { kind: 'known', name: 'jsonl', compression: 'none' },
  })
})

test.each([
  ['s3://bucket/x.warc.gz', '-i s3://bucket/x.warc.gz: not a local path; decant reads and writes local files'],
  ['https://example.org/**', '-i https://example.org/**: not a local path; decant reads and writes local files'],
  ['-', '-i -: a pipe; inputs must be files, which can be read again'],
  ['/dev/null', '-i /dev/null: a pipe; inputs must be files, which can be read again'],
])('%s is refused', async (input, message) => {
  await expect(findInputs([input])).rejects.toThrow(expect.objectContaining({ name: 'UserError', message }))
})
