import { createDCtx, decompressUsingDict } from '@bokuweb/zstd-wasm'
import { Decompress } from 'fzstd'
import xxhash, { type XXHash } from 'xxhash-wasm'
import type { ByteSource } from './byte_source.ts'
import type { GzipEvent } from './gzip_members.ts'
import { loadZstd, startWasm } from './zstd.ts'
import { areWeightsEndless, weightsHeader } from './zstd_weights.ts'

/** Where stored bytes come from: a file, or memory. */
type Stored = Pick<ByteSource, 'size' | 'at' | 'read'>

const frameMagic = 0xfd2fb528
const isSkippable = (magic: number): boolean => (magic & 0xfffffff0) >>> 0 === 0x184d2a50
/** The skippable frame that holds the dictionary of a `.warc.zst` (iipc.github.io/warc-specifications, zstd). */
const dictionaryMagic = 0x184d2a5d
/** Windows are held in memory; `zstd --long=27` needs as much. */
const maxWindow = 1 << 27
/** Frames with a dictionary, or of a wide window, are decoded in one call. */
const maxFrame = 1 << 28
/** Offsets beyond this are wrong now and then in fzstd 0.1, which reads them from 32 bits that begin within a byte. */
const safeOffset = (1 << 26) - 4

/** Bytes that a block may decode to (RFC 8878 §3.1.1.2.4). */
const maxBlock = 1 << 17

/** Frames up to this size are checked before their bytes are handed on. */
const checkedBytes = 64 << 20

/** What a frame's header says (RFC 8878 §3.1.1). */
interface FrameHeader {
  bytes: number
  window: number
  contentBytes: number | undefined
  hasChecksum: boolean
  dictionaryId: number
}

interface Frame extends FrameHeader {
  start: number
  end: number
  /** Where each block begins, and behind the last one. */
  blocks: number[]
  /** Whether it ends in the middle. */
  isCut: boolean
}

class FrameError extends Error {
  constructor(
    readonly kind: 'corrupt_member' | 'truncated_member',
    message: string,
  ) {
    super(message)
  }
}

/**
 * Walk the frames of a zstd file, checking the checksum of each that has one. Bytes come a block at a time (128 KiB at most), so that a small
 * file cannot fill the memory. After damage the walk goes on at the next frame. A first frame with a dictionary serves all others.
 */
export async function* readZstdFrames(source: ByteSource, from = 0): AsyncGenerator<GzipEvent> {
  const { create64 } = await xxhash()
  const dictionary = await readDictionary(source)
  for (let start = from; start < source.size; ) {
    try {
      const skipped = skippableEnd(source, start)
      if (skipped !== undefined) {
        start = skipped
        continue
      }
      const frame = readFrame(source, start, true)
      if (frame.isCut && (isWide(frame) || frame.dictionaryId !== 0)) throw endsInside()
      if (isWide(frame) && contentBound(frame) > maxFrame) checkWide(source, frame, create64())
      const pieces =
        isWide(frame) && contentBound(frame) <= maxFrame ? [await wholeFrame(source, frame)] : contentOf(source, frame, dictionary)
      const hash = create64()
      let held: Buffer[] = []
      let heldBytes = 0
      let opens = true
      for (const bytes of pieces) {
        hash.update(bytes)
        held.push(bytes)
        // Larger frames are handed on before their checksum is known.
        if ((heldBytes += bytes.length) <= checkedBytes) continue
        for (const piece of held) {
          yield { kind: 'data', bytes: piece, start, end: frame.end, opens }
          opens = false
        }
        held = []
      }
      if (!frame.isCut && frame.hasChecksum && !hasChecksum(source, frame, hash))
        throw new FrameError('corrupt_member', 'zstd: the checksum is wrong: these are not the bytes that were stored')
      for (const piece of held) {
        yield { kind: 'data', bytes: piece, start, end: frame.end, opens }
        opens = false
      }
      if (frame.isCut) throw endsInside()
      start = frame.end
    } catch (error) {
      const end = nextFrame(source, start + 1)
      const kind = error instanceof FrameError && end === source.size ? error.kind : 'corrupt_member'
      yield { kind: 'damage', error: kind, message: (error as Error).message.replace(/^(?!zstd)/, 'zstd: '), start, end }
      start = end
    }
  }
}

