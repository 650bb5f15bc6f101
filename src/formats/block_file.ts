import { crc32 } from 'node:zlib'
import { DamagedFile } from '../core/errors.ts'
import { ByteSource } from './byte_source.ts'
import { FileWriter } from './file_writer.ts'
import { bytesOf, intsOf } from './part_file.ts'

/** Bytes, and three numbers that belong to them. */
export interface Block {
  numbers: readonly [number, number, number]
  bytes: Uint8Array
}

/** Blocks one behind the other: the numbers, how many bytes there are, CRC-32 of all that; then the bytes. */
const headInts = 5
const headBytes = headInts * 4

export class BlockWriter {
  readonly #file: FileWriter

  constructor(path: string) {
    this.#file = new FileWriter(path)
  }

  add({ numbers, bytes }: Block): void {
    const head = Int32Array.of(...numbers, bytes.length, 0)
    head[4] = crc32(bytes, crc32(bytesOf(head)))
    this.#file.write(bytesOf(head))
    this.#file.write(bytes)
  }

  close(): void {
    this.#file.close()
  }

  /** Let go of the file without finishing it. */
  discard(): void {
    this.#file.discard()
  }
}

/**
 * The blocks of a file for which `wanted`, asked with how many bytes each has, says yes; valid until the next one. Throws when they are not what
 * was written.
 */
export function* readBlocks(path: string, wanted: (bytes: number) => boolean = () => true): Generator<Block> {
  const source = new ByteSource(path, 1 << 20)
  try {
    for (let at = 0; at < source.size; ) {
      const head = intsOf(Uint8Array.from(source.at(at, headBytes).subarray(0, headBytes)))
      const end = at + headBytes + (head[3] ?? -1)
      if (head.length < headInts || head[3]! < 0 || end > source.size) throw new DamagedFile(path, 'it is too short')
      if (wanted(head[3]!)) {
        const bytes = source.at(at + headBytes, head[3]!).subarray(0, head[3]!)
        const sum = head[4]! >>> 0
        head[4] = 0
        if (crc32(bytes, crc32(bytesOf(head))) !== sum) throw new DamagedFile(path, 'a checksum is wrong')
        yield { numbers: [head[0]!, head[1]!, head[2]!], bytes }
      }
      at = end
    }
  } finally {
    source.close()
  }
}
