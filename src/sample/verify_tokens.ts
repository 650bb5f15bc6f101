import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import xxhash from 'xxhash-wasm'
import { plural } from '../core/plural.ts'
import { ByteSource } from '../formats/byte_source.ts'
import { tokenEncoder } from '../tokenizers/token_counter.ts'
import { heldOutSeed } from './corpus.ts'
import type { Drawn, SampleManifest } from './manifest.ts'
import { runOf } from './open_sample.ts'
import { byShard } from './rows.ts'
import { readTexts } from './texts.ts'
import { idsOf } from './token_files.ts'
import { placesBy } from './training_order.ts'

export interface SampleCheck {
  name: string
  ok: boolean
  /** What was compared, or what is wrong. */
  detail: string
}

export const armName = ({ name, seed }: Drawn): string => (seed === heldOutSeed ? name : `${name}, seed ${seed}`)

/**
 * Whether documents stand in an arm's token files in the order that the manifest states, by their sizes; undefined where there are no files. Editors
 * after the count change sizes; then only `checkTokens` can tell.
 */
export async function checkOrder(out: string, arm: Drawn, texts: boolean): Promise<SampleCheck | undefined> {
  const files = tokenFilesOf(out, arm)
  if (!files) return undefined
  const name = `order of the tokens of ${armName(arm)}`
  const edits = [...new Set(arm.parts.flatMap(({ edited_after_counting }) => edited_after_counting))]
  if (edits.length > 0) {
    const detail = `not checked by sizes, which ${edits.join(' and ')} may have changed; the tokens themselves are compared without --no-texts`
    return texts ? undefined : { name, ok: true, detail }
  }
  const placesOf = await placesBy(arm.seed)
  const placed: { place: number; size: number }[] = []
  for await (const { chosen } of byShard(join(out, arm.file)))
    for (const { id, tokens, repeats } of chosen) for (const place of placesOf(id, repeats)) placed.push({ place, size: tokens + 1 })
  placed.sort((a, b) => a.place - b.place)
  if (files.sizes.length !== placed.length)
    return { name, ok: false, detail: `${plural(files.sizes.length, 'document')} instead of ${placed.length}` }
  const wrong = placed.findIndex(({ size }, i) => size !== files.sizes[i])
  const detail =
    wrong < 0
      ? `${plural(placed.length, 'document')} in the order of the manifest`
      : `document ${wrong} has ${files.sizes[wrong]} tokens, not ${placed[wrong]!.size}`
  return { name, ok: wrong < 0, detail }
}

/** Whether an arm's token files hold the tokens of its texts, in the order that the manifest states; undefined where there are no files. */
export async function checkTokens(out: string, manifest: SampleManifest, arm: Drawn): Promise<SampleCheck | undefined> {
  const files = tokenFilesOf(out, arm)
  if (!files) return undefined
  const { h64Raw } = await xxhash()
  const name = `tokens of ${armName(arm)}`
  const expected = await hashesInOrder(out, manifest, arm, h64Raw)
  if (files.sizes.length !== expected.length)
    return { name, ok: false, detail: `${plural(files.sizes.length, 'document')} instead of ${expected.length}` }
  const source = new ByteSource(files.path)
  try {
    let at = 0
    for (const [i, { hash, id }] of expected.entries()) {
      const end = at + 2 * files.sizes[i]!
      if (end > source.size || h64Raw(source.read(at, end)) !== hash)
        return { name, ok: false, detail: `document ${i} does not have the tokens of ${id}` }
      at = end
    }
    if (at !== source.size) return { name, ok: false, detail: `${source.size - at} bytes too many` }
  } finally {
    source.close()
  }
  return { name, ok: true, detail: `${plural(expected.length, 'document')} with the tokens of their texts, in the order of the manifest` }
}

/** Hash of the tokens of each document, in training order. */
async function hashesInOrder(
  out: string,
  manifest: SampleManifest,
  arm: Drawn,
  hashOf: (bytes: Uint8Array) => bigint,
): Promise<{ place: number; hash: bigint; id: string }[]> {
  const encode = tokenEncoder('gpt2')
  const placesOf = await placesBy(arm.seed)
  const placed: { place: number; hash: bigint; id: string }[] = []
  for await (const { source, shard, chosen } of byShard(join(out, arm.file))) {
    const { dir } = runOf(out, manifest.sources[source]!)
    const repeats = new Map(chosen.map((row) => [row.data_row, row.repeats]))
    for await (const { row, id, text } of readTexts(dir, shard, (row) => repeats.has(row))) {
      const hash = hashOf(new Uint8Array(idsOf(encode(text)).buffer))
      for (const place of placesOf(id, repeats.get(row)!)) placed.push({ place, hash, id })
    }
  }
  return placed.sort((a, b) => a.place - b.place)
}

/** The file of an arm's tokens, and how many each document has, its end of text included; undefined where there is none. */
function tokenFilesOf(out: string, { name, seed }: Drawn): { path: string; sizes: number[] } | undefined {
  const base = join(out, 'tokens', seed === heldOutSeed ? name : `${name}-seed${seed}`, '00000_tokens')
  const [ends, index] = [`${base}.ds.index`, `${base}.idx`]
  if (existsSync(ends)) {
    const bytes = readFileSync(ends)
    const all = Array.from({ length: bytes.length / 8 }, (_, i) => Number(bytes.readBigUInt64LE(8 * i)))
    return { path: `${base}.ds`, sizes: all.map((end, i) => end - (all[i - 1] ?? 0)) }
  }
  if (!existsSync(index)) return undefined
  const bytes = readFileSync(index)
  return { path: `${base}.bin`, sizes: Array.from({ length: Number(bytes.readBigUInt64LE(18)) }, (_, i) => bytes.readInt32LE(34 + 4 * i)) }
}
