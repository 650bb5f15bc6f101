import type { LedgerEntry } from './ledger.ts'

/** Where a task really has to begin that took something for the first record of its split, or for what holds there, that is not. */
export interface SeamFix {
  index: number
  /** Where its first record begins; null when none begins in the split. */
  at: number | null
  /** What a reader carries on from what lies before. */
  carry: string | null
}

/**
 * A split is found by looking for what begins a record, and bytes of a record may look like that. The task before it, which reads on to the end of
 * its last record, knows better: where the two do not meet, the later one has to run again. `entries` are all those of a first pass, in order.
 */
export function seamFixes(entries: readonly LedgerEntry[]): SeamFix[] {
  const fixes: SeamFix[] = []
  let file: string | undefined
  /** Where the first record after those read so far begins. */
  let next = 0
  let carry: string | null = null
  for (const { index, reads, seam } of entries) {
    const [read] = reads
    if (!seam || !read || read.end === undefined) {
      file = undefined
      continue
    }
    if (read.path === file) {
      const at = next < read.end ? next : null
      if (seam.first !== at || (at !== null && seam.before !== carry)) fixes.push({ index, at, carry })
    }
    file = read.path
    if (seam.first !== null) next = seam.next
    if (seam.after !== undefined) carry = seam.after
    else if (read.start === 0) carry = seam.before
  }
  return fixes
}
