import { DataError, unreachable } from '../../core/errors.ts'
import type { Docs, ReadingTask } from '../../core/task.ts'
import { fetchPieces, type Piece } from '../../storage/pieces.ts'
import { StorageError } from '../../storage/store.ts'
import { ByteSource } from '../byte_source.ts'
import type { Compression, InputFormat, ReadOptions } from '../input_format.ts'
import { readLines } from '../jsonl.ts'
import { readWarc } from '../warc.ts'
import { docOfRecord, dumpNamed } from '../warc_documents.ts'
import { isZstd } from '../zstd_frames.ts'

// A list of records in WARC files, as JSON Lines with the columns of Common Crawl's index. Only these records are read, neighbours in one request.

/** One record: where it is stored. */
export interface IndexedRecord {
  /** A path or URL. */
  warc_filename: string
  warc_record_offset: number
  warc_record_length: number
}

const firstField = /^\ufeff?\s*\{"warc_filename": ?"/

export default {
  title: 'crawl index',
  carriesFields: false,
  holdsPages: true,
  canBeCut: (compression) => compression === 'none',
  // A line of 200 bytes stands for a record of 20 kB that holds 12 kB of text.
  textPerByte: () => 60,
  recognizes: ({ decoded }) => firstField.test(decoded.toString('utf8', 0, 64)),
  read: readIndexed,
} satisfies InputFormat

async function* readIndexed(source: ByteSource, compression: Compression, options: ReadOptions, task: ReadingTask): Docs {
  for await (const { piece, bytes } of fetchPieces(piecesOf(source, compression, options, task))) {
    // A record that is not to be had must not cost its neighbours.
    if (bytes instanceof StorageError && piece.records.length > 1) {
      for await (const alone of fetchPieces(eachAlone(piece))) yield* docsOfPiece(alone.piece, alone.bytes, options, task)
    } else yield* docsOfPiece(piece, bytes, options, task)
    if (task.full()) return
    task.advance(piece.lineEnd - task.input!.start)
  }
}

async function* eachAlone({ records, file, lineEnd }: IndexedPiece): AsyncGenerator<IndexedPiece> {
  for (const record of records) {
    const { warc_record_offset: start, warc_record_length: length } = record
    yield { file, start, end: start + length, records: [record], lineEnd }
  }
}

async function* docsOfPiece(piece: IndexedPiece, bytes: Buffer | StorageError, options: ReadOptions, task: ReadingTask): Docs {
  for (const record of piece.records) {
    if (task.full()) return
    if (bytes instanceof StorageError) task.quarantine(new DataError(unreachable, bytes.message), whereIs(record))
    else {
      const at = record.warc_record_offset - piece.start
      yield* docsOf(record, bytes.subarray(at, at + record.warc_record_length), options, task)
    }
  }
}

const whereIs = ({ warc_filename: file, warc_record_offset: start, warc_record_length: length }: IndexedRecord) => ({
  file,
  start,
  end: start + length,
})

async function* docsOf(record: IndexedRecord, stored: Buffer, options: ReadOptions, task: ReadingTask): Docs {
  const { warc_filename: path, warc_record_offset: offset } = record
  const compression = stored[0] === 0x1f && stored[1] === 0x8b ? 'gzip' : isZstd(stored) ? 'zstd' : 'none'
  // Seen as the file itself, of which only this stretch is there.
  const end = offset + stored.length
  const source = new ByteSource(path, stored.length, {
    size: end,
    readInto: (bytes, at) => void stored.copy(bytes, 0, at - offset),
    close: () => {},
  })
  const origin = { path, name: path, dump: dumpNamed(path) ?? null, whereIs: () => whereIs(record) }
  const range = { start: offset, end, begins: offset }
  for await (const each of readWarc(source, { compression, maxRecordBytes: options.max_record_bytes, range }))
    yield* docOfRecord(each, origin, options, task)
}

/** Records that lie side by side, to be read at once. */
interface IndexedPiece extends Piece {
  records: IndexedRecord[]
  /** Where the line of the last one ends in the index. */
  lineEnd: number
}

/** Rather read so many bytes for nothing than ask once more. */
const gapBytes = 64 << 10
const pieceBytes = 8 << 20

async function* piecesOf(
  source: ByteSource,
  compression: Compression,
  options: ReadOptions,
  task: ReadingTask,
): AsyncGenerator<IndexedPiece> {
  const { start, end } = task.input!
  let piece: IndexedPiece | undefined
  for await (const line of readLines(source, compression, 1 << 20, { start, end })) {
    const record = line.kind === 'line' ? recordIn(line.bytes) : undefined
    if (!record) {
      if (line.kind === 'line' && line.bytes.every((byte) => byte <= 0x20)) continue
      const message =
        line.kind === 'line' ? 'the line names no record: warc_filename, warc_record_offset, warc_record_length' : line.message
      task.quarantine(new DataError('bad_index', message), { start: line.start, end: line.end })
      continue
    }
    const { warc_filename: file, warc_record_offset: from, warc_record_length: length } = record
    if (length > options.max_record_bytes) {
      task.quarantine(
        new DataError('record_too_large', `the record is larger than max_record_bytes (${options.max_record_bytes})`),
        whereIs(record),
      )
      continue
    }
    const isNeighbour =
      piece?.file === file && from >= piece.start && from <= piece.end + gapBytes && from + length - piece.start <= pieceBytes
    if (piece && isNeighbour) {
      piece.end = Math.max(piece.end, from + length)
      piece.records.push(record)
      piece.lineEnd = line.end
      continue
    }
    if (piece) yield piece
    piece = { file, start: from, end: from + length, records: [record], lineEnd: line.end }
  }
  if (piece) yield piece
}

function recordIn(line: Buffer): IndexedRecord | undefined {
  try {
    const record = JSON.parse(line.toString('utf8')) as IndexedRecord
    const { warc_filename: file, warc_record_offset: offset, warc_record_length: length } = record
    const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0
    return typeof file === 'string' && isCount(offset) && isCount(length) && length > 0 ? record : undefined
  } catch {
    return undefined
  }
}
