import { writeFileSync } from 'node:fs'
import { NumberList } from '../core/number_list.ts'
import { FileWriter } from '../formats/file_writer.ts'

/** GPT-2's end of text, which follows every document. */
export const endOfText = 50_256

/** Tokens of documents on disk, as trainers read them; each document ends with `endOfText`. */
export interface TokenFiles {
  write(tokens: readonly number[]): void
  /** Returns the tokens written, ends of text included. */
  close(): number
  discard(): void
}

/** What is written of a document: its tokens, and the end of text. */
export function idsOf(tokens: readonly number[]): Uint16Array<ArrayBuffer> {
  const ids = new Uint16Array(tokens.length + 1)
  for (let i = 0; i < tokens.length; i++) ids[i] = tokens[i]! < 0 ? endOfText : tokens[i]!
  ids[tokens.length] = endOfText
  return ids
}

export const tokenFormats = ['datatrove', 'megatron'] as const
export type TokenFormat = (typeof tokenFormats)[number]

/**
 * Open the token files of one arm, `PATH.ds` with `.ds.index` and `.ds.metadata` (datatrove, nanotron), or `PATH.bin` with `PATH.idx`
 * (Megatron-LM, GPT-NeoX). Tokens are 16-bit, little-endian.
 */
export function openTokenFiles(path: string, format: TokenFormat): TokenFiles {
  const tokensFile = new FileWriter(format === 'datatrove' ? `${path}.ds` : `${path}.bin`)
  const sizes = new NumberList(Int32Array)
  let total = 0
  return {
    write(tokens) {
      const ids = idsOf(tokens)
      tokensFile.write(new Uint8Array(ids.buffer))
      sizes.push(ids.length)
      total += ids.length
    },
    close() {
      tokensFile.close()
      if (format === 'datatrove') writeDatatroveIndex(path, sizes.view(), total)
      else writeMegatronIndex(path, sizes.view())
      return total
    },
    discard: () => tokensFile.discard(),
  }
}

/** `.ds.index` holds where each document ends, in tokens, as 64-bit numbers (datatrove, pipeline/tokens/tokenizer.py: TokenizedFile). */
function writeDatatroveIndex(path: string, sizes: Int32Array, total: number): void {
  const index = new FileWriter(`${path}.ds.index`)
  let end = 0
  inChunks(sizes, (chunk) => {
    const ends = new BigUint64Array(chunk.length)
    for (let i = 0; i < chunk.length; i++) ends[i] = BigInt((end += chunk[i]!))
    index.write(new Uint8Array(ends.buffer))
  })
  index.close()
  writeFileSync(`${path}.ds.metadata`, `gpt2|2\n${total}\n${(total / 1e6).toPrecision(3)}MT`)
}

/**
 * Sizes of sequences (32-bit), where they begin in bytes (64-bit), and which sequence each document begins with (64-bit): Megatron-LM,
 * core/datasets/indexed_dataset.py.
 */
function writeMegatronIndex(path: string, sizes: Int32Array): void {
  const index = new FileWriter(`${path}.idx`)
  const head = Buffer.alloc(9 + 8 + 1 + 8 + 8)
  head.write('MMIDIDX\0\0', 0, 'latin1')
  head.writeBigUInt64LE(1n, 9)
  // Code of uint16.
  head.writeUInt8(8, 17)
  head.writeBigUInt64LE(BigInt(sizes.length), 18)
  head.writeBigUInt64LE(BigInt(sizes.length + 1), 26)
  index.write(head)
  index.write(new Uint8Array(sizes.buffer, sizes.byteOffset, sizes.byteLength))
  let at = 0n
  inChunks(sizes, (chunk) => {
    const starts = new BigInt64Array(chunk.length)
    for (let i = 0; i < chunk.length; i++) {
      starts[i] = at
      at += BigInt(2 * chunk[i]!)
    }
    index.write(new Uint8Array(starts.buffer))
  })
  for (let from = 0; from <= sizes.length; from += chunkSize) {
    const numbers = BigInt64Array.from({ length: Math.min(chunkSize, sizes.length + 1 - from) }, (_, i) => BigInt(from + i))
    index.write(new Uint8Array(numbers.buffer))
  }
  index.close()
}

const chunkSize = 1 << 16

function inChunks(sizes: Int32Array, use: (chunk: Int32Array) => void): void {
  for (let from = 0; from < sizes.length; from += chunkSize) use(sizes.subarray(from, from + chunkSize))
}
