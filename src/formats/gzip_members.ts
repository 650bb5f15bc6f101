import { Readable } from 'node:stream'
import { constants, crc32, createInflateRaw, inflateRawSync } from 'node:zlib'
import type { ByteSource } from './byte_source.ts'

/**
 * Inflated bytes of a member, or a stretch of the file that could not be inflated. Offsets are of the compressed file. Bytes of a member that is
 * cut have no checksum that could be checked, and their last line or record may be incomplete; the damage follows.
 */
export type GzipEvent =
  | { kind: 'data'; bytes: Buffer; start: number; end: number; opens: boolean; isCut?: true }
  | { kind: 'damage'; start: number; end: number; error: 'corrupt_member' | 'truncated_member'; message: string }

/** Members up to this much compressed data are inflated in one call; larger ones are streamed. */
const windowBytes = 16 << 20
const inflatedBytes = 64 << 20
const magic = Buffer.from([0x1f, 0x8b, 0x08])

/**
 * Walk the members of a gzip file (RFC 1952), checking the CRC-32 and length of each. What Node's own gunzip stream loses in silence
 * (everything after padding, or after one bad member) is kept or reported here: after damage the walk goes on at the next member
 * whose first inflated bytes `isStart` accepts.
 */
export async function* readGzipMembers(source: ByteSource, isStart: (head: Buffer) => boolean, from = 0): AsyncGenerator<GzipEvent> {
  for (let start = from; start < source.size; ) {
    const head = source.at(start, 1 << 20)
    if (head[0] === 0) {
      start = endOfPadding(source, start)
      continue
    }
    let outcome: MemberOutcome
    const headerBytes = headerLength(head)
    if (headerBytes < 0) {
      const cutOff = head.length < 18 && magic.subarray(0, head.length).equals(head.subarray(0, magic.length))
      outcome = cutOff
        ? { error: 'truncated_member', message: 'the file ends inside a gzip header' }
        : { error: 'corrupt_member', message: 'not a gzip member' }
    } else {
      outcome = inflateWhole(source, start, headerBytes)
      if ('tooLarge' in outcome) outcome = yield* inflateStreaming(source, start, headerBytes)
      else if ('bytes' in outcome) yield { kind: 'data', bytes: outcome.bytes, start, end: outcome.end, opens: true }
    }
    if ('end' in outcome) {
      start = outcome.end
      continue
    }
    if (!('error' in outcome)) throw new Error('unreachable: a member is inflated or damaged')
    if (outcome.error === 'truncated_member' && outcome.beginning)
      yield { kind: 'data', bytes: outcome.beginning, start, end: source.size, opens: true, isCut: true }
    const next = nextMember(source, start + 1, isStart)
    // Only the last member can be cut short; before another one it is corrupt.
    const error = next < source.size ? 'corrupt_member' : outcome.error
    yield { kind: 'damage', start, end: next, error, message: outcome.message }
    start = next
  }
}

type MemberOutcome =
  | { bytes: Buffer; end: number }
  | { end: number }
  | { tooLarge: true }
  | { error: 'corrupt_member' | 'truncated_member'; message: string; beginning?: Buffer }

/** Length of a gzip member's header, or -1 when there is none (or it is cut off). */
export function headerLength(head: Buffer): number {
  if (head.length < 18 || head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8 || (head[3]! & 0xe0) !== 0) return -1
  const flags = head[3]!
  let at = 10
  if (flags & 4) at += 2 + head.readUInt16LE(at)
  for (const flag of [8, 16]) if (flags & flag) at = head.indexOf(0, at) + 1 || head.length
  if (flags & 2) at += 2
  return at < head.length ? at : -1
}

