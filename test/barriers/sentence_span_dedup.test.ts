import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inOrder } from '../stages/segments.ts'
import { runShards, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const [d1, d2, d3] = inOrder(['a', 'b', 'c']) as [string, string, string]

// Sentences that Punkt tells apart.
const [A, B, C, D, E, F] = ['The river rose.', 'It was 1,234 m high!', 'Who saw it?', 'Nobody did.', 'The dam held.', 'They went home.']
const text = (...sentences: unknown[]): string => sentences.join(' ')

describe('spans of three sentences', () => {
  test.each<[string, string, Record<string, string>, Record<string, string>]>([
    ['stay where they come first', '', { [d1]: text(A, B, C), [d2]: text(D, A, B, C, E) }, { [d1]: text(A, B, C), [d2]: text(D, E) }],
    ['two are none', '', { [d1]: text(A, B, D), [d2]: text(A, B, E) }, { [d1]: text(A, B, D), [d2]: text(A, B, E) }],
    ['four in a row are two', '', { [d1]: text(A, B, C, D), [d2]: text(E, A, B, C, D, F) }, { [d1]: text(A, B, C, D), [d2]: text(E, F) }],
    [
      'numbers, case and marks aside',
      '',
      { [d1]: text(A, B, C), [d2]: text('THE RIVER ROSE!', 'It was 99 m high?', 'Who saw it.', F) },
      { [d1]: text(A, B, C), [d2]: F! },
    ],
    [
      'white space goes with the sentence behind it',
      '',
      { [d1]: text(A, B, C), [d2]: `${D}\n\n${A}\t${B}\n${C}  \n${E}\n` },
      { [d1]: text(A, B, C), [d2]: `${D}  \n${E}` },
    ],
    ['within one text', '', { [d1]: text(A, B, C, D, A, B, C) }, { [d1]: text(A, B, C, D) }],
    ['of the same sentence: the first stays', '', { [d1]: text(A, A, A, A, A, B) }, { [d1]: text(A, B) }],
    ['a text that is all copies goes', '', { [d1]: text(A, B, C), [d2]: text(A, B, C), [d3]: D! }, { [d1]: text(A, B, C), [d3]: D! }],
    ['not even the first', 'keep: none', { [d1]: text(A, B, C, D), [d2]: text(E, A, B, C) }, { [d1]: D!, [d2]: E! }],
    ['of two', 'n_sentences: 2', { [d1]: text(A, B, D), [d2]: text(A, B, E) }, { [d1]: text(A, B, D), [d2]: E! }],
    ['of one', 'n_sentences: 1', { [d1]: text(A, B), [d2]: text(B, C) }, { [d1]: text(A, B), [d2]: C! }],
    ['of lines', 'splitter: lines', { [d1]: 'a\nb\nc', [d2]: 'x\r\na\nb\nc\ny' }, { [d1]: 'a\nb\nc', [d2]: 'x\ny' }],
    [
      'short ones stay whole',
      'min_span_words: 16',
      { [d1]: text(A, B, C), [d2]: text(D, A, B, C, E) },
      { [d1]: text(A, B, C), [d2]: text(D, A, B, C, E) },
    ],
    [
      'and go at that length',
      'min_span_words: 14',
      { [d1]: text(A, B, C), [d2]: text(D, A, B, C, E) },
      { [d1]: text(A, B, C), [d2]: text(D, E) },
    ],
    [
      'words left',
      'min_left_words: 7',
      { [d1]: text(A, B, C), [d2]: text(A, B, C, D, E), [d3]: text(D, A, B, C) },
      { [d1]: text(A, B, C), [d2]: text(D, E) },
    ],
    [
      'sentences left',
      'min_left_sentences: 2',
      { [d1]: text(A, B, C), [d2]: text(A, B, C, D, E), [d3]: text(D, A, B, C) },
      { [d1]: text(A, B, C), [d2]: text(D, E) },
    ],
    ['an empty text', '', { [d1]: '', [d2]: '   ', [d3]: A! }, { [d1]: '', [d2]: '   ', [d3]: A! }],
  ])('%s {%s}', async (_, options, texts, expected) => {
    const docs = Object.entries(texts).map(([id, text]) => ({ id, text }))
    for (const shards of [[docs], docs.map((doc) => [doc]).toReversed()])
      expect((await runShards(dir, shards, `sentence_span_dedup: {${options}}`)).texts).toEqual(expected)
  })
})

test('what is left is what comparing all spans leaves, however the documents are split', async () => {
  const texts = fc.array(fc.array(fc.constantFrom(...'abcde'), { maxLength: 8 }), { minLength: 1, maxLength: 7 })
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), async (lists, shardCount, n) => {
      const lines = Object.fromEntries(lists.map((list, i) => [`doc-${i}`, list]))
      const seen = new Set<string>()
      const gone = new Set<string>()
      for (const id of inOrder(Object.keys(lines))) {
        for (let i = 0; i + n <= lines[id]!.length; i++) {
          const span = lines[id]!.slice(i, i + n).join()
          if (seen.has(span)) for (let k = i; k < i + n; k++) gone.add(`${id}/${k}`)
          seen.add(span)
        }
      }
      const expected = Object.entries(lines).map(([id, list]) => [id, list.filter((_, i) => !gone.has(`${id}/${i}`)).join('\n')] as const)
      const docs = lists.map((list, i) => ({ id: `doc-${i}`, text: list.join('\n') }))
      const shards = Array.from({ length: shardCount }, (_, shard) => docs.filter((_, i) => i % shardCount === shard))
      const { texts } = await runShards(dir, shards, `sentence_span_dedup: {n_sentences: ${n}, splitter: lines, partitions: 2}`)
      expect(texts).toEqual(Object.fromEntries(expected.filter(([id, left]) => left !== '' || lines[id]!.length === 0)))
    }),
    { numRuns: 15 },
  )
})
