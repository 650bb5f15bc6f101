import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { namesOf } from '../../src/pipeline/splits.ts'
import { verdictRows } from '../compare/support.ts'
import { decant, fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()

test.each([
  ['one file', ['/data/crawl/a.jsonl'], ['a.jsonl']],
  ['one folder', ['crawl/a.jsonl', 'crawl/b.jsonl'], ['a.jsonl', 'b.jsonl']],
  ['names that begin alike', ['crawl/part-1.jsonl', 'crawl/part-10.jsonl'], ['part-1.jsonl', 'part-10.jsonl']],
  ['folders below', ['/x/2024/a.jsonl', '/x/2025/a.jsonl'], ['2024/a.jsonl', '2025/a.jsonl']],
  ['a folder and a file of one name', ['x/a', 'x/a.jsonl'], ['a', 'a.jsonl']],
  ['nothing in common', ['/x/a.jsonl', 'y/a.jsonl'], ['/x/a.jsonl', 'y/a.jsonl']],
])('the names of inputs: %s', (_, inputs, expected) => {
  expect(namesOf(inputs)).toEqual(expected)
})

test('documents without an id have the same one wherever the folder lies', async () => {
  const recipe = fileWith(dir, 'recipe.yaml', 'name: plain\nsteps:\n  - read\n  - word_count: {min: 1}\n  - write\n')
  const idsIn = async (folder: string): Promise<unknown[]> => {
    mkdirSync(join(dir, folder), { recursive: true })
    for (const name of ['a.jsonl', 'b.jsonl']) fileWith(join(dir, folder), name, '{"text":"one"}\n{"text":"two"}\n')
    const out = join(dir, `${folder}-out`)
    expect(await decant(['run', recipe, '-i', join(dir, folder), '-o', out, '-w', '0', '-q'])).toMatchObject({ code: 0, stderr: '' })
    const why = await decant(['why', out, 'b.jsonl/15'])
    expect([why.code, why.stdout.includes('word_count')]).toEqual([0, true])
    return (await verdictRows(out, 2)).map(({ id }) => id)
  }
  const ids = ['a.jsonl/0', 'a.jsonl/15', 'b.jsonl/0', 'b.jsonl/15']
  expect([await idsIn('here'), await idsIn('elsewhere/deep')]).toEqual([ids, ids])
})
