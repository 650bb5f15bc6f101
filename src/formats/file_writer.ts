import { createHash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'

export interface WrittenFile {
  bytes: number
  sha256: string
}

/** Writes one file from start to end, synchronously and buffered, hashing what it writes. `close` syncs to disk. */
export class FileWriter {
  #fd: number
  #hash = createHash('sha256')
  #buffer: Buffer
  #used = 0
  bytes = 0

  constructor(path: string, bufferBytes = 1 << 18) {
    this.#fd = openSync(path, 'w')
    this.#buffer = Buffer.allocUnsafe(bufferBytes)
  }

  write(data: Uint8Array): void {
    if (this.#used + data.length > this.#buffer.length) this.#flush()
    if (data.length > this.#buffer.length) this.#put(data)
    else {
      this.#buffer.set(data, this.#used)
      this.#used += data.length
    }
  }

  writeText(text: string): void {
    if (this.#used + text.length * 3 > this.#buffer.length) this.#flush()
    if (text.length * 3 > this.#buffer.length) this.#put(Buffer.from(text))
    else this.#used += this.#buffer.write(text, this.#used)
  }

  close(): WrittenFile {
    this.#flush()
    fsyncSync(this.#fd)
    this.discard()
    return { bytes: this.bytes, sha256: this.#hash.digest('hex') }
  }

  /** Let go of the file without finishing it. */
  discard(): void {
    if (this.#fd >= 0) closeSync(this.#fd)
    this.#fd = -1
  }

  #flush(): void {
    if (this.#used > 0) this.#put(this.#buffer.subarray(0, this.#used))
    this.#used = 0
  }

  #put(data: Uint8Array): void {
    for (let done = 0; done < data.length; ) done += writeSync(this.#fd, data, done)
    this.#hash.update(data)
    this.bytes += data.length
  }
}
