import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'

/** Writes one file from start to end, synchronously and buffered. `close` syncs to disk. */
export class FileWriter {
  #fd: number
  #buffer: Buffer
  #used = 0

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

  /** Replace bytes that are written already. */
  overwrite(offset: number, data: Uint8Array): void {
    this.#flush()
    for (let done = 0; done < data.length; ) done += writeSync(this.#fd, data, done, data.length - done, offset + done)
  }

  close(): void {
    this.#flush()
    fsyncSync(this.#fd)
    this.discard()
  }

  /** As `close`, for a file that need not last. */
  end(): void {
    this.#flush()
    this.discard()
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
  }
}
