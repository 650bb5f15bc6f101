import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { ByteSource } from './byte_source.ts'
import { inflateHead } from './gzip_members.ts'
import type { Compression, FileHead, InputFormat } from './input_format.ts'
import { binaryType } from './media_type.ts'
import { isZstd, zstdHead } from './zstd_frames.ts'

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
  const { compression, decoded, problem } = await decompressed(source, stored)
  const head = { path: source.path, stored, compression, decoded: withoutBlankLines(decoded) }
  const found = (await loadFormats()).find(([, format]) => format.recognizes(head))
  if (!found) return { kind: 'unknown', looksLike: problem ?? lookOf(head) }
  const [name, format] = found
  return { kind: 'known', name, format, compression: head.compression }
}

/** How a file is compressed, whatever it holds. */
export function detectCompression(source: ByteSource): Compression {
  const stored = source.at(0, 4)
  return isGzip(stored) ? 'gzip' : isZstd(stored) ? 'zstd' : 'none'
}

const isGzip = (stored: Buffer): boolean => stored[0] === 0x1f && stored[1] === 0x8b

/** Decoded bytes that are enough to tell, blank lines in front left out of account. */
const enough = 4096

type Decompressed = Pick<FileHead, 'compression' | 'decoded'> & { problem?: string }

async function decompressed(source: ByteSource, stored: Buffer): Promise<Decompressed> {
  if (isGzip(stored)) return { compression: 'gzip', decoded: inflatedHead(stored) }
  if (!isZstd(stored)) return { compression: 'none', decoded: stored }
  const { bytes, problem } = await zstdHead(source, enough)
  return { compression: 'zstd', decoded: bytes, ...(problem === undefined || bytes.length > 0 ? {} : { problem: `zstd, but: ${problem}` }) }
}

const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)
const withoutBlankLines = (decoded: Buffer): Buffer =>
  decoded.subarray(
    Math.max(
      0,
      decoded.findIndex((byte) => !isSpace(byte)),
    ),
  )

/** The beginning of the first member that holds more than blank lines. */
function inflatedHead(stored: Buffer): Buffer {
  for (let at = 0; at < stored.length; ) {
    const { bytes, end } = inflateHead(stored.subarray(at))
    if (end === undefined || bytes.some((byte) => byte > 0x20)) return bytes
    at += end
  }
  return Buffer.alloc(0)
}

/** What a file of no known format seems to be. */
function lookOf({ decoded }: FileHead): string {
  const type = binaryType(decoded)
  if (type !== undefined) return `${type}, which has to be unpacked or converted first`
  if (/^(?:\xff\xfe|\xfe\xff)/.test(decoded.toString('latin1', 0, 2))) return 'UTF-16, which has to be converted to UTF-8 first'
  const start = decoded.toString('utf8', 0, 512).replace(/^\ufeff?\s*/, '')
  if (start.startsWith('filedesc://')) return 'an ARC file (the format before WARC)'
  if (start.startsWith('[')) return 'a JSON array, not one object a line'
  return JSON.stringify(start.slice(0, 24))
}

/** The file that a format is defined in. */
export const formatFile = (name: string): string =>
  fileURLToPath(new URL(readdirSync(folder).find((file) => file === `${name}.js` || file === `${name}.ts`)!, folder))
