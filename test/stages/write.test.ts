import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openParquet } from '../../src/formats/parquet_reader.ts'
import { tokenCounter } from '../../src/tokenizers/token_counter.ts'
import { fileWith, jsonShards, parquetRows, runHere, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()

async function written(documents: readonly object[], step: string): Promise<string> {
  const input = jsonShards(dir, [documents])[0]!
  const pipeline = fileWith(dir, 'p.yaml', `name: p\nsteps:\n  - read\n  - detect_language\n  - token_count\n  - ${step}\n`)
  await runHere(pipeline, input, `${input}.run`)
  return join(`${input}.run`, 'data/00000.parquet')
}

test("documents have FineWeb's columns, and what else they brought along as JSON", async () => {
  const text = 'The river rose in the night, and by morning the lower meadow was a lake.'
  const path = await written(
    [
      { id: 'a', text, url: 'https://a.example/', date: '2025-05-12', dump: 'D', source: 'web', score: [1, 2] },
      { id: 'b', text: '' },
    ],
    'write',
  )
  const [first, second] = await parquetRows(path)
  expect(Object.keys(first!)).toEqual('text,id,dump,url,date,file_path,language,language_score,token_count,metadata'.split(','))
  expect(first).toMatchObject({
    text,
    id: 'a',
    dump: 'D',
    url: 'https://a.example/',
    date: '2025-05-12',
    language: 'en',
    token_count: tokenCounter('gpt2')(text),
  })
  expect(JSON.parse(String(first!['metadata']))).toEqual({ source: 'web', score: [1, 2] })
  expect(second).toMatchObject({
    text: '',
    id: 'b',
    dump: null,
    url: '',
    date: null,
    language: null,
    language_score: 0,
    token_count: 0,
    metadata: null,
  })
})

test.each([
  ['write: { row_group_rows: 3 }', [3, 3, 1]],
  ['write: { row_group_bytes: 9000 }', [2, 2, 2, 1]],
  ['write', [7]],
])('%s closes row groups: %j', async (step, groups) => {
  const path = await written(
    Array.from({ length: 7 }, (_, i) => ({ id: `${i}`, text: 'x'.repeat(5000) })),
    step,
  )
  const file = await openParquet(path)
  expect(file.groups).toEqual(groups)
  file.close()
})