/** The first bytes that can be decoded, at least `want` where there are as many; checksums are not looked at. */
export async function zstdHead(source: ByteSource, want: number): Promise<{ bytes: Buffer; problem?: string }> {
  const parts: Buffer[] = []
  let length = 0
  try {
    const dictionary = await readDictionary(source)
    for (let start = 0; start < source.size && length < want; ) {
      const skipped = skippableEnd(source, start)
      if (skipped !== undefined) {
        start = skipped
        continue
      }
      const frame = readFrame(source, start, true)
      for (const bytes of contentOf(source, frame, dictionary)) {
        parts.push(bytes)
        if ((length += bytes.length) >= want) break
      }
      start = frame.end
    }
  } catch (error) {
    return { bytes: Buffer.concat(parts), problem: (error as Error).message.replace(/^zstd: /, '') }
  }
  return { bytes: Buffer.concat(parts) }
}

/** Whether a file begins as zstd. */
export const isZstd = (head: Buffer): boolean =>
  head.length >= 4 && (head.readUInt32LE(0) === frameMagic || isSkippable(head.readUInt32LE(0)))

function exactly(source: Stored, at: number, bytes: number): Buffer {
  if (at + bytes > source.size) throw endsInside()
  return source.at(at, bytes)
}

function skippableEnd(source: Stored, start: number): number | undefined {
  if (start + 8 > source.size || !isSkippable(source.at(start, 4).readUInt32LE(0))) return undefined
  const end = start + 8 + source.at(start + 4, 4).readUInt32LE(0)
  if (end > source.size) throw endsInside()
  return end
}

function readHeader(source: Stored, start: number): FrameHeader {
  if (exactly(source, start, 4).readUInt32LE(0) !== frameMagic) throw new FrameError('corrupt_member', 'zstd: not a frame')
  const descriptor = exactly(source, start + 4, 1)[0]!
  const isSingle = (descriptor & 0x20) !== 0
  let at = start + 5
  let window = 0
  if (!isSingle) {
    const byte = exactly(source, at++, 1)[0]!
    const base = 2 ** (10 + (byte >> 3))
    window = base + (base / 8) * (byte & 7)
  }
  const idBytes = [0, 1, 2, 4][descriptor & 3]!
  const dictionaryId = idBytes === 0 ? 0 : exactly(source, at, idBytes).readUIntLE(0, idBytes)
  at += idBytes
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]!
  let contentBytes: number | undefined
  if (sizeBytes > 0) {
    const field = exactly(source, at, sizeBytes)
    contentBytes = sizeBytes === 8 ? Number(field.readBigUInt64LE(0)) : field.readUIntLE(0, sizeBytes) + (sizeBytes === 2 ? 256 : 0)
    at += sizeBytes
  }
  if (isSingle) window = contentBytes!
  return { bytes: at - start, window, contentBytes, hasChecksum: (descriptor & 4) !== 0, dictionaryId }
}

const endsInside = (): FrameError => new FrameError('truncated_member', 'zstd: the file ends inside a frame')

/** Walk over the blocks of a frame; with `mayBeCut`, as far as they go. */
function readFrame(source: Stored, start: number, mayBeCut = false): Frame {
  const header = readHeader(source, start)
  if (header.window > maxWindow)
    throw new FrameError('corrupt_member', `zstd: a window of ${Math.round(header.window / 2 ** 20)} MiB is more than can be held`)
  const blocks = [start + header.bytes]
  const cut = (): Frame => {
    if (!mayBeCut) throw endsInside()
    return { ...header, start, end: source.size, blocks, isCut: true }
  }
  for (;;) {
    const at = blocks.at(-1)!
    if (at + 3 > source.size) return cut()
    const block = source.at(at, 3).readUIntLE(0, 3)
    const kind = (block >> 1) & 3
    if (kind === 3) throw new FrameError('corrupt_member', 'zstd: a block of a reserved type')
    if (block >> 3 > maxBlock) throw new FrameError('corrupt_member', 'zstd: a block that is larger than blocks may be')
    const end = at + 3 + (kind === 1 ? 1 : block >> 3)
    if (end > source.size) return cut()
    blocks.push(end)
    if (block & 1) break
  }
  const end = blocks.at(-1)! + (header.hasChecksum ? 4 : 0)
  if (end > source.size) return cut()
  // What is declared is believed by those who allocate it.
  if ((header.contentBytes ?? 0) > (blocks.length - 1) * maxBlock)
    throw new FrameError('corrupt_member', 'zstd: a frame whose content cannot be as long as it says')
  return { ...header, start, end, blocks, isCut: false }
}

