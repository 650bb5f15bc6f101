import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { cellText } from '../formats/cell_text.ts'
import { openParquet, type Row } from '../formats/parquet_reader.ts'
import { type Column, createParquet } from '../formats/parquet_writer.ts'
import { hashFile } from '../pipeline/hash_file.ts'
import { writeAtomically } from '../pipeline/ledger.ts'
import { shardName } from '../pipeline/plan.ts'
import { tokenEncoder } from '../tokenizers/token_counter.ts'
import type { Drawn, SampleManifest } from './manifest.ts'
import { runOf } from './open_sample.ts'
import { byShard } from './rows.ts'
import { readTexts } from './texts.ts'
import { openTokenFiles, type TokenFormat } from './token_files.ts'
import { placesBy, TokenShuffle } from './training_order.ts'

export type OnShard = (done: number, shards: number) => void

/** Write an arm's documents as Parquet files, one for each shard, with the columns of the measured run; repeated documents are written again. */
export async function writeParquet(
  out: string,
  manifest: SampleManifest,
  arm: Drawn,
  dir: string,
  onShard: OnShard,
): Promise<{ documents: number }> {
  return await whole(dir, async (aside) => {
    let [documents, done] = [0, 0]
    for await (const { source, shard, chosen } of byShard(join(out, arm.file))) {
      const { dir: from } = runOf(out, manifest.sources[source]!)
      const repeats = new Map(chosen.map((row) => [row.data_row, row.repeats]))
      const file = await openParquet(join(from, 'data', `${shardName(shard)}.parquet`))
      const name = `${String(done).padStart(5, '0')}.parquet`
      const table = await createParquet(join(aside, name), {
        columns: file.columns.map(columnOf),
        metadata: { 'decant.sample': `${arm.name} seed ${arm.seed}` },
        level: 3,
        groupBytes: 16 << 20,
        groupRows: 10_000,
      })
      try {
        let at = 0
        for await (const rows of file.batches()) {
          for (const row of rows) {
            for (let n = repeats.get(at++) ?? 0; n > 0; n--, documents++) table.write(file.columns.map((column) => plain(row, column)))
          }
        }
        await table.close()
      } finally {
        table.discard()
        file.close()
      }
      onShard(++done, arm.shards.length)
    }
    return { documents }
  })
}

const columnOf = (name: string): Column => ({
  name,
  type: name === 'language_score' ? 'double' : name === 'token_count' ? 'int64' : 'string',
  nullable: !['text', 'id', 'url'].includes(name),
})

function plain(row: Row, column: string): unknown {
  const value = row[column]
  return value instanceof Uint8Array ? cellText(value) : typeof value === 'bigint' ? Number(value) : value
}

/** Write an arm's documents as GPT-2 tokens, in the order that training takes them in. */
export async function writeTokens(
  out: string,
  manifest: SampleManifest,
  arm: Drawn,
  { dir, format, onShard }: { dir: string; format: TokenFormat; onShard: OnShard },
): Promise<{ documents: number; tokens: number }> {
  const encode = tokenEncoder('gpt2')
  const placesOf = await placesBy(arm.seed)
  return await whole(dir, async (aside) => {
    const shuffle = new TokenShuffle(join(aside, 'unsorted'), arm.tokens)
    const files = openTokenFiles(join(aside, '00000_tokens'), format)
    try {
      let [documents, done] = [0, 0]
      for await (const { source, shard, chosen } of byShard(join(out, arm.file))) {
        const { dir: from } = runOf(out, manifest.sources[source]!)
        const repeats = new Map(chosen.map((row) => [row.data_row, row.repeats]))
        for await (const { row, id, text } of readTexts(from, shard, (row) => repeats.has(row))) {
          const tokens = encode(text)
          for (const place of placesOf(id, repeats.get(row)!)) {
            shuffle.add(place, tokens)
            documents++
          }
        }
        onShard(++done, arm.shards.length)
      }
      shuffle.drain((tokens) => files.write(tokens))
      return { documents, tokens: files.close() }
    } finally {
      files.discard()
      shuffle.discard()
    }
  })
}

/** A file of a folder that `materialize` filled. */
export interface FileMade {
  name: string
  bytes: number
  sha256: string
}

/** Beside each such folder: what was written into it. */
export const listOf = (dir: string): string => `${dir}.json`

/** Fill a folder that appears whole or not at all; an earlier one of that name goes. */
async function whole<T>(dir: string, fill: (aside: string) => Promise<T>): Promise<T> {
  const aside = `${resolve(dir)}.${process.pid}.part`
  rmSync(aside, { recursive: true, force: true })
  mkdirSync(aside, { recursive: true })
  try {
    const result = await fill(aside)
    const files = readdirSync(aside)
      .sort()
      .map((name): FileMade => ({ name, bytes: statSync(join(aside, name)).size, sha256: hashFile(join(aside, name)) }))
    for (const path of [dir, listOf(dir)]) rmSync(path, { recursive: true, force: true })
    renameSync(aside, dir)
    writeAtomically(listOf(dir), `${JSON.stringify({ files }, null, 2)}\n`)
    return result
  } finally {
    rmSync(aside, { recursive: true, force: true })
  }
}
