import type { ByteSource } from './byte_source.ts'
import { type GzipEvent, readGzipMembers } from './gzip_members.ts'
import { readZstdFrames } from './zstd_frames.ts'

/** A line of a JSON Lines file; offsets are of the inflated bytes. */
export interface Line {
  kind: 'line'
  bytes: Buffer
  start: number
  end: number
}
export interface LineDamage {
  kind: 'damage'
  error: 'corrupt_member' | 'truncated_member' | 'line_too_long'
  message: string
  start: number
  end: number
}

type DecodedBytes = { kind: 'data'; bytes: Buffer } | (LineDamage & { kind: 'damage' })

/** Cut a plain, gzip or zstd file at newlines. A damaged stretch costs the lines in it. */
export async function* readLines(
  source: ByteSource,
  compression: 'none' | 'gzip' | 'zstd',
  maxLineBytes: number,
): AsyncGenerator<Line | LineDamage> {
  const pieces =
    compression === 'gzip'
      ? inflated(readGzipMembers(source, (head) => head.length > 0))
      : compression === 'zstd'
        ? inflated(readZstdFrames(source))
        : plain(source)
  let rest: Buffer[] = []
  let restBytes = 0
  let offset = 0
  for await (const piece of pieces) {
    if (piece.kind === 'damage') {
      rest = []
      restBytes = 0
      yield piece
      continue
    }
    const { bytes } = piece
    let from = 0
    for (let newline = bytes.indexOf(10); newline >= 0; newline = bytes.indexOf(10, from)) {
      const tail = bytes.subarray(from, newline)
      const length = restBytes + tail.length
      const end = offset + newline + 1
      const start = end - 1 - length
      if (length > maxLineBytes) yield longLine(start, end)
      else if (length > 0) yield { kind: 'line', bytes: restBytes > 0 ? Buffer.concat([...rest, tail]) : tail, start, end }
      rest = []
      restBytes = 0
      from = newline + 1
    }
    if (from < bytes.length) {
      restBytes += bytes.length - from
      // Of a line that is too long only the length is kept.
      if (restBytes > maxLineBytes) rest = []
      else rest.push(Buffer.from(bytes.subarray(from)))
    }
    offset += bytes.length
  }
  if (restBytes > maxLineBytes) yield longLine(offset - restBytes, offset)
  else if (restBytes > 0) yield { kind: 'line', bytes: Buffer.concat(rest), start: offset - restBytes, end: offset }
}

const longLine = (start: number, end: number): LineDamage => ({
  kind: 'damage',
  error: 'line_too_long',
  message: 'line is longer than max_record_bytes',
  start,
  end,
})

async function* plain(source: ByteSource): AsyncGenerator<DecodedBytes> {
  for (const bytes of source.chunks()) yield { kind: 'data', bytes }
}

/** Members of gzip, or frames of zstd. A line may go on in the next one. */
async function* inflated(events: AsyncIterable<GzipEvent>): AsyncGenerator<DecodedBytes> {
  for await (const event of events) yield event.kind === 'data' ? { kind: 'data', bytes: event.bytes } : event
}
