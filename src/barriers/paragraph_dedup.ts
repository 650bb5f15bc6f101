import { z } from 'zod'
import { segmentDedup } from '../dedup/segment_dedup.ts'
import { codePoints } from '../text/code_points.ts'
import { normalizerOption, normalizers } from '../text/normalizers.ts'

// "a\n\n\nb" → ["a", "\n\n\n", "b"]
const blankLines = /(\n{2,})/

export default segmentDedup({
  summary: 'remove paragraphs (what stands between empty lines) that stand elsewhere too, in the same document or another',
  why: 'As `line_dedup`, for paragraphs as they stand between empty lines: shorter repeats, such as a line of a poem, stay.',
  source: 'exact paragraph deduplication; where Dolma, CCNet and MAP-NEO say paragraph they mean a line: line_dedup',
  keeps: 'enough paragraphs of its own',
  options: {
    normalizer: normalizerOption.default('none'),
    min_chars: z.int().min(1).default(1).describe('characters that a paragraph as compared must have to be removed'),
  },
  segments({ normalizer, min_chars }) {
    const normalize = normalizers[normalizer]
    return ({ text }) =>
      text.split(/\n{2,}/).map((paragraph) => {
        const compared = normalize(paragraph)
        return codePoints(compared) < min_chars ? null : compared
      })
  },
  without: () => (text, dropped) => {
    const pieces = text.split(blankLines)
    const gone = new Set(dropped)
    // Each paragraph goes with the empty lines behind it, the last ones with those before.
    let kept = ''
    let gap = ''
    for (let i = 0; 2 * i < pieces.length; i++) {
      if (gone.has(i)) continue
      kept += gap + pieces[2 * i]!
      gap = pieces[2 * i + 1] ?? ''
    }
    return kept
  },
})
