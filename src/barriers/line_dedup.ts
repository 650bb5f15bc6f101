import { z } from 'zod'
import { segmentDedup } from '../dedup/segment_dedup.ts'
import { codePoints } from '../text/code_points.ts'
import { withoutLines } from '../text/lines.ts'
import { normalizerOption, normalizers } from '../text/normalizers.ts'

export default segmentDedup({
  summary: 'remove lines that stand elsewhere too, in the same document or another',
  why: 'Removes what a site prints on every page, such as notices and menus that extraction left, although no two of its pages are alike as a whole.',
  source:
    'C4 (TFDS c4_utils.py: remove_duplicate_text), CCNet (dedup.py; keep: none), Dolma and MAP-NEO, which call lines paragraphs; keys have 64 bits, as in CCNet',
  keeps: 'enough lines of its own',
  options: {
    normalizer: normalizerOption.default('none'),
    min_chars: z.int().min(0).default(1).describe('characters that a line as compared must have to be removed; 0 removes empty lines too'),
  },
  segments({ normalizer, min_chars }) {
    const normalize = normalizers[normalizer]
    return ({ text }) =>
      text.split('\n').map((line) => {
        const compared = normalize(line)
        return codePoints(compared) < min_chars ? null : compared
      })
  },
  without: () => withoutLines,
})
