import { createHash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { ByteSource } from '../formats/byte_source.ts'

/** SHA-256 (or another hash) of a file of any size, or of its bytes [start, end), in hex. */
export function hashFile(
  path: string,
  { algorithm = 'sha256', start = 0, end = Number.POSITIVE_INFINITY }: { algorithm?: 'sha256' | 'md5'; start?: number; end?: number } = {},
): string {
  const hash = createHash(algorithm)
  const fd = openSync(path, 'r')
  try {
    const chunk = Buffer.allocUnsafe(1 << 20)
    for (let at = start; at < end; ) {
      const n = readSync(fd, chunk, 0, Math.min(chunk.length, end - at), at)
      if (n === 0) break
      hash.update(chunk.subarray(0, n))
      at += n
    }
  } finally {
    closeSync(fd)
  }
  return hash.digest('hex')
}

/** SHA-256 of the bytes [start, end) of an input, wherever it is, in hex. */
export function hashInput(file: string, { start, end }: { start: number; end: number }): string {
  const source = new ByteSource(file)
  try {
    source.beginDigest(start, Math.min(end, source.size))
    return source.endDigest()
  } finally {
    source.close()
  }
}
