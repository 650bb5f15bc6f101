import type { ByteSource } from './byte_source.ts'
import type { Compression } from './input_format.ts'
import { type Members, membersOf } from './members.ts'

/** One WARC record (ISO 28500). Offsets are of the file as stored: of the gzip member, or of the record itself. */
export interface WarcRecord {
  kind: 'record'
  /** Lower-case names; the last of repeated fields. */
  headers: Map<string, string>
  content: Buffer
  start: number
  end: number
  /** Where it begins, in a word: the same however the file is cut into splits, and no other record's. */
  position: string
}

/** A stretch of the file that holds no usable record. */
export interface WarcDamage {
  kind: 'damage'
  error: 'corrupt_member' | 'truncated_member' | 'bad_record' | 'truncated_record' | 'record_too_large'
  message: string
  start: number
  end: number
}

const version = Buffer.from('WARC/')
const startsWithVersion = (bytes: Buffer): boolean => bytes.subarray(0, 5).equals(version) && bytes.length > 7

/** Whether bytes begin a WARC record, after any blank lines. */
export const looksLikeWarc = (head: Buffer): boolean => startsWithVersion(head.subarray(blankLines(head, 0)))

/** The part of a file that is read: the records that begin in it. */
export interface WarcRange {
  start: number
  end: number
  /** Where the first record (or the member that opens with it) really begins, where that is known; null when none begins here. */
  begins?: number | null
  /** The first such position in the range (or null), and the first one behind it. */
  onSeam?(first: number | null, next: number): void
}

/**
 * Read a WARC or WET file, plain or compressed with gzip or zstd, record by record or as a whole. Damage costs the record (or member) it is in:
 * the reader goes on at the next gzip member, or the next line, that begins with `WARC/1.`. A range begins at the first such place in it, and ends
 * at the first one behind it.
 */
export async function* readWarc(
  source: ByteSource,
  {
    compression,
    maxRecordBytes,
    range = { start: 0, end: source.size },
  }: { compression: Compression; maxRecordBytes: number; range?: WarcRange },
): AsyncGenerator<WarcRecord | WarcDamage> {
  const parser = new RecordParser(maxRecordBytes)
  yield* compression === 'none'
    ? plainRecords(source, parser, range)
    : packedRecords(source, membersOf(source, compression, looksLikeWarc), parser, range)
}

async function* plainRecords(
  source: ByteSource,
  parser: RecordParser,
  { start, end, begins, onSeam }: WarcRange,
): AsyncGenerator<WarcRecord | WarcDamage> {
  const first = begins !== undefined ? begins : start === 0 ? 0 : findRecord(source, start, end)
  if (first === null) return onSeam?.(null, end)
  let at = first
  for (const bytes of source.chunks(first)) {
    for (const record of parser.push(bytes, at, -1)) {
      if (record.start >= end && beginsRecord(source, record.start)) return onSeam?.(first, record.start)
      yield record
    }
    at += bytes.length
    const pending = parser.pendingFrom
    if (pending !== undefined && pending >= end && beginsRecord(source, pending)) return onSeam?.(first, pending)
  }
  for (const record of parser.end(source.size)) {
    if (record.start >= end && beginsRecord(source, record.start)) return onSeam?.(first, record.start)
    yield record
  }
  onSeam?.(first, source.size)
}

async function* packedRecords(
  source: ByteSource,
  members: Members,
  parser: RecordParser,
  { start, end, begins, onSeam }: WarcRange,
): AsyncGenerator<WarcRecord | WarcDamage> {
  const first = begins !== undefined ? begins : start === 0 ? 0 : await members.find(start, end)
  if (first === null) return onSeam?.(null, end)
  for await (const event of members.read(first)) {
    const isOutside = event.start >= end
    if (event.kind === 'damage') {
      if (isOutside && (await members.beginsAt(event.start))) return onSeam?.(first, event.start)
      parser.forget()
      yield { ...event, kind: 'damage' }
      continue
    }
    // Normally a member is a record. Where tools cut members at other places (bgzip), a record goes on in the next one.
    if (event.opens && looksLikeWarc(event.bytes)) {
      yield* parser.end(event.start)
      if (isOutside) return onSeam?.(first, event.start)
    }
    const records = parser.push(event.bytes, event.start, event.end)
    yield* event.isCut ? allButLast(records) : records
  }
  yield* parser.end(source.size)
  onSeam?.(first, source.size)
}

