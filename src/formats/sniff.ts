import { Decompress } from 'fzstd'
import type { ByteSource } from './byte_source.ts'
import { inflateHead } from './gzip_members.ts'
import { looksLikeWarc } from './warc.ts'

/** What a file holds, told from its first bytes; its name is not looked at. */
export type Format =
  | { kind: 'warc'; compression: 'none' | 'gzip' }
  | { kind: 'jsonl'; compression: 'none' | 'gzip' | 'zstd' }
  | { kind: 'parquet' }
  | { kind: 'arrow' }
  | { kind: 'empty' }
  | { kind: 'unknown'; looksLike: string }

export function sniffFormat(source: ByteSource): Format {
  if (source.size === 0) return { kind: 'empty' }
  const head = source.at(0, 1 << 16)
  if (head.toString('latin1', 0, 4) === 'PAR1') return { kind: 'parquet' }
  if (head.toString('latin1', 0, 6) === 'ARROW1' || beginsArrowStream(head)) return { kind: 'arrow' }
  if (head[0] === 0x1f && head[1] === 0x8b) {
    const inflated = inflateHead(head)
    // Nothing inside, or a first member that is damaged: the reader will say so, and find the members after it.
    if (inflated.length === 0)
      return /\.(jsonl?|ndjson)\.gz$/i.test(source.path) ? { kind: 'jsonl', compression: 'gzip' } : { kind: 'warc', compression: 'gzip' }
    return ofText(inflated, 'gzip')
  }
  const magic = head.length < 4 ? 0 : head.readUInt32LE(0)
  if (magic === 0xfd2fb528 || (magic & 0xfffffff0) === 0x184d2a50) return ofText(unzstdHead(head), 'zstd')
  return ofText(head, 'none')
}

/** A stream begins with a mark of four bytes, and the length of its schema. */
function beginsArrowStream(head: Buffer): boolean {
  return head.length >= 8 && head.readUInt32LE(0) === 0xffffffff && head.readUInt32LE(4) > 0 && head.readUInt32LE(4) < 1 << 26
}

function ofText(head: Buffer, compression: 'none' | 'gzip' | 'zstd'): Format {
  if (looksLikeWarc(head))
    return compression === 'zstd' ? { kind: 'unknown', looksLike: 'a zstd-compressed WARC file' } : { kind: 'warc', compression }
  const start = head.toString('utf8', 0, 512).replace(/^\ufeff?\s*/, '')
  if (start.startsWith('{')) return { kind: 'jsonl', compression }
  if (start.startsWith('filedesc://')) return { kind: 'unknown', looksLike: 'an ARC file (the format before WARC)' }
  if (start.startsWith('[')) return { kind: 'unknown', looksLike: 'a JSON array, not one object a line' }
  return { kind: 'unknown', looksLike: JSON.stringify(start.slice(0, 24)) }
}

function unzstdHead(head: Buffer): Buffer {
  const out: Uint8Array[] = []
  try {
    new Decompress((bytes) => out.push(bytes)).push(head)
  } catch {
    // What was decoded before the damage is enough to tell.
  }
  return Buffer.concat(out)
}
