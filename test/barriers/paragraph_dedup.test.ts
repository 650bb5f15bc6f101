import { expect, test } from 'vitest'
import { inOrder } from '../stages/segments.ts'
import { runShards, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const [d1, d2, d3] = inOrder(['a', 'b', 'c']) as [string, string, string]

test.each<[string, Record<string, string>, Record<string, string>]>([
  ['', { [d1]: 'x\ny\n\nz', [d2]: 'one\n\nx\ny\n\n\ntwo' }, { [d1]: 'x\ny\n\nz', [d2]: 'one\n\ntwo' }],
  ['', { [d1]: 'x\n\nz', [d2]: 'one\n\n\nx\n\nz' }, { [d1]: 'x\n\nz', [d2]: 'one' }],
  ['', { [d1]: 'x\n\nz', [d2]: 'x\n\n\n\nz' }, { [d1]: 'x\n\nz' }],
  // A line within a paragraph is no paragraph.
  ['', { [d1]: 'x\ny', [d2]: 'x\nz' }, { [d1]: 'x\ny', [d2]: 'x\nz' }],
  ['', { [d1]: '\n\nx', [d2]: '\n\ny\n\n' }, { [d1]: '\n\nx', [d2]: '\n\ny\n\n' }],
  ['min_chars: 2', { [d1]: 'x\n\nxx', [d2]: 'xx\n\nx' }, { [d1]: 'x\n\nxx', [d2]: 'x' }],
  ['keep: none', { [d1]: 'x\n\n1', [d2]: '2\n\nx', [d3]: '3' }, { [d1]: '1', [d2]: '2', [d3]: '3' }],
  ['normalizer: lower_case', { [d1]: 'X ', [d2]: ' x\n\n2' }, { [d1]: 'X ', [d2]: '2' }],
])('{%s} %j', async (options, texts, expected) => {
  const docs = Object.entries(texts).map(([id, text]) => ({ id, text }))
  for (const shards of [[docs], docs.map((doc) => [doc])])
    expect((await runShards(dir, shards, `paragraph_dedup: {${options}}`)).texts).toEqual(expected)
})
