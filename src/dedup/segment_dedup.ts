import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { type Barrier, barrier, type Removal } from '../core/barrier.ts'
import type { Doc } from '../core/doc.ts'
import type { Options, Shape } from '../core/options.ts'
import type { Task } from '../core/task.ts'
import { bytesOf, dealtParts, intsOf, writeParts } from '../formats/part_file.ts'
import { codePoints } from '../text/code_points.ts'
import { strip } from '../text/python.ts'
import { hashTexts } from './hash_texts.ts'
import { readNumbers, slicesOf, tasksFor } from './record_file.ts'
import { compareSegments, DroppedSegments, type Keep, SegmentWriter, slices } from './segments.ts'

/** The options of all steps that remove parts of documents that stand elsewhere too. */
export const segmentOptions = {
  keep: z
    .enum(['first', 'none'])
    .default('first')
    .describe(
      'which copy stays: first (that in the document whose id has the smallest hash, so that it does not matter how documents are split; in it the first one), none (not even one)',
    ),
  scope: z
    .enum(['all', 'dump', 'language'])
    .default('all')
    .describe('where copies are looked for: everywhere, or only in the same dump or language'),
  min_left_chars: z
    .int()
    .min(1)
    .optional()
    .describe('remove documents that have lost text and have fewer characters left; those with nothing but white space left always go'),
  partitions: z.int().min(1).max(slices).default(4).describe('tasks that the comparison is split into, at least; large inputs have more'),
}
type Common = Options<typeof segmentOptions>

/** What of each segment of a text is compared; null for one that is not. */
export type ComparedSegments = (doc: Doc) => (string | null)[]

/** A text has no more segments than this, which is known without looking for them. */
const mostSegments = ({ text }: Doc): number => text.length + 1

/** A barrier that removes segments that stand elsewhere too. */
export function segmentDedup<S extends Shape>({
  segments,
  without,
  isShort = () => () => false,
  options: own,
  keeps,
  ...about
}: {
  summary: string
  why: string
  source: string
  options: S
  /** What it keeps, for tables. */
  keeps: string
  segments(options: Options<S>): ComparedSegments
  /** The text without some segments. */
  without(options: Options<S>): (text: string, dropped: readonly number[]) => string
  /** Whether too little is left for the document to stay. */
  isShort?(options: Options<S>): (text: string) => boolean
}): Barrier {
  return barrier({
    ...about,
    edits: true,
    keeps: () => keeps,
    options: { ...own, ...segmentOptions } as Shape,

    before(options, task) {
      const { keep, scope } = options as Common
      const segmentsOf = segments(options as Options<S>)
      const writer = new SegmentWriter()
      return {
        see(doc) {
          const texts = segmentsOf(doc)
          const compared = texts.flatMap((text, i) => (text === null ? [] : [i]))
          const hashes = hashTexts([doc.id, ...compared.map((i) => texts[i]!)])
          const apart = scopeKey(doc, scope)
          writer.begin(mostSegments(doc), [hashes[0]!, hashes[1]!])
          for (const [i, segment] of compared.entries()) writer.add(hashes[2 * i + 2]! ^ apart, hashes[2 * i + 3]!, segment)
        },
        end: () => writer.write(task.output('segments'), task.output('local'), keep),
      }
    },

    jobs: [
      {
        name: 'compare',
        tasks: (options, shards) => tasksFor(shards, (options as Common).partitions, slices),
        run: (options, task, shards) => compareTask(task, shards, 'before', options as Common),
      },
    ],

    after(options, task) {
      const { min_left_chars: least = 0 } = options as Common
      const textWithout = without(options as Options<S>)
      const short = isShort(options as Options<S>)
      const drops = droppedOf(task, 'before', 'compare')
      const judge = judgeLeft((text) => short(text) || codePoints(text) < least)
      return (doc) => {
        const dropped = drops.next(mostSegments(doc))
        return dropped.length === 0 ? doc : judge(doc, textWithout(doc.text, dropped))
      }
    },
  })
}

/** Compares what all tasks of `from` wrote as `segments`, and deals the numbers of those that go out to their shards. */
export function compareTask(task: Task, shards: number, from: string, { keep, partitions }: { keep: Keep; partitions: number }): void {
  const range = slicesOf(task.index, tasksFor(shards, partitions, slices), slices)
  const dropped = compareSegments(task.inputs(from, 'segments'), { keep, ...range, scratch: task.output('scratch') })
  const parts = new Map([...dropped].map(([shard, numbers]) => [shard, bytesOf(numbers.view())]))
  writeParts(task.output('drops'), dealtParts(shards, parts))
}

/** The segments of this task's shard that go: by what was found within it, and by the comparison with others. */
export function droppedOf(task: Task, from: string, compared: string): DroppedSegments {
  const local = task.own(from, 'local')
  const dealt = task.dealt(compared, 'drops').map((part) => new Uint32Array(intsOf(part)))
  return new DroppedSegments(local === undefined ? dealt : [readNumbers(local), ...dealt])
}

/** What becomes of a document that has lost text. */
export const judgeLeft =
  (isShort: (text: string) => boolean) =>
  (doc: Doc, text: string): Doc | Removal => {
    if (text === doc.text) return doc
    if (strip(text) === '') return { reason: 'empty' }
    return isShort(text) ? { reason: 'short' } : doc.withText(text)
  }

/** Changes keys, so that documents of different dumps or languages share none. */
export const scopeKey = (doc: Doc, scope: Common['scope']): number => (scope === 'all' ? 0 : crc32(String(doc.metadata[scope])) | 0)
