import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { findInputs } from '../../src/inputs/find_inputs.ts'
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
  ['ftp://example.org/x', '-i ftp://example.org/x: cannot read ftp:// URLs'],
  ['https://example.org/**', '-i https://example.org/**: files cannot be listed over HTTP'],
  ['-', '-i -: cannot be read without a folder to keep it in'],
  ['/dev/null', '-i /dev/null: cannot be read without a folder to keep it in'],
])('%s is refused', async (input, message) => {
  await expect(findInputs([input])).rejects.toThrow(expect.objectContaining({ name: 'UserError', message }))
})

test("files that lie beside data are passed over by name, with a line that says so; a run's folder means its data", async () => {
  const folder = join(dir, 'dataset')
  mkdirSync(join(folder, 'data'), { recursive: true })
  for (const name of ['README.md', '_SUCCESS', 'dataset_info.json', 'a.jsonl', 'data/00000.jsonl']) fileWith(folder, name, '{"text":"a"}\n')
  const said: string[] = []
  const names = async (): Promise<string[]> =>
    (await findInputs([folder], { say: (line) => said.push(line) })).map(({ path }) => relative(folder, path))
  expect(await names()).toEqual(['a.jsonl', 'data/00000.jsonl'])
  expect(said).toEqual([expect.stringMatching(/^passed over by name: (?=.*README\.md)(?=.*_SUCCESS)(?=.*dataset_info\.json)/)])
  // By its own name, any file is read.
  expect((await findInputs([join(folder, 'README.md')])).map(({ detected }) => detected.kind)).toEqual(['known'])
  for (const name of ['plan.json', 'splits']) fileWith(folder, name, '')
  expect(await names()).toEqual(['data/00000.jsonl'])
})

test("files in Hugging Face's cache are read once, under the names of the snapshot", async () => {
  const cache = join(dir, 'hub/datasets--one--two')
  const blob = 'ab'.repeat(20)
  mkdirSync(join(cache, 'blobs'), { recursive: true })
  mkdirSync(join(cache, 'snapshots/main'), { recursive: true })
  fileWith(join(cache, 'blobs'), blob, '{"text":"a"}\n')
  symlinkSync(join('../../blobs', blob), join(cache, 'snapshots/main/train.jsonl'))
  expect((await findInputs([cache])).map(({ path }) => relative(cache, path))).toEqual(['snapshots/main/train.jsonl'])
})

test.each<[string, string | Buffer, string[]]>([
  ['blank lines, comments, CRLF and a byte order mark', '\ufeff# all\r\n\r\n  a.jsonl\r\n', ['a.jsonl']],
  ['gzip', gzipSync('a.jsonl\n'), ['a.jsonl']],
  ['without a last line break', 'a.jsonl\nb/1.jsonl', ['a.jsonl', 'b/1.jsonl']],
  ['names twice, in two ways', 'a.jsonl\nb/../a.jsonl\na.jsonl\n', ['a.jsonl']],
  ['absolute names among relative ones', `b/1.jsonl\n${dir}/a.jsonl\n`, ['a.jsonl', 'b/1.jsonl']],
])('a list: %s', async (_, text, expected) => {
  const list = fileWith(dir, 'names', text)
  const inputs = await findInputs([`@${list}`], { base: dir })
  expect(inputs.map(({ path }) => relative(dir, path))).toEqual(expected)
})

test.each<[string, string, string, string?]>([
  ['nothing', '# none\n', 'the list is empty'],
  ['what is not there', 'nowhere.gz\n', 'lists BASE/nowhere.gz, which does not exist'],
  ['a folder', 'b\n', 'lists BASE/b, which is not a file'],
])('a list of %s is refused', async (_, text, message) => {
  const list = fileWith(dir, 'names', text)
  await expect(findInputs([`@${list}`], { base: dir })).rejects.toMatchObject({ message: `-i @${list}: ${message.replace('BASE', dir)}` })
})

test('a password in --base is refused, and not shown', async () => {
  await expect(findInputs(['@x'], { base: 'https://me:secret@a.example/' })).rejects.toMatchObject({
    message: '--base https://a.example/: a URL must not hold a user or password',
  })
})

test('pipes of the same name are kept apart', async () => {
  const pipes = ['one', 'two'].map((name) => {
    mkdirSync(join(dir, 'pipes', name), { recursive: true })
    return join(dir, 'pipes', name, 'p')
  })
  execFileSync('mkfifo', pipes)
  const writing = pipes.map((pipe, i) => promisify(execFile)('bash', ['-c', 'printf %s "$1" > "$2"', '-', `{"text":"${i}"}`, pipe]))
  const kept = join(dir, 'kept-apart')
  mkdirSync(kept)
  const inputs = await findInputs(pipes, { keepIn: () => kept })
  await Promise.all(writing)
  expect(inputs.map(({ path }) => [relative(kept, path), readFileSync(path, 'utf8')])).toEqual([
    ['p', '{"text":"0"}'],
    ['p-2', '{"text":"1"}'],
  ])
})

test('a named pipe is kept in the folder of the run', async () => {
  const pipe = join(dir, 'pipe')
  execFileSync('mkfifo', [pipe])
  const writing = promisify(execFile)('bash', ['-c', 'printf %s "$1" > "$2"', '-', '{"text":"a"}', pipe])
  const kept = join(dir, 'kept')
  mkdirSync(kept)
  const inputs = await findInputs([pipe], { keepIn: () => kept })
  await writing
  expect(inputs).toMatchObject([{ path: join(kept, 'pipe'), bytes: 12, detected: { name: 'jsonl' } }])
})