function inflateWhole(source: ByteSource, start: number, headerBytes: number): MemberOutcome {
  for (let window = 1 << 20; ; window *= 4) {
    const compressed = source.at(start, window).subarray(headerBytes)
    const atEnd = start + headerBytes + compressed.length >= source.size
    try {
      const { buffer, engine } = inflateRawSync(compressed, {
        info: true,
        chunkSize: 1 << 17,
        maxOutputLength: inflatedBytes,
      }) as unknown as {
        buffer: Buffer
        engine: { bytesWritten: number }
      }
      const end = start + headerBytes + engine.bytesWritten + 8
      if (end > source.size) return { error: 'truncated_member', message: 'the file ends inside a gzip trailer' }
      const trailer = source.at(end - 8, 8)
      if (trailer.readUInt32LE(0) !== crc32(buffer) || trailer.readUInt32LE(4) !== buffer.length >>> 0) return checksumError
      return { bytes: buffer, end }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code === 'ERR_BUFFER_TOO_LARGE') return { tooLarge: true }
      if (code !== 'Z_BUF_ERROR') return { error: 'corrupt_member', message }
      if (atEnd) {
        const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: inflatedBytes }
        return { error: 'truncated_member', message: 'the file ends inside a gzip member', beginning: inflateRawSync(compressed, options) }
      }
      if (window >= windowBytes) return { tooLarge: true }
    }
  }
}

const checksumError: MemberOutcome = {
  error: 'corrupt_member',
  message: 'checksum mismatch: the inflated bytes are not those that were stored',
}

async function* inflateStreaming(source: ByteSource, start: number, headerBytes: number): AsyncGenerator<GzipEvent, MemberOutcome> {
  const input = Readable.from(source.chunks(start + headerBytes), { highWaterMark: 1 })
  const inflate = createInflateRaw({ chunkSize: 1 << 18 })
  input.on('error', (error) => inflate.destroy(error))
  input.pipe(inflate)
  let crc = 0
  let length = 0
  try {
    for await (const bytes of inflate as AsyncIterable<Buffer>) {
      crc = crc32(bytes, crc)
      yield { kind: 'data', bytes, start, end: start + headerBytes + inflate.bytesWritten, opens: length === 0 }
      length += bytes.length
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code === 'Z_BUF_ERROR'
      ? { error: 'truncated_member', message: 'the file ends inside a gzip member' }
      : { error: 'corrupt_member', message }
  } finally {
    input.destroy()
    inflate.destroy()
  }
  const end = start + headerBytes + inflate.bytesWritten + 8
  if (end > source.size) return { error: 'truncated_member', message: 'the file ends inside a gzip trailer' }
  const trailer = source.at(end - 8, 8)
  return trailer.readUInt32LE(0) === crc && trailer.readUInt32LE(4) === length % 2 ** 32 ? { end } : checksumError
}

/** Zero bytes between members are padding, not loss. */
function endOfPadding(source: ByteSource, start: number): number {
  for (let at = start; at < source.size; ) {
    const bytes = source.at(at, 1 << 16)
    const offset = bytes.findIndex((byte) => byte !== 0)
    if (offset >= 0) return at + offset
    at += bytes.length
  }
  return source.size
}

/** Where the next member begins that opens with what `isStart` accepts; `to` or more where none does before. */
export function nextMember(source: ByteSource, from: number, isStart: (head: Buffer) => boolean, to = source.size): number {
  for (let at = from; at < Math.min(to, source.size - 18); ) {
    const bytes = source.at(at, 1 << 16)
    const offset = bytes.indexOf(magic)
    if (offset < 0) {
      at += Math.max(1, bytes.length - (magic.length - 1))
      continue
    }
    at += offset
    if (at >= to) break
    if (isStart(inflateHead(source.at(at, 1 << 16)).bytes)) return at
    at++
  }
  return source.size
}

/** The first inflated bytes of what may be a member (none when it is none), and where it ends if that is at hand. */
export function inflateHead(stored: Buffer): { bytes: Buffer; end?: number } {
  const headerBytes = headerLength(stored)
  if (headerBytes < 0) return { bytes: Buffer.alloc(0) }
  const compressed = stored.subarray(headerBytes, headerBytes + 4096)
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: inflatedBytes, info: true }
    const { buffer, engine } = inflateRawSync(compressed, options) as unknown as { buffer: Buffer; engine: { bytesWritten: number } }
    const isWhole = engine.bytesWritten < compressed.length
    return { bytes: buffer, ...(isWhole ? { end: headerBytes + engine.bytesWritten + 8 } : {}) }
  } catch {
    return { bytes: Buffer.alloc(0) }
  }
}
