import { z } from 'zod'
import { barrier } from '../core/barrier.ts'
import { UserError } from '../core/errors.ts'
import { NumberList } from '../core/number_list.ts'
import { BloomFilter } from '../dedup/bloom_filter.ts'
import { cuttingTokenizers, piecesBy } from '../dedup/pieces.ts'
import { judgeLeft, scopeKey, segmentOptions } from '../dedup/segment_dedup.ts'
import { DroppedSegments } from '../dedup/segments.ts'
import { BlockWriter, readBlocks } from '../formats/block_file.ts'
import { bytesOf, dealtParts, intsOf, writeParts } from '../formats/part_file.ts'
import { codePoints } from '../text/code_points.ts'
import { withoutLines } from '../text/lines.ts'

const { scope, min_left_chars } = segmentOptions

/**
 * What a Bloom filter finds depends on the order in which it sees documents. So one task sees all: shard by shard, row by row, however many workers
 * there are. Split into other shards, the same documents may have other survivors.
 */
export default barrier({
  summary:
    'remove lines, and whole documents, most of whose n-grams stand in earlier ones (in the order of shards and rows), by a Bloom filter',
  why: 'Needs a few bits of memory for each n-gram, and finds copies of single lines as well as of documents. What it keeps depends on the order of the shards, and it errs at the stated rate.',
  source: 'BFF (allenai/bff, --remove-type old-both with one size of n-grams), as DCLM ran it: 13-grams of UAX #29 words, and 0.8',
  edits: true,
  keeps: () => 'enough n-grams of its own',
  options: {
    expected: z.int().min(1).describe('how many different n-grams the filter is made for; with more the run stops, and says so'),
    false_positive_rate: z.number().gt(0).lt(1).default(0.01).describe('share of new n-grams taken for known ones, at most'),
    ngram: z.int().min(1).max(1000).default(13).describe('words in an n-gram; lines with fewer words stay, and are not counted'),
    tokenizer: z.enum(cuttingTokenizers).default('uax29').describe('what counts as a word, as in other steps'),
    max_known_ratio: z
      .number()
      .min(0)
      .max(1)
      .default(0.8)
      .describe(
        'lines go with a larger share of n-grams that are known; all other lines are remembered; documents go with a larger share over all',
      ),
    scope,
    min_left_chars,
  },

  // Side file "ngrams": for each document the number of its lines, and as bytes how many n-grams each line has, then all n-grams (low, high).
  before(options, task) {
    const { ngram } = options
    const pieces = piecesBy({ unit: 'word', ...options })
    const blocks = new BlockWriter(task.output('ngrams'))
    return {
      see(doc) {
        const lines = doc.text.split('\n')
        const apart = scopeKey(doc, options.scope)
        const ints = new NumberList(Int32Array, 256)
        ints.extend(lines.length)
        for (const [line, text] of lines.entries()) {
          const found = pieces(text)
          if (found.count < ngram) {
            ints.view()[line] = 0
            continue
          }
          const hashes = found.hashes(ngram)
          const { numbers, at } = ints.extend(hashes.length)
          for (let i = 0; i < hashes.length; i += 2) {
            numbers[at + i] = hashes[i]! ^ apart
            numbers[at + i + 1] = hashes[i + 1]!
          }
          ints.view()[line] = hashes.length / 2
        }
        blocks.add({ numbers: [lines.length, 0, 0], bytes: bytesOf(ints.view()) })
      },
      end: () => blocks.close(),
    }
  },

  jobs: [
    {
      name: 'filter',
      tasks: () => 1,
      run({ expected, false_positive_rate, max_known_ratio }, task, shards) {
        const drops = new Map<number, Uint8Array>()
        const filter = new BloomFilter(expected, false_positive_rate)
        let inserted = 0
        for (const { index, path } of task.inputs('before', 'ngrams')) {
          const dropped = new NumberList(Int32Array)
          let first = 0
          for (const { numbers, bytes } of readBlocks(path)) {
            const lines = numbers[0]
            const ints = intsOf(bytes)
            const gone: number[] = []
            let known = 0
            for (let line = 0, at = lines; line < lines; line++) {
              const end = at + 2 * ints[line]!
              let knownHere = 0
              for (let i = at; i < end; i += 2) if (filter.has(ints[i]!, ints[i + 1]!)) knownHere++
              known += knownHere
              if (knownHere / ints[line]! > max_known_ratio) gone.push(line)
              else {
                for (let i = at; i < end; i += 2) {
                  if (!filter.has(ints[i]!, ints[i + 1]!)) inserted++
                  filter.add(ints[i]!, ints[i + 1]!)
                }
              }
              at = end
            }
            const all = (ints.length - lines) / 2
            const whole = known / all > max_known_ratio
            for (const line of whole ? Array.from({ length: lines }, (_, i) => i) : gone) dropped.push(first + line)
            if (inserted > expected) {
              throw new UserError(
                `there are more than ${expected} n-grams: the filter's false-positive rate would be above ${false_positive_rate}`,
                'give bloom_dedup a larger "expected"',
              )
            }
            first += lines
          }
          if (dropped.length > 0) drops.set(index, bytesOf(dropped.view()))
        }
        writeParts(task.output('drops'), dealtParts(shards, drops))
        task.metrics.add('bloom_dedup:remembered', inserted)
      },
    },
  ],

  after({ min_left_chars: least = 0 }, task) {
    const drops = new DroppedSegments(task.dealt('filter', 'drops').map((part) => new Uint32Array(intsOf(part))))
    const judge = judgeLeft((text) => codePoints(text) < least)
    return (doc) => {
      const dropped = drops.next(doc.text.split('\n').length)
      return dropped.length === 0 ? doc : judge(doc, withoutLines(doc.text, dropped))
    }
  },
})