/** Whether a line begins here that begins a record. */
const beginsRecord = (source: ByteSource, at: number): boolean =>
  (at === 0 || source.read(at - 1, at)[0] === 10) && source.read(at, Math.min(source.size, at + 7)).toString('latin1') === 'WARC/1.'

/** Where the first record of a plain file begins in [from, to); null where none does. */
function findRecord(source: ByteSource, from: number, to: number): number | null {
  const windowBytes = 1 << 20
  // From the byte before, which may end a line.
  for (let at = from - 1; at < to; at += windowBytes) {
    const bytes = source.read(at, Math.min(source.size, at + windowBytes + 7))
    const found = nextRecord(bytes, 1)
    if (found >= 0 && at + found < to && found <= windowBytes) return at + found
  }
  return null
}

/** Of a member that is cut, the last record may seem whole and is not. */
function* allButLast(items: Iterable<WarcRecord | WarcDamage>): Generator<WarcRecord | WarcDamage> {
  let before: WarcRecord | WarcDamage | undefined
  for (const item of items) {
    if (before) yield before
    before = item
  }
}

/** Cuts a stream of bytes into records. */
class RecordParser {
  #chunks: Buffer[] = []
  #length = 0
  /** How many bytes the record at hand needs before another look is worth while. */
  #need = 1
  /** Where the first pending byte lies: its own offset in a plain file, its member's start in a gzipped one. */
  #start = 0
  /** End of the member at hand, or -1 in a plain file, where offsets advance with the bytes. */
  #memberEnd = -1
  /** Bytes of an oversized record still to be passed over. */
  #passOver = 0
  /** Records of the member at hand, which all have its offset. */
  #ofMember = { start: -1, records: 0 }

  constructor(private readonly maxRecordBytes: number) {}

  /** In a plain file: where the record at hand begins, if it has begun. */
  get pendingFrom(): number | undefined {
    return this.#length > 0 && this.#passOver === 0 ? this.#start : undefined
  }

