import { Layout } from '../kernels/kernels.ts'

/** 64-bit hashes (xxHash64 of UTF-8) of texts, as pairs of 32-bit numbers, low first: the kernels' memory, until the next call. */
export function hashTexts(texts: readonly string[]): Int32Array {
  const all = texts.join('')
  const count = texts.length
  const layout = new Layout({
    units: 2 * all.length,
    offsets: 8 * count,
    bytes: 3 * all.length + count,
    starts: 4 * (count + 1),
    hashes: 8 * count,
  })
  layout.writeText('units', all)
  const offsets = layout.numbers('offsets', 2 * count)
  let end = 0
  for (let i = 0; i < count; i++) {
    offsets[2 * i] = end
    offsets[2 * i + 1] = end += texts[i]!.length
  }
  const { at, kernels } = layout
  kernels.joinWords(at.units, at.offsets, count, at.bytes, at.starts)
  kernels.hashShingles(at.bytes, at.starts, count, 1, 1, 0, at.hashes)
  return layout.numbers('hashes', 2 * count)
}
