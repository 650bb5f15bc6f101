import { crc32 } from 'node:zlib'
import { ByteSource } from '../formats/byte_source.ts'
import { FileWriter } from '../formats/file_writer.ts'
import { bytesOf, DamagedFile, intsOf } from './record_file.ts'

/** A text with three numbers. */
export interface StoredText {
  text: string
  numbers: readonly [number, number, number]
}

/** Texts of one shard, in order. Each: its numbers, length in UTF-16 units, CRC-32 of its bytes; then the units, little-endian. */
const headInts = 5

export class TextFileWriter {
  readonly #file: FileWriter

  constructor(path: string) {
    this.#file = new FileWriter(path)
  }

  add({ text, numbers }: StoredText): void {
    const bytes = Buffer.from(text, 'utf16le')
    this.#file.write(bytesOf(Int32Array.of(...numbers, text.length, crc32(bytes))))
    this.#file.write(bytes)
  }

  close(): void {
    this.#file.close()
  }
}

/** All texts of a file; `wanted` is asked, with a text's length, whether its text is needed. Throws when they are not what was written. */
export function* readTexts(path: string, wanted: (length: number) => boolean): Generator<StoredText> {
  const source = new ByteSource(path, 1 << 20)
  try {
    for (let at = 0; at < source.size; ) {
      const head = source.at(at, headInts * 4)
      if (head.length < headInts * 4) throw new DamagedFile(path, 'it is too short')
      const [a, b, c, length, sum] = intsOf(Uint8Array.from(head.subarray(0, headInts * 4)))
      const end = at + headInts * 4 + 2 * length!
      if (length! < 0 || end > source.size) throw new DamagedFile(path, 'it is too short')
      if (wanted(length!)) {
        const bytes = source.at(at + headInts * 4, 2 * length!).subarray(0, 2 * length!)
        if (crc32(bytes) !== sum! >>> 0) throw new DamagedFile(path, 'a checksum is wrong')
        yield { text: bytes.toString('utf16le'), numbers: [a!, b!, c!] }
      }
      at = end
    }
  } finally {
    source.close()
  }
}