/** How long a frame's content can be. */
const contentBound = ({ contentBytes, blocks }: Frame): number => contentBytes ?? (blocks.length - 1) * maxBlock

const isWide = (frame: Frame): boolean => Math.min(frame.window, contentBound(frame)) > safeOffset

async function wholeFrame(source: Stored, frame: Frame): Promise<Buffer> {
  const zstd = await loadZstd()
  const bytes = zstd.decompress(source.read(frame.start, frame.end), contentBound(frame))
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Decode a frame that is too large for one call, and throw unless its checksum says that the bytes are right. */
function checkWide(source: Stored, frame: Frame, hash: XXHash<bigint>): void {
  for (const bytes of blocksOf(source, frame)) hash.update(bytes)
  if (!frame.hasChecksum || !hasChecksum(source, frame, hash))
    throw new FrameError(
      'corrupt_member',
      'zstd: damaged, or a window that is wider than can be read; compress it again with --long=25 or less',
    )
}

const hasChecksum = (source: Stored, { end }: Frame, hash: XXHash<bigint>): boolean =>
  Number(hash.digest() & 0xffffffffn) === source.at(end - 4, 4).readUInt32LE(0)

/** A frame's content, in pieces. */
function contentOf(source: ByteSource, frame: Frame, dictionary: Uint8Array | undefined): Generator<Buffer> {
  if (frame.dictionaryId === 0) return blocksOf(source, frame)
  if (dictionary) return withDictionary(source, frame, dictionary)
  throw new FrameError('corrupt_member', 'zstd: the file was compressed with a dictionary that it does not hold')
}

/** What fzstd knows of the frame at hand. Not part of what it promises: where it is called otherwise one day, decoding is slower, no more. */
interface DecoderState {
  /** What came before, and where that ends. */
  w: Uint8Array
  e: number
}

/**
 * A block at a time. By itself fzstd moves the whole window for every block: 128 MiB for 128 KiB. So it is handed a longer one, in which blocks are
 * written behind one another.
 */
function* blocksOf(source: Stored, frame: Frame): Generator<Buffer> {
  let decoded: Buffer[] = []
  let history: History | undefined
  const decoder = new Decompress((bytes) => {
    decoded.push(Buffer.from(bytes))
    const state = stateOf(decoder)
    if (!state || bytes.length === 0) return
    history ??= new History(frame.window)
    history.add(bytes)
    // What it moves now is thrown away.
    state.w = scratch
  })
  const last = frame.blocks.length - 2
  for (let i = 0; i <= last; i++) {
    const from = i === 0 ? frame.start : frame.blocks[i]!
    const isLast = i === last && !frame.isCut
    const block = source.at(frame.blocks[i]!, 3 + weightsHeader)
    const isCompressed = ((block[0]! >> 1) & 3) === 2
    if (isCompressed && areWeightsEndless(block.subarray(3, 3 + weightsHeader)))
      throw new FrameError('corrupt_member', 'zstd: a table of weights that cannot be true')
    decoder.push(source.read(from, isLast ? frame.end : frame.blocks[i + 1]!), isLast)
    const state = stateOf(decoder)
    if (state && history) [state.w, state.e] = [history.bytes, history.end]
    for (const bytes of decoded) if (bytes.length > 0) yield bytes
    decoded = []
  }
}

function stateOf(decoder: Decompress): DecoderState | undefined {
  const { s: state } = decoder as unknown as { s?: DecoderState }
  return typeof state === 'object' && state.w instanceof Uint8Array && typeof state.e === 'number' ? state : undefined
}

const scratch = new Uint8Array(maxBlock)

/** The last bytes that were decoded, as many as a window holds. */
class History {
  bytes: Uint8Array
  end = 0
  readonly #window: number

  constructor(window: number) {
    this.#window = window
    this.bytes = new Uint8Array(Math.min(window, 1 << 20) + 2 * maxBlock)
  }

  add(block: Uint8Array): void {
    if (this.end + block.length > this.bytes.length) this.#makeRoom(block.length)
    this.bytes.set(block, this.end)
    this.end += block.length
  }

  #makeRoom(length: number): void {
    const kept = this.bytes.subarray(Math.max(0, this.end - this.#window), this.end)
    // A quarter more than the window: each byte is moved four times at most.
    const size = Math.min(2 * this.bytes.length, this.#window + Math.max(this.#window >> 2, 1 << 20)) + length
    if (size > this.bytes.length) {
      const longer = new Uint8Array(size)
      longer.set(kept)
      this.bytes = longer
    } else this.bytes.copyWithin(0, this.end - kept.length, this.end)
    this.end = kept.length
  }
}

/** Decode zstd in memory, as far as it goes: the pieces, and then what was wrong, if anything was. */
export function* decodeZstd(stored: Uint8Array): Generator<Buffer> {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength)
  const source: Stored = {
    size: bytes.length,
    at: (offset, want) => bytes.subarray(offset, offset + want),
    read: (start, end) => bytes.subarray(start, end),
  }
  for (let start = 0; start < source.size; ) {
    const skipped = skippableEnd(source, start)
    const frame = skipped === undefined ? readFrame(source, start, true) : undefined
    if (frame && isWide(frame)) throw new FrameError('corrupt_member', 'zstd: a window that is wider than can be read')
    if (frame) yield* blocksOf(source, frame)
    if (frame?.isCut) throw new FrameError('truncated_member', 'zstd: the data end inside a frame')
    start = skipped ?? frame!.end
  }
}

let dictionaryContext: number | undefined

function* withDictionary(source: ByteSource, frame: Frame, dictionary: Uint8Array): Generator<Buffer> {
  if ((frame.contentBytes ?? 0) > maxFrame)
    throw new FrameError('corrupt_member', 'zstd: a frame with a dictionary that is larger than 256 MiB')
  dictionaryContext ??= createDCtx()
  const size = frame.contentBytes === undefined ? { defaultHeapSize: 64 * (frame.end - frame.start) + (1 << 20) } : {}
  yield Buffer.from(decompressUsingDict(dictionaryContext, source.read(frame.start, frame.end), dictionary, size))
}

/** The dictionary of a `.warc.zst`, which may itself be compressed. */
async function readDictionary(source: ByteSource): Promise<Uint8Array | undefined> {
  if (source.size < 12 || source.at(0, 4).readUInt32LE(0) !== dictionaryMagic) return undefined
  await startWasm()
  const end = skippableEnd(source, 0)!
  const stored = source.read(8, end)
  if (stored.length < 4 || stored.readUInt32LE(0) !== frameMagic) return stored
  return Buffer.concat([...decodeZstd(stored)])
}

/** Where the next frame begins whose first bytes `isStart` accepts; `to` or more where none does before. */
export async function findFrame(source: ByteSource, from: number, to: number, isStart: (head: Buffer) => boolean): Promise<number> {
  for (let at = nextFrame(source, from, to); at < to; at = nextFrame(source, at + 1, to))
    if (isStart(await headOfFrame(source, at))) return at
  return to
}

/** The first decoded bytes of what may be a frame; none when it is none. */
export async function headOfFrame(source: ByteSource, at: number): Promise<Buffer> {
  try {
    const first = contentOf(source, readFrame(source, at), await readDictionary(source)).next()
    return first.done ? Buffer.alloc(0) : first.value
  } catch {
    return Buffer.alloc(0)
  }
}

function nextFrame(source: ByteSource, from: number, to = source.size): number {
  const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd])
  for (let at = from; at < Math.min(to, source.size - 8); ) {
    const bytes = source.at(at, 1 << 16)
    const offset = bytes.indexOf(magic)
    if (offset < 0) {
      at += Math.max(1, bytes.length - 3)
      continue
    }
    at += offset
    try {
      readFrame(source, at)
      return at
    } catch {
      at++
    }
  }
  return source.size
}
