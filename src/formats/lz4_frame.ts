const magic = 0x184d2204

/**
 * Decode a frame of LZ4 (github.com/lz4/lz4, lz4_Frame_format.md), as Arrow files have them; blocks may refer to those before. Its checksums are
 * passed over. Throws a plain Error for what is none.
 */
export function decodeLz4Frame(frame: Uint8Array): Uint8Array {
  const blocks = blocksOf(frame)
  const output = new Uint8Array(blocks.reduce((sum, block) => sum + (block.isStored ? block.bytes.length : decodedLength(block.bytes)), 0))
  let at = 0
  for (const { bytes, isStored } of blocks) {
    if (isStored) output.set(bytes, at)
    at = isStored ? at + bytes.length : decodeBlock(bytes, output, at)
  }
  return output
}

interface StoredBlock {
  bytes: Uint8Array
  isStored: boolean
}

function blocksOf(frame: Uint8Array): StoredBlock[] {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  const flags = frame[4] ?? 0
  if (frame.length < 7 || view.getUint32(0, true) !== magic || flags >> 6 !== 1) throw new Error('no LZ4 frame')
  if (flags & 1) throw new Error('an LZ4 frame with a dictionary')
  const blockTail = flags & 16 ? 4 : 0
  const blocks: StoredBlock[] = []
  for (let at = flags & 8 ? 15 : 7; ; ) {
    if (at + 4 > frame.length) throw new Error('an LZ4 frame that ends early')
    const size = view.getUint32(at, true)
    at += 4
    if (size === 0) return blocks
    const end = at + (size & 0x7fffffff)
    if (end > frame.length) throw new Error('an LZ4 frame that ends early')
    blocks.push({ bytes: frame.subarray(at, end), isStored: size >= 2 ** 31 })
    at = end + blockTail
  }
}

const minMatch = 4

/** How long a block is once decoded: what can be allocated before anything is copied. */
function decodedLength(block: Uint8Array): number {
  let length = 0
  eachSequence(block, (_, literals, __, match) => {
    length += literals + match
  })
  return length
}

function decodeBlock(block: Uint8Array, output: Uint8Array, start: number): number {
  let to = start
  eachSequence(block, (from, literals, offset, match) => {
    output.set(block.subarray(from, from + literals), to)
    to += literals
    if (match === 0) return
    if (offset === 0 || offset > to) throw new Error('an LZ4 block that points out of its frame')
    // A match may overlap what it makes: byte by byte then.
    if (offset >= match) output.copyWithin(to, to - offset, to - offset + match)
    else for (let i = to; i < to + match; i++) output[i] = output[i - offset]!
    to += match
  })
  return to
}

/** Walk over the sequences of a block: bytes as they are, then a match with what came before. The last one has none. */
function eachSequence(block: Uint8Array, found: (from: number, literals: number, offset: number, match: number) => void): void {
  let at = 0
  const next = (): number => {
    const byte = block[at++]
    if (byte === undefined) throw new Error('an LZ4 block that ends early')
    return byte
  }
  const lengthFrom = (nibble: number): number => {
    let length = nibble
    if (nibble === 15) {
      let byte = 255
      while (byte === 255) length += byte = next()
    }
    return length
  }
  while (at < block.length) {
    const token = next()
    const literals = lengthFrom(token >> 4)
    const from = at
    at += literals
    if (at > block.length) throw new Error('an LZ4 block that ends early')
    if (at === block.length) {
      found(from, literals, 0, 0)
      break
    }
    const offset = next() + 256 * next()
    found(from, literals, offset, minMatch + lengthFrom(token & 15))
  }
}
