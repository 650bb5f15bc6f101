import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Decompress } from 'fzstd'
import type { ByteSource } from './byte_source.ts'
import { inflateHead } from './gzip_members.ts'
import type { Compression, FileHead, InputFormat } from './input_format.ts'
import { looksLikeWarc } from './warc.ts'

/** What a file holds. Detected from its first bytes; its name decides only where those say nothing. */
export type Detected =
  | { kind: 'known'; name: string; format: InputFormat; compression: Compression }
  | { kind: 'empty' }
  | { kind: 'unknown'; looksLike: string }

const folder = new URL('./inputs/', import.meta.url)
let formats: Promise<[name: string, format: InputFormat][]> | undefined

/** Every input format, by name: one file each in `inputs/`. */
export function loadFormats(): Promise<readonly [name: string, format: InputFormat][]> {
  const files = readdirSync(folder).filter((file) => /^[a-z][a-z0-9_]*\.(?:ts|js)$/.test(file))
  formats ??= Promise.all(
    files.sort().map(async (file) => {
      const module = (await import(new URL(file, folder).href)) as { default: InputFormat }
      return [file.replace(/\.\w+$/, ''), module.default]
    }),
  )
  return formats
}

export async function detectFormat(source: ByteSource): Promise<Detected> {
  if (source.size === 0) return { kind: 'empty' }
  const stored = source.at(0, 1 << 16)
  const head = { path: source.path, stored, ...decompressed(stored) }
  const found = (await loadFormats()).find(([, format]) => format.recognizes(head))
  if (!found) return { kind: 'unknown', looksLike: lookOf(head) }
  const [name, format] = found
  return { kind: 'known', name, format, compression: head.compression }
}

function decompressed(stored: Buffer): Pick<FileHead, 'compression' | 'decoded'> {
  if (stored[0] === 0x1f && stored[1] === 0x8b) return { compression: 'gzip', decoded: inflateHead(stored) }
  const magic = stored.length < 4 ? 0 : stored.readUInt32LE(0)
  const isZstd = magic === 0xfd2fb528 || (magic & 0xfffffff0) === 0x184d2a50
  return isZstd ? { compression: 'zstd', decoded: unzstdHead(stored) } : { compression: 'none', decoded: stored }
}

function unzstdHead(stored: Buffer): Buffer {
  const decoded: Uint8Array[] = []
  try {
    new Decompress((bytes) => decoded.push(bytes)).push(stored)
  } catch {
    // What was decoded before the damage is enough to tell.
  }
  return Buffer.concat(decoded)
}

/** What a file of no known format seems to be. */
function lookOf({ compression, decoded }: FileHead): string {
  if (looksLikeWarc(decoded)) return `a ${compression}-compressed WARC file`
  const start = decoded.toString('utf8', 0, 512).replace(/^\ufeff?\s*/, '')
  if (start.startsWith('filedesc://')) return 'an ARC file (the format before WARC)'
  if (start.startsWith('[')) return 'a JSON array, not one object a line'
  return JSON.stringify(start.slice(0, 24))
}

/** The file that a format is defined in. */
export const formatFile = (name: string): string =>
  fileURLToPath(new URL(readdirSync(folder).find((file) => file.startsWith(`${name}.`))!, folder))
