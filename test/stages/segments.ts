import { hashTexts } from '../../src/dedup/hash_texts.ts'

/** Ids in the order that decides which copy of a segment stays. */
export function inOrder(ids: readonly string[]): string[] {
  const order = (id: string): bigint => new BigUint64Array(hashTexts([id]).slice().buffer)[0]!
  return ids.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
}
