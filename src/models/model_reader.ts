import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { UserError } from '../core/errors.ts'

/** Bytes that can be read from any place. */
export interface ModelSource {
  size: number
  /** Fill `target` with the bytes from `at` on. */
  read(target: Uint8Array, at: number): void
}

export const bytesSource = (bytes: Uint8Array): ModelSource => ({
  size: bytes.length,
  read: (target, at) => target.set(bytes.subarray(at, at + target.length)),
})

/** Read from a file of any size while `use` runs. Throws a UserError when it cannot be read. */
export function withFile<T>(path: string, use: (source: ModelSource) => T): T {
  let file: number | undefined
  try {
    const opened = openSync(path, 'r')
    file = opened
    const read = (target: Uint8Array, at: number): void => {
      for (let done = 0; done < target.length; ) {
        const part = target.subarray(done, Math.min(target.length, done + 2 ** 30))
        const count = readSync(opened, part, { position: at + done })
        if (count === 0) throw new UserError(`${path} became shorter while it was read`)
        done += count
      }
    }
    return use({ size: fstatSync(opened).size, read })
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (syscall === undefined) throw error
    throw new UserError(`${path} cannot be read (${code})`)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

const windowBytes = 1 << 20

/** Little-endian values, one after the other; `damaged` says what to throw when there are not as many, or not such. */
export class ModelReader {
  readonly #source: ModelSource
  readonly #damaged: () => Error
  readonly #window: Uint8Array
  readonly #view: DataView
  /** What the window holds: bytes `[#start, #start + #length)`. */
  #start = 0
  #length = 0
  #at = 0

  constructor(source: ModelSource, damaged: () => Error) {
    this.#source = source
    this.#damaged = damaged
    this.#window = new Uint8Array(Math.min(windowBytes, source.size))
    this.#view = new DataView(this.#window.buffer)
  }

  /** Bytes that are still to come. */
  get left(): number {
    return this.#source.size - this.#at
  }

  expect(condition: boolean): void {
    if (!condition) throw this.#damaged()
  }

  skip(count: number): void {
    this.expect(count >= 0 && count <= this.left)
    this.#at += count
  }

  boolean(): boolean {
    return this.#window[this.#need(1)] !== 0
  }

  int32(): number {
    return this.#view.getInt32(this.#need(4), true)
  }

  int64(): number {
    return Number(this.#view.getBigInt64(this.#need(8), true))
  }

  take(count: number): Uint8Array {
    this.expect(count >= 0 && count <= this.left)
    const bytes = new Uint8Array(count)
    this.fill(bytes)
    return bytes
  }

  /** `count` 32-bit floats, which need not be aligned in the file. */
  floats(count: number): Float32Array {
    this.expect(count * 4 <= this.left)
    return new Float32Array(this.take(count * 4).buffer)
  }

  fill(target: Uint8Array): void {
    this.expect(target.length <= this.left)
    this.#source.read(target, this.#at)
    this.#at += target.length
  }

  /** The bytes up to the next NUL, which is skipped; they are good until the next call. No string is longer than the window. */
  untilNul(): Uint8Array {
    let start = this.#at - this.#start
    let end = start < this.#length ? this.#window.subarray(0, this.#length).indexOf(0, start) : -1
    if (end < 0) {
      this.#load()
      start = 0
      end = this.#window.subarray(0, this.#length).indexOf(0)
    }
    this.expect(end >= 0)
    this.#at += end - start + 1
    return this.#window.subarray(start, end)
  }

  /** Where in the window the next `count` bytes begin, which are then behind the reader. */
  #need(count: number): number {
    this.expect(count <= this.left)
    if (this.#at + count > this.#start + this.#length || this.#at < this.#start) this.#load()
    const at = this.#at - this.#start
    this.#at += count
    return at
  }

  #load(): void {
    this.#start = this.#at
    this.#length = Math.min(this.#window.length, this.left)
    this.#source.read(this.#window.subarray(0, this.#length), this.#at)
  }
}
