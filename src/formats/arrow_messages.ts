import type { Data, DataType, Message, MessageHeader, Schema } from 'apache-arrow'
import { checkFooter, checkMetadata } from './arrow_metadata.ts'
import { addEmptyBuffers, type RunSchema } from './arrow_runs.ts'
import type { ByteSource } from './byte_source.ts'

// What apache-arrow believes without a look: lengths and offsets of messages, buffers and lists. A wrong one makes it loop for ever, or ask for
// more memory than there is, which no try and no signal ends. So messages are cut and checked here, and it only ever sees whole ones.

const magic = 'ARROW1'

/** The package, which is loaded only for such files. */
type Arrow = typeof import('apache-arrow')

export interface OnMessage {
  /** How far into the file a message reaches. */
  onMessage?(end: number): void
  /** What was wrong, if the messages do not reach their end: the reader asks for a message before it gives the one before. */
  onEnd?(error: Error | undefined): void
  /** The schema, where columns are run-end encoded. */
  onRuns?(runs: RunSchema): void
}

interface BatchHeader {
  length: number
  nodes: readonly { length: number; nullCount: number }[]
  buffers: readonly { offset: number; length: number }[]
  /** Buffers of columns that have as many as they like. */
  variadicBufferCounts?: readonly number[]
}

/** How many rows a byte may hold: a bit each, and more where buffers are compressed or columns are null. */
const rowsPerByte = 8192
const freeRows = 1 << 20

/** Whether a file can be read as the stream it holds. Files that JavaScript writes have their schema in the footer only. */
export function beginsWithSchema(source: ByteSource, arrow: Arrow): boolean {
  for (const message of eachMessage(source, arrow)) {
    const metadataAt = message.subarray(0, 4).every((byte) => byte === 0xff) ? 8 : 4
    return message.length > metadataAt && arrow.Message.decode(message.subarray(metadataAt)).isSchema()
  }
  return false
}

/** All of a file whose schema is in its footer, after every message and the footer have been checked. */
export function wholeFile(source: ByteSource, arrow: Arrow): Uint8Array {
  if (source.size > maxWhole)
    throw new Error('its schema is in its footer only; files larger than 1 GiB must begin with it, as pyarrow writes them')
  for (const _ of eachMessage(source, arrow));
  const end = source.size - magic.length - 4
  const footerBytes = int32(source, end)
  if (footerBytes <= 0 || footerBytes > end) throw new Error(`a footer of ${footerBytes} bytes`)
  checkFooter(source.read(end - footerBytes, end), source.size)
  return source.read(0, source.size)
}

const maxWhole = 1 << 30

/** The messages of an Arrow file or stream, each whole, as a stream with an end. */
export function* arrowMessages(source: ByteSource, arrow: Arrow, on: OnMessage = {}): Generator<Uint8Array> {
  let error: Error | undefined
  try {
    yield* eachMessage(source, arrow, on)
  } catch (cause) {
    error = cause as Error
  }
  on.onEnd?.(error)
  yield Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])
}

function* eachMessage(source: ByteSource, arrow: Arrow, { onMessage, onRuns }: OnMessage = {}): Generator<Uint8Array> {
  const isFile = source.at(0, 8).toString('latin1', 0, 6) === magic
  let at = isFile ? 8 : 0
  let runs: RunSchema | undefined
  for (;;) {
    const start = at
    const marked = int32(source, at) === -1
    const metadataBytes = int32(source, marked ? at + 4 : at)
    at += marked ? 8 : 4
    if (metadataBytes === 0) break
    if (metadataBytes < 0 || at + metadataBytes > source.size) throw new Error(`a message of ${metadataBytes} bytes at byte ${start}`)
    const metadata = source.read(at, at + metadataBytes)
    const isRun = checkMetadata(metadata)
    const message = arrow.Message.decode(metadata)
    if (message.isSchema() && isRun.includes(true)) {
      runs = { schema: message.header() as unknown as Schema, isRun }
      onRuns?.(runs)
    }
    at += metadataBytes
    const bodyBytes = message.bodyLength
    if (!(bodyBytes >= 0 && at + bodyBytes <= source.size)) throw new Error(`a message with a body of ${bodyBytes} bytes at byte ${start}`)
    checkHeader(message, start)
    at += bodyBytes
    onMessage?.(at)
    if (!runs) yield source.read(start, at)
    else yield framed(message.isRecordBatch() ? addEmptyBuffers(message, runs, arrow) : metadata, source.read(at - bodyBytes, at))
  }
  // A file goes on with its footer and the magic bytes; without them it is cut.
  if (isFile && source.read(Math.max(0, source.size - magic.length), source.size).toString('latin1') !== magic)
    throw new Error('it ends before its end mark')
}

/** A message of its parts. */
function framed(metadata: Uint8Array, body: Uint8Array): Uint8Array {
  const padded = Math.ceil(metadata.length / 8) * 8
  const bytes = Buffer.alloc(8 + padded + body.length)
  bytes.writeInt32LE(-1, 0)
  bytes.writeInt32LE(padded, 4)
  bytes.set(metadata, 8)
  bytes.set(body, 8 + padded)
  return bytes
}

function int32(source: ByteSource, at: number): number {
  if (at + 4 > source.size) throw new Error('it ends before its end mark')
  return source.at(at, 4).readInt32LE(0)
}

function checkHeader(message: Message<MessageHeader>, start: number): void {
  const { bodyLength } = message
  const header = message.isDictionaryBatch()
    ? (message.header() as unknown as { data: BatchHeader }).data
    : message.isRecordBatch()
      ? (message.header() as unknown as BatchHeader)
      : undefined
  if (!header) return
  const { length, nodes, buffers, variadicBufferCounts = [] } = header
  const mostRows = bodyLength * rowsPerByte + freeRows
  const isCount = (n: number): boolean => n >= 0 && n <= mostRows
  const isWithin = ({ offset, length: bytes }: BatchHeader['buffers'][number]): boolean =>
    offset >= 0 && bytes >= 0 && offset + bytes <= bodyLength
  const hasBuffers = variadicBufferCounts.every((count) => count >= 0 && count <= buffers.length)
  if (
    !hasBuffers ||
    !isCount(length) ||
    !nodes.every((node) => isCount(node.length) && isCount(node.nullCount)) ||
    !buffers.every(isWithin)
  )
    throw new Error(`a batch at byte ${start} whose lengths cannot be true`)
}

/** Throws where offsets of a column, or of what is in it, lead out of its values. */
export function checkOffsets(data: Data<DataType>): void {
  const { length, valueOffsets, values, children } = data
  const size = valueOffsets ? (children.length > 0 ? children[0]!.length : ((values as Uint8Array | undefined)?.length ?? 0)) : 0
  if (valueOffsets && length > 0 && !data.type.toString().includes('Union')) {
    let before = 0n
    for (let i = 0; i <= length; i++) {
      const offset = BigInt((valueOffsets as unknown as ArrayLike<number | bigint>)[i] ?? -1)
      if (offset < before || offset > BigInt(size)) throw new Error('offsets that lead out of their column')
      before = offset
    }
  }
  for (const child of children) if (child) checkOffsets(child as Data<DataType>)
}
