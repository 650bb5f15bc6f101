import type { HtmlPage } from './html_page.ts'
import { bit, type Hint, hints } from './html_tags.ts'

/** Hints whose nearest bearer above a block is a feature. */
export const watched: Hint[] = hints.filter((hint) => hint !== 'heading')
const watchedBits = watched.map(bit)
const kinds = watched.length
/** Hints of which the share on the whole page is a feature. */
export const pageHints: Hint[] = ['comment', 'forum', 'product', 'card', 'body', 'related']
const pageHintIndices = pageHints.map((hint) => watched.indexOf(hint))

/** For each node and watched hint: how much of the page's text the nearest bearer above holds (0 to 1), or -1 where none does. */
export function nearest({ nodes }: HtmlPage, chars: Float64Array, total: number): Float32Array {
  const shares = new Float32Array(nodes.count * kinds).fill(-1, 0, kinds)
  for (let k = 0; k < nodes.count; k++) {
    const to = k * kinds
    if (k > 0) {
      const from = nodes.parent[k]! * kinds
      shares.copyWithin(to, from, from + kinds)
    }
    const hints = nodes.hints[k]!
    if (hints === 0) continue
    const share = chars[k]! / total
    for (let j = 0; j < kinds; j++) if ((hints & watchedBits[j]!) !== 0) shares[to + j] = share
  }
  return shares
}

export function hintShares({ blocks }: HtmlPage, near: Float32Array): number[] {
  let total = 0
  const found = pageHintIndices.map(() => 0)
  for (let i = 0; i < blocks.count; i++) {
    const length = blocks.texts[i]!.length
    total += length
    for (let j = 0; j < pageHintIndices.length; j++) if (near[blocks.node[i]! * kinds + pageHintIndices[j]!]! >= 0) found[j]! += length
  }
  return found.map((sum) => sum / (total || 1))
}
