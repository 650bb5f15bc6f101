import { z } from 'zod'
import { barrier } from '../core/barrier.ts'
import { hashTexts } from '../dedup/hash_texts.ts'
import { cuttingTokenizers, piecesBy, winnow } from '../dedup/pieces.ts'
import { tasksFor } from '../dedup/record_file.ts'
import { compareTask, droppedOf, judgeLeft, scopeKey, segmentOptions } from '../dedup/segment_dedup.ts'
import { SegmentWriter, slices } from '../dedup/segments.ts'
import { BlockWriter, readBlocks } from '../formats/block_file.ts'
import { codePoints } from '../text/code_points.ts'

/**
 * Every window of `min_length` pieces that stands in two places has the same anchor in both: the run of half as many pieces that winnowing
 * chooses. So first anchors are compared, a few in a hundred of all places, and then, by their full length, the windows around those that repeat.
 * Nothing is missed, and what does not repeat costs little.
 */
const anchorLength = (length: number): number => Math.ceil(length / 2)

export default barrier({
  summary: 'remove stretches of at least so many words or characters that stand elsewhere too, in the same document or another',
  why: 'Finds shared passages wherever they begin and end, down to a length in words or characters. The most thorough of the deduplications, and the most costly.',
  source:
    'exact substring deduplication (Lee et al. 2022; RefinedWeb: 50 tokens), found by winnowing (Schleimer et al. 2003) in place of a suffix array',
  edits: true,
  keeps: () => 'enough text of its own',
  options: {
    unit: z.enum(['word', 'character']).default('word').describe('what length is counted in'),
    min_length: z.int().min(1).max(100_000).default(50).describe('words or characters that a stretch must have to be removed'),
    tokenizer: z
      .enum(cuttingTokenizers)
      .default('spacy_english')
      .describe('what counts as a word, as in other steps; white space between words is not compared'),
    action: z
      .enum(['cut', 'drop'])
      .default('cut')
      .describe(
        'cut: repeated stretches are cut out; drop: documents go that have more of them than max_repeated_ratio, others stay whole',
      ),
    max_repeated_ratio: z.number().min(0).max(1).default(0).describe('share of characters that may repeat, for action: drop'),
    ...segmentOptions,
  },

  before(options, task) {
    const { min_length, scope } = options
    const pieces = piecesBy(options)
    const anchor = anchorLength(min_length)
    const anchors = new SegmentWriter()
    const texts = new BlockWriter(task.output('texts'))
    return {
      see(doc) {
        const { text } = doc
        const found = pieces(text)
        const [low, high] = hashTexts([doc.id])
        const numbers = [low!, high!, scopeKey(doc, scope)] as const
        texts.add({ numbers, bytes: Buffer.from(text, 'utf16le') })
        // A piece's number is less than that of units, which is known without looking for pieces.
        anchors.begin(text.length, [low!, high!])
        if (found.count < min_length) return
        const hashes = found.hashes(anchor)
        for (const at of winnow(hashes, min_length - anchor + 1)) anchors.add(hashes[2 * at]! ^ numbers[2], hashes[2 * at + 1]!, at)
      },
      end() {
        texts.close()
        anchors.write(task.output('segments'), task.output('local'), 'none')
      },
    }
  },

  jobs: [
    {
      name: 'anchors',
      tasks: ({ partitions }, shards) => tasksFor(shards, partitions, slices),
      run: ({ partitions }, task, shards) => compareTask(task, shards, 'before', { keep: 'none', partitions }),
    },
    {
      name: 'windows',
      tasks: (_, shards) => shards,
      run(options, task) {
        const { min_length, keep } = options
        const pieces = piecesBy(options)
        const before = min_length - anchorLength(min_length)
        const repeated = droppedOf(task, 'before', 'anchors')
        const windows = new SegmentWriter()
        let anchors: number[] = []
        const path = task.own('before', 'texts')
        const wanted = (bytes: number): boolean => {
          anchors = repeated.next(bytes / 2)
          if (anchors.length === 0) windows.begin(bytes / 2, [0, 0])
          return anchors.length > 0
        }
        for (const { numbers, bytes } of path === undefined ? [] : readBlocks(path, wanted)) {
          const text = Buffer.from(bytes).toString('utf16le')
          const [low, high, apart] = numbers
          windows.begin(text.length, [low, high])
          const hashes = pieces(text).hashes(min_length)
          let next = 0
          for (const anchor of anchors) {
            // Those that hold the anchor, as far as they are not there yet.
            const end = Math.min(anchor + 1, hashes.length / 2)
            for (next = Math.max(next, anchor - before); next < end; next++)
              windows.add(hashes[2 * next]! ^ apart, hashes[2 * next + 1]!, next)
          }
        }
        windows.write(task.output('segments'), task.output('local'), keep)
      },
    },
    {
      name: 'compare',
      tasks: ({ partitions }, shards) => tasksFor(shards, partitions, slices),
      run: (options, task, shards) => compareTask(task, shards, 'windows', options),
    },
  ],

  after(options, task) {
    const { min_length, action, max_repeated_ratio, min_left_chars: least = 0 } = options
    const pieces = piecesBy(options)
    const drops = droppedOf(task, 'windows', 'compare')
    const judge = judgeLeft((text) => codePoints(text) < least)
    return (doc) => {
      const windows = drops.next(doc.text.length)
      if (windows.length === 0) return doc
      const { start, end } = pieces(doc.text)
      let left = ''
      let at = 0
      for (const window of windows) {
        left += doc.text.slice(at, Math.max(at, start(window)))
        at = end(window + min_length - 1)
      }
      left += doc.text.slice(at)
      if (action === 'cut') return judge(doc, left)
      return 1 - codePoints(left) / codePoints(doc.text) > max_repeated_ratio ? { reason: 'repeated' } : doc
    }
  },
})
