import { rmSync } from 'node:fs'
import { ByteSource } from '../formats/byte_source.ts'
import { FileWriter } from '../formats/file_writer.ts'

/** Records that a task holds in memory at a time, beside a table of their keys that takes up to as much again. */
export const memoryBytes = 96 << 20

/** How many groups records of so many bytes are put into, so that each fits into memory. */
export const groupsFor = (bytes: number, most = memoryBytes): number => (bytes <= most ? 1 : Math.ceil((2 * bytes) / most))

/** Bytes that grow in memory that doubles. */
export class ByteList {
  #bytes = new Uint8Array(64)
  length = 0

  add(bytes: Uint8Array): void {
    const at = this.length
    this.length += bytes.length
    if (this.length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.length, 2 * this.#bytes.length))
      larger.set(this.#bytes.subarray(0, at))
      this.#bytes = larger
    }
    this.#bytes.set(bytes, at)
  }

  view(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }
}

/**
 * Deals bytes into groups that are then taken one by one: each file is opened once, however many groups there are. With `scratch`, a path that
 * files of this task may begin with, groups wait on disk.
 */
export class Groups {
  readonly #lists: (ByteList | undefined)[]
  readonly #files: FileWriter[]

  constructor(
    count: number,
    private readonly scratch?: string,
  ) {
    this.#lists = Array.from({ length: scratch === undefined ? count : 0 }, () => new ByteList())
    this.#files = Array.from({ length: scratch === undefined ? 0 : count }, (_, i) => new FileWriter(`${scratch}-${i}`, 1 << 16))
  }

  add(group: number, bytes: Uint8Array): void {
    const list = this.#lists[group]
    if (list) list.add(bytes)
    else this.#files[group]!.write(bytes)
  }

  /** All groups, in order. Each is gone with the next one. */
  *take(): Generator<Uint8Array> {
    for (const [i, list] of this.#lists.entries()) {
      yield list!.view()
      this.#lists[i] = undefined
    }
    for (const file of this.#files) file.end()
    for (const i of this.#files.keys()) {
      const path = `${this.scratch}-${i}`
      const source = new ByteSource(path, 1)
      try {
        yield source.read(0, source.size)
      } finally {
        source.close()
        rmSync(path)
      }
    }
  }
}
