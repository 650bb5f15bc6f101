import { hash } from 'node:crypto'

/** SHA-256 of a string or bytes, in hex. */
export const sha256 = (data: string | Uint8Array): string => hash('sha256', data, 'hex')

/** JSON with sorted keys: equal values give equal strings. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    v !== null && typeof v === 'object' && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : v,
  )
}

/**
 * A number in [0, 1) that depends only on seed and id: the one source of random choices.
 * The same document gets the same number in any shard, order, thread or run.
 */
export function unit(seed: string | number, id: string): number {
  const digest = hash('sha256', `${seed}:${id}`, 'buffer')
  return (digest.readUInt32BE(0) * 2 ** 21 + (digest.readUInt32BE(4) >>> 11)) / 2 ** 53
}
