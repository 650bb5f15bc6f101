import { z } from 'zod'
import type { Doc } from '../core/doc.ts'
import { codePointCount, codePoints, nonSpaceCount } from './code_points.ts'
import { type LineSplit, linesBy, newlineCount, type ParagraphSplit, paragraphsBy } from './lines.ts'

interface SegmentAmount {
  segments: number
  /** Code points. */
  chars: number
}

/** Lines or paragraphs that stand in a document more than once. */
export interface RepeatedSegments {
  /** Copies after the first one, and all copies. */
  excess: SegmentAmount
  all: SegmentAmount
  /** Of all segments, repeated or not. */
  count: number
}

// a b a a → excess: 2 segments, all: 3
function findRepeated(segments: readonly string[]): RepeatedSegments {
  const repeated = new Map<string, boolean>()
  const excess = { segments: 0, chars: 0 }
  const firsts = { segments: 0, chars: 0 }
  for (const segment of segments) {
    const known = repeated.get(segment)
    if (known === undefined) {
      repeated.set(segment, false)
      continue
    }
    const chars = codePoints(segment)
    excess.segments++
    excess.chars += chars
    if (known) continue
    repeated.set(segment, true)
    firsts.segments++
    firsts.chars += chars
  }
  const all = { segments: excess.segments + firsts.segments, chars: excess.chars + firsts.chars }
  return { excess, all, count: segments.length }
}

/** The `count` option: the paper does not say which copies of a segment are the duplicates. */
export const countOption = z
  .enum(['excess', 'all'])
  .default('excess')
  .describe('which copies count: those after the first (excess), or the first one too (all)')

const denominators = ['text', 'text_without_newlines', 'segment_chars', 'non_space_chars'] as const
export type SegmentDenominator = (typeof denominators)[number]

/** The `denominator` option of rules over the characters of lines or paragraphs. */
export const segmentDenominatorOption = z
  .enum(denominators)
  .default('text')
  .describe(
    'what the characters are a share of: the text, the text_without_newlines, the characters of all lines or paragraphs as they are split (segment_chars), or all that is no white space (non_space_chars)',
  )

type View<T> = (doc: Doc) => T

/** What rules over one kind of segment share. */
export interface SegmentViews {
  /** View: the repeated ones. */
  repeated: View<RepeatedSegments>
  /** View: code points of all of them together. */
  chars: View<number>
}

const known = new Map<View<string[]>, SegmentViews>()

function segmentsOf(split: View<string[]>): SegmentViews {
  let segments = known.get(split)
  if (!segments) {
    segments = {
      repeated: (doc) => findRepeated(doc.view(split)),
      chars: (doc) => doc.view(split).reduce((sum, segment) => sum + codePoints(segment), 0),
    }
    known.set(split, segments)
  }
  return segments
}

export const lineSegments = (split: LineSplit): SegmentViews => segmentsOf(linesBy(split))
export const paragraphSegments = (split: ParagraphSplit): SegmentViews => segmentsOf(paragraphsBy(split))

/** Share of the segments that are repeated; 0 without any. */
export function repeatedRatio({ repeated }: SegmentViews, count: 'excess' | 'all'): View<number> {
  return (doc) => {
    const found = doc.view(repeated)
    return found.count === 0 ? 0 : found[count].segments / found.count
  }
}

/** Characters of repeated segments as a share; 0 where there is nothing to have a share of. */
export function repeatedCharRatio(segments: SegmentViews, count: 'excess' | 'all', denominator: SegmentDenominator): View<number> {
  const wholes: Record<SegmentDenominator, View<number>> = {
    text: (doc) => doc.view(codePointCount),
    text_without_newlines: (doc) => doc.view(codePointCount) - doc.view(newlineCount),
    segment_chars: (doc) => doc.view(segments.chars),
    non_space_chars: (doc) => doc.view(nonSpaceCount),
  }
  const wholeOf = wholes[denominator]
  return (doc) => {
    const whole = wholeOf(doc)
    return whole === 0 ? 0 : doc.view(segments.repeated)[count].chars / whole
  }
}