  *push(bytes: Buffer, start: number, memberEnd: number): Generator<WarcRecord | WarcDamage> {
    if (this.#passOver > 0) {
      const gone = Math.min(this.#passOver, bytes.length)
      this.#passOver -= gone
      bytes = bytes.subarray(gone)
      if (memberEnd < 0) start += gone
      if (bytes.length === 0) return
    }
    if (this.#length === 0) this.#start = start
    this.#memberEnd = memberEnd
    this.#chunks.push(bytes)
    this.#length += bytes.length
    if (this.#length >= this.#need) yield* this.#records(false, 0)
  }

  /** No more bytes belong to the pending record: whatever is left of one is damage up to `end`. */
  *end(end: number): Generator<WarcRecord | WarcDamage> {
    yield* this.#records(true, end)
    this.forget()
  }

  forget(): void {
    this.#chunks = []
    this.#length = 0
    this.#need = 1
    this.#passOver = 0
  }

  #positionIn(member: number): string {
    if (this.#ofMember.start !== member) this.#ofMember = { start: member, records: 0 }
    const before = this.#ofMember.records++
    return before === 0 ? String(member) : `${member}.${before}`
  }

  *#records(last: boolean, end: number): Generator<WarcRecord | WarcDamage> {
    const bytes = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks)
    const plain = this.#memberEnd < 0
    const offset = (at: number): number => (plain ? this.#start + at : this.#start)
    let at = 0
    this.#need = 1
    for (;;) {
      at = blankLines(bytes, at)
      if (at >= bytes.length) break
      const parsed = parseRecord(bytes, at, last)
      if (parsed === 'more') {
        this.#need = bytes.length - at + 1
        break
      }
      if ('contentEnd' in parsed && parsed.contentEnd - parsed.contentStart > this.maxRecordBytes) {
        const after = Math.min(parsed.contentEnd, bytes.length)
        this.#passOver = parsed.contentEnd - after
        const message = `record of ${parsed.contentEnd - parsed.contentStart} bytes is larger than max_record_bytes (${this.maxRecordBytes})`
        yield {
          kind: 'damage',
          error: 'record_too_large',
          message,
          start: offset(at),
          end: plain ? offset(parsed.contentEnd) : this.#memberEnd,
        }
        at = after
        continue
      }
      if ('contentEnd' in parsed && parsed.contentEnd > bytes.length) {
        if (last) {
          const message = `record ends after ${bytes.length - parsed.contentStart} of ${parsed.contentEnd - parsed.contentStart} bytes`
          yield { kind: 'damage', error: 'truncated_record', message, start: offset(at), end }
          at = bytes.length
          break
        }
        this.#need = parsed.contentEnd - at
        break
      }
      if ('message' in parsed || !endsCleanly(bytes, parsed.contentEnd)) {
        const from = 'message' in parsed ? at + 1 : parsed.contentStart
        const next = nextRecord(bytes, from)
        if (next < 0 && !last && plain) {
          // Not yet at hand where the next record begins: keep what may be the start of its version line.
          this.#need = bytes.length - at + 1
          if (bytes.length - at <= this.maxRecordBytes) break
        }
        const message = 'message' in parsed ? parsed.message : 'Content-Length does not lead to the end of the record'
        const damageEnd = next < 0 ? bytes.length : next
        const fileEnd = plain ? (next < 0 && last ? end : offset(damageEnd)) : last ? Math.max(end, this.#memberEnd) : this.#memberEnd
        yield { kind: 'damage', error: 'bad_record', message, start: offset(at), end: fileEnd }
        at = damageEnd
        continue
      }
      const { headers, contentStart, contentEnd } = parsed
      yield {
        kind: 'record',
        headers,
        content: bytes.subarray(contentStart, contentEnd),
        start: offset(at),
        end: plain ? offset(contentEnd) : this.#memberEnd,
        position: plain ? String(offset(at)) : this.#positionIn(this.#start),
      }
      at = contentEnd
    }
    this.#start = offset(at)
    this.#length = bytes.length - at
    this.#chunks = this.#length > 0 ? [bytes.subarray(at)] : []
  }
}

type Parsed = { headers: Map<string, string>; contentStart: number; contentEnd: number } | { message: string } | 'more'

const maxHeaderBytes = 1 << 20

function parseRecord(bytes: Buffer, at: number, last: boolean): Parsed {
  if (bytes.length - at < 8 && !last) return 'more'
  if (!startsWithVersion(bytes.subarray(at))) return { message: 'expected a line that begins with "WARC/"' }
  const contentStart = endOfHeaders(bytes, at)
  if (contentStart < 0) {
    if (!last && bytes.length - at < maxHeaderBytes) return 'more'
    return { message: 'the header has no end' }
  }
  const headers = parseHeaders(bytes.toString('utf8', at, contentStart))
  const length = headers.get('content-length') ?? ''
  if (!/^\d{1,15}$/.test(length)) return { message: `Content-Length is ${length === '' ? 'missing' : `"${length}"`}` }
  return { headers, contentStart, contentEnd: contentStart + Number(length) }
}

/** Header lines after the first: lower-case names, continuation lines unfolded. Repeated fields are joined by `list`; without it, the last one counts. */
export function parseHeaders(block: string, list?: string): Map<string, string> {
  const headers = new Map<string, string>()
  let name = ''
  const lines = block.split(/\r?\n/)
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!
    if (/^[ \t]/.test(line) && name !== '') headers.set(name, `${headers.get(name)} ${line.trim()}`)
    else {
      const colon = line.indexOf(':')
      if (colon <= 0) continue
      name = line.slice(0, colon).trim().toLowerCase()
      const value = line.slice(colon + 1).trim()
      const known = list === undefined ? undefined : headers.get(name)
      headers.set(name, known === undefined ? value : `${known}${list}${value}`)
    }
  }
  return headers
}

/** Index after the blank line that ends a header block (CRLF or LF), or -1. */
export function endOfHeaders(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(10, from); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3
  }
  return -1
}

function blankLines(bytes: Buffer, at: number): number {
  while (at < bytes.length && (bytes[at] === 13 || bytes[at] === 10)) at++
  return at
}

/** After the content: blank lines, then another record or nothing more at hand. */
function endsCleanly(bytes: Buffer, contentEnd: number): boolean {
  const next = blankLines(bytes, contentEnd)
  return version.subarray(0, bytes.length - next).equals(bytes.subarray(next, next + version.length))
}

function nextRecord(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf('WARC/1.', from); at >= 0; at = bytes.indexOf('WARC/1.', at + 1)) if (bytes[at - 1] === 10) return at
  return -1
}
