import xxhash from 'xxhash-wasm'

/** Gives each document its place in the order of a seed: 0 to 1, the same in every shard, run and program that has xxHash. */
export type KeyOf = (id: Uint8Array) => number

let loaded: Awaited<ReturnType<typeof xxhash>> | undefined

/** The upper 53 bits of xxHash64 of the id (UTF-8) with the seed, as a fraction. Documents with equal keys go by shard and row. */
export async function keysBy(seed: number): Promise<KeyOf> {
  loaded ??= await xxhash()
  const { h64Raw } = loaded
  const salt = BigInt(seed)
  return (id) => Number(h64Raw(id, salt) >> 11n) / 2 ** 53
}

/** A place in an order: documents up to and with it are taken. */
export interface OrderCut {
  key: number
  shard: number
  row: number
}

export const everything: OrderCut = { key: 2, shard: 0, row: 0 }
export const noDocument: OrderCut = { key: -1, shard: 0, row: 0 }

export const isWithin = (key: number, shard: number, row: number, cut: OrderCut): boolean =>
  key !== cut.key ? key < cut.key : shard !== cut.shard ? shard < cut.shard : row <= cut.row
