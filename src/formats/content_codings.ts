import { brotliDecompressSync, constants, crc32, inflateRawSync, inflateSync } from 'node:zlib'
import { headerLength } from './gzip_members.ts'
import { decodeZstd } from './zstd_frames.ts'

/** What undoing a coding gives: the bytes that could be decoded, and what was wrong with the rest. */
export interface Undone {
  bytes: Buffer
  problem?: string
}

interface Inflated {
  bytes: Buffer
  /** Bytes of the input that were used; -1 when the stream has no end. */
  used: number
  problem?: string
}

type Inflate = (body: Buffer, options: { maxOutputLength: number; finishFlush?: number; info: true }) => unknown

const zstdMagic = 0xfd2fb528

/**
 * Undo one content or transfer coding (RFC 9110 §8.4.1). Bodies that are not coded at all stay as they are, for crawlers decode them and keep
 * the header; whether they may be text is for the caller to see. Throws a RangeError for more than `maxBytes`.
 */
export function undoCoding(body: Buffer, coding: string, maxBytes: number): Undone {
  if (body.length === 0) return { bytes: body }
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
    case 'deflate':
      // Servers mix the three forms up; their first bytes tell them apart.
      return headerLength(body) < 0 && (coding === 'deflate' || isZlib(body)) ? deflated(body, maxBytes) : gunzip(body, maxBytes)
    case 'br':
      return unlessNothing(body, inflate(brotliDecompressSync as unknown as Inflate, body, maxBytes, constants.BROTLI_OPERATION_FLUSH))
    case 'zstd':
      return body.length >= 4 && body.readUInt32LE(0) === zstdMagic ? unzstd(body, maxBytes) : { bytes: body }
    default:
      return { bytes: body }
  }
}

const unlessNothing = (body: Buffer, { bytes, problem }: Undone): Undone =>
  problem !== undefined && bytes.length === 0 ? { bytes: body } : { bytes, ...(problem === undefined ? {} : { problem }) }

const isZlib = (body: Buffer): boolean => body.length > 1 && (body[0]! & 0x0f) === 8 && (body[0]! * 256 + body[1]!) % 31 === 0

/** Both forms that are called deflate: with a zlib header, as the standard says, and without. */
function deflated(body: Buffer, maxBytes: number): Undone {
  return unlessNothing(body, inflate((isZlib(body) ? inflateSync : inflateRawSync) as unknown as Inflate, body, maxBytes))
}

/** All members one after the other; bytes behind the last one are a problem, not text. */
function gunzip(body: Buffer, maxBytes: number): Undone {
  const parts: Buffer[] = []
  let length = 0
  for (let at = 0; at < body.length; ) {
    const headerBytes = headerLength(body.subarray(at))
    if (headerBytes < 0)
      return at === 0 ? { bytes: body } : { bytes: Buffer.concat(parts), problem: `${body.length - at} bytes follow the gzip stream` }
    const data = body.subarray(at + headerBytes)
    const { bytes, used, problem } = inflate(inflateRawSync as unknown as Inflate, data, maxBytes - length)
    parts.push(bytes)
    length += bytes.length
    if (problem !== undefined) return { bytes: Buffer.concat(parts), problem }
    const trailer = data.subarray(used, used + 8)
    if (trailer.length < 8) return { bytes: Buffer.concat(parts), problem: 'the gzip stream ends early' }
    if (trailer.readUInt32LE(0) !== crc32(bytes) || trailer.readUInt32LE(4) !== bytes.length >>> 0)
      return { bytes: Buffer.concat(parts), problem: 'the checksum of the gzip stream is wrong' }
    at += headerBytes + used + 8
  }
  return { bytes: Buffer.concat(parts) }
}

/** Decode a stream: whole, or as far as it goes. */
function inflate(decode: Inflate, body: Buffer, maxBytes: number, flush: number = constants.Z_SYNC_FLUSH): Inflated {
  const attempt = (length: number, finishFlush?: number): Inflated => {
    const options = { maxOutputLength: Math.max(1, maxBytes), info: true as const, ...(finishFlush === undefined ? {} : { finishFlush }) }
    const { buffer, engine } = decode(body.subarray(0, length), options) as { buffer: Buffer; engine: { bytesWritten: number } }
    return { bytes: buffer, used: engine.bytesWritten }
  }
  try {
    return attempt(body.length)
  } catch (error) {
    throwIfTooLarge(error)
  }
  try {
    return { ...attempt(body.length, flush), problem: 'the compressed body ends early' }
  } catch (error) {
    throwIfTooLarge(error)
  }
  // Damaged somewhere: the longest beginning that can be decoded.
  let [good, bad] = [0, body.length]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    try {
      attempt(middle, flush)
      good = middle
    } catch {
      bad = middle
    }
  }
  const bytes = good === 0 ? Buffer.alloc(0) : attempt(good, flush).bytes
  return { bytes, used: -1, problem: `the compressed body is damaged at byte ${good}` }
}

function throwIfTooLarge(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw error
}

function unzstd(body: Buffer, maxBytes: number): Undone {
  const parts: Buffer[] = []
  let length = 0
  try {
    for (const bytes of decodeZstd(body)) {
      length += bytes.length
      if (length > maxBytes) throw Object.assign(new RangeError(`larger than ${maxBytes} bytes`), { code: 'ERR_BUFFER_TOO_LARGE' })
      parts.push(bytes)
    }
  } catch (error) {
    throwIfTooLarge(error)
    return { bytes: Buffer.concat(parts), problem: 'the compressed body is damaged, or ends early' }
  }
  return { bytes: Buffer.concat(parts) }
}
