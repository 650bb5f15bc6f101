import type { ByteSource } from './byte_source.ts'
import { type Members, membersOf } from './members.ts'

/** A line of a JSON Lines file. */
export interface Line {
  kind: 'line'
  bytes: Buffer
  /** Offsets of the file, or of the decompressed bytes of the member that the line begins in. */
  start: number
  end: number
  /** Of compressed files: where that member (gzip) or frame (zstd) begins. */
  member?: number
}
export interface LineDamage {
  kind: 'damage'
  error: 'corrupt_member' | 'truncated_member' | 'line_too_long'
  message: string
  start: number
  end: number
  member?: number
}

/** Where a line begins, in a word: the same however the file is cut into splits. */
export const positionOf = ({ start, member }: Line): string => (member === undefined ? String(start) : `${member}.${start}`)

/** The part of a file that is read: the lines that begin in it. */
export interface LineRange {
  start: number
  end: number
  /** Where the first member really begins, where that is known; null when none begins here. */
  begins?: number | null
  /** Compressed files: the first member that begins in the range (or null), and the first one behind it. */
  onSeam?(first: number | null, next: number): void
}

/** Cut a plain, gzip or zstd file at newlines. A damaged stretch costs the lines in it. */
export async function* readLines(
  source: ByteSource,
  compression: 'none' | 'gzip' | 'zstd',
  maxLineBytes: number,
  range: LineRange = { start: 0, end: source.size },
): AsyncGenerator<Line | LineDamage> {
  if (compression === 'none') yield* plainLines(source, maxLineBytes, range)
  else
    yield* packedLines(
      source,
      membersOf(source, compression, (head) => head.length > 0),
      maxLineBytes,
      range,
    )
}

async function* plainLines(source: ByteSource, maxLineBytes: number, { start, end }: LineRange): AsyncGenerator<Line | LineDamage> {
  // From the byte before the range on: if that ends a line, the next one is the range's first.
  const from = Math.max(0, start - 1)
  const cutter = new LineCutter(maxLineBytes, start > 0)
  let at = from
  for (const bytes of source.chunks(from)) {
    for (const line of cutter.push(bytes, at)) {
      if (line.start >= end) return
      yield line
    }
    at += bytes.length
    if (cutter.start >= end) return
  }
  yield* cutter.end()
}

/**
 * Whether a member begins with a new line cannot be seen from it alone. So a range begins behind the first newline from its first member on, and
 * goes on to the first newline from the first member behind it on.
 */
async function* packedLines(
  source: ByteSource,
  members: Members,
  maxLineBytes: number,
  { start, end, begins, onSeam }: LineRange,
): AsyncGenerator<Line | LineDamage> {
  const first = begins !== undefined ? begins : start === 0 ? 0 : await members.find(start, end)
  if (first === null) return onSeam?.(null, end)
  const cutter = new LineCutter(maxLineBytes, start > 0)
  let next: number | undefined
  let offset = 0
  for await (const event of members.read(first)) {
    const isOutside = next !== undefined || event.start >= end
    if (event.kind === 'damage') {
      if (isOutside && (next !== undefined || (await members.beginsAt(event.start)))) return onSeam?.(first, next ?? event.start)
      cutter.forget()
      yield event
      continue
    }
    const { bytes } = event
    if (event.opens) offset = 0
    if (isOutside && bytes.length > 0) next ??= event.start
    const newline = next === undefined ? -1 : bytes.indexOf(10)
    yield* cutter.push(newline < 0 ? bytes : bytes.subarray(0, newline + 1), offset, event.start)
    if (newline >= 0) return onSeam?.(first, next!)
    offset += bytes.length
  }
  yield* cutter.end()
  onSeam?.(first, next ?? source.size)
}

class LineCutter {
  /** Where the line at hand begins. */
  start = 0
  #member: number | undefined
  #rest: Buffer[] = []
  #restBytes = 0

  constructor(
    private readonly maxLineBytes: number,
    /** Whether the line at hand is not to be told. */
    private isSkipping: boolean,
  ) {}

  /** Bytes that stand at `offset` of the file, or of a member. */
  *push(bytes: Buffer, offset: number, member?: number): Generator<Line | LineDamage> {
    let from = 0
    for (let newline = bytes.indexOf(10); newline >= 0; newline = bytes.indexOf(10, from)) {
      if (this.#restBytes === 0) this.#begin(offset + from, member)
      yield* this.#cut(bytes.subarray(from, newline), 1)
      from = newline + 1
    }
    if (this.#restBytes === 0) this.#begin(offset + from, member)
    if (from === bytes.length) return
    this.#restBytes += bytes.length - from
    // Of a line that is too long, or not told, only the length is kept.
    if (this.#restBytes > this.maxLineBytes || this.isSkipping) this.#rest = []
    else this.#rest.push(Buffer.from(bytes.subarray(from)))
  }

  *end(): Generator<Line | LineDamage> {
    if (this.#restBytes > 0) yield* this.#cut(Buffer.alloc(0), 0)
  }

  /** What came before was damaged: a line begins anew. */
  forget(): void {
    this.#rest = []
    this.#restBytes = 0
    this.isSkipping = false
  }

  #begin(start: number, member: number | undefined): void {
    this.start = start
    this.#member = member
  }

  /** The line at hand ends with `tail`. */
  *#cut(tail: Buffer, newlineBytes: 0 | 1): Generator<Line | LineDamage> {
    const length = this.#restBytes + tail.length
    const where = {
      start: this.start,
      end: this.start + length + newlineBytes,
      ...(this.#member === undefined ? {} : { member: this.#member }),
    }
    const isTold = !this.isSkipping
    const rest = this.#rest
    this.forget()
    if (!isTold || length === 0) return
    if (length > this.maxLineBytes)
      yield { kind: 'damage', error: 'line_too_long', message: 'line is longer than max_record_bytes', ...where }
    else yield { kind: 'line', bytes: rest.length > 0 ? Buffer.concat([...rest, tail]) : tail, ...where }
  }
}
