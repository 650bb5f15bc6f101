import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileWith, jsonShards, parquetRows, runHere, temporaryFolder } from '../support.ts'
import { expectHealed } from './support.ts'

const dir = temporaryFolder()
const pipeline = fileWith(dir, 'p.yaml', 'name: dedup\nsteps:\n  - exact_dedup\n')
let runs = 0

interface Line {
  id: string
  text: string
}

async function survivors(shards: Line[][], flags = {}): Promise<string[][]> {
  const n = runs++
  const inputs = shards.map((lines, i) => fileWith(dir, `${n}-${i}.jsonl`, lines.map((line) => `${JSON.stringify(line)}\n`).join('')))
  await runHere(pipeline, inputs, join(dir, `run${n}`), flags)
  const rows = inputs.map((_, i) => parquetRows(join(dir, `run${n}/data/0000${i}.parquet`)))
  return (await Promise.all(rows)).map((list) => list.map(({ id }) => String(id)))
}

test.each<[string, Line[][], string[][]]>([
  [
    'within a shard',
    [
      [
        { id: 'b', text: 'x' },
        { id: 'a', text: 'x' },
      ],
    ],
    [['a']],
  ],
  [
    'across shards',
    [
      [{ id: 'b', text: 'x' }],
      [
        { id: 'a', text: 'x' },
        { id: 'c', text: 'y' },
      ],
    ],
    [[], ['a', 'c']],
  ],
  ['three of the same', [[{ id: '2', text: 'x' }], [{ id: '1', text: 'x' }], [{ id: '3', text: 'x' }]], [[], ['1'], []]],
  [
    'the same id twice: the first shard, the first row',
    [
      [
        { id: 'a', text: 'x' },
        { id: 'a', text: 'x' },
      ],
      [{ id: 'a', text: 'x' }],
    ],
    [['a'], []],
  ],
  [
    'another space is another text',
    [
      [
        { id: 'a', text: 'x' },
        { id: 'b', text: 'x ' },
      ],
    ],
    [['a', 'b']],
  ],
  [
    'empty texts are equal',
    [
      [
        { id: 'a', text: '' },
        { id: 'b', text: '' },
      ],
    ],
    [['a']],
  ],
  [
    'composed and decomposed letters differ',
    [
      [
        { id: 'a', text: 'é' },
        { id: 'b', text: 'e\u0301' },
      ],
    ],
    [['a', 'b']],
  ],
  ['no documents at all', [[], []], [[], []]],
])('%s', async (_, shards, expected) => {
  expect(await survivors(shards)).toEqual(expected)
})

test('one document of each text is left, the one with the smallest id, however the work is split', async () => {
  const line = fc.record({ id: fc.stringMatching(/^[a-z]{1,3}$/), text: fc.constantFrom('x', 'y', 'z', 'longer text', '日本') })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(line, { maxLength: 8 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(1, 3, 256),
      async (shards, partitions) => {
        const best = new Map<string, { id: string; shard: number; row: number }>()
        for (const [shard, lines] of shards.entries()) {
          for (const [row, { id, text }] of lines.entries()) {
            const known = best.get(text)
            if (!known || id < known.id) best.set(text, { id, shard, row })
          }
        }
        const expected = shards.map((lines, shard) =>
          lines.filter(({ text }, row) => best.get(text)!.shard === shard && best.get(text)!.row === row).map(({ id }) => id),
        )
        expect(await survivors(shards, { set: [`exact_dedup.partitions=${partitions}`] })).toEqual(expected)
      },
    ),
    { numRuns: 7 },
  )
})

test.each<[string, Record<string, unknown>[], string[]]>([
  [
    '{by: url}',
    [
      { id: 'b', url: 'https://www.Example.org/a/?q=1#top' },
      { id: 'a', url: 'http://example.org:80/a/?q=1' },
      { id: 'c', url: 'http://example.org/A/?q=1' },
      { id: 'd', url: 'http://example.org/a?q=1' },
      { id: 'e', url: '' },
      { id: 'f', url: '' },
    ],
    ['a', 'c', 'd', 'e', 'f'],
  ],
  [
    '{by: url}',
    [
      { id: 'b', url: 'http://example.org/' },
      { id: 'a', url: 'http://example.org' },
    ],
    ['a'],
  ],
  [
    '{by: digest}',
    [{ id: 'b', digest: 'x' }, { id: 'a', digest: 'x' }, { id: 'c' }, { id: 'd' }, { id: 'e', digest: 7 }, { id: 'f', digest: 7 }],
    ['a', 'c', 'd', 'e'],
  ],
  [
    '{scope: language}',
    [
      { id: 'b', language: 'en' },
      { id: 'a', language: 'en' },
      { id: 'c', language: 'de' },
    ],
    ['a', 'c'],
  ],
])('%s %#', async (options, lines, expected) => {
  const n = runs++
  const path = fileWith(dir, `by${n}.yaml`, `name: dedup\nsteps:\n  - exact_dedup: ${options}\n`)
  const input = fileWith(dir, `${n}.jsonl`, lines.map((line) => `${JSON.stringify({ text: 'the same', ...line })}\n`).join(''))
  await runHere(path, input, join(dir, `run${n}`))
  expect((await parquetRows(join(dir, `run${n}/data/00000.parquet`))).map(({ id }) => id)).toEqual(expected)
})

test.each([
  ['keys', '0', 1],
  ['drops', '0-exact_dedup-compare', 0],
])('a flipped bit in %s: the task that wrote it runs again', async (name, pass, index) => {
  const inputs = jsonShards(dir, [[{ id: 'b', text: 'x' }], [{ id: 'a', text: 'x' }]])
  const out = `${inputs[0]!}.run`
  await runHere(pipeline, inputs, out)
  await expectHealed(pipeline, inputs, out, name, pass, index)
})
