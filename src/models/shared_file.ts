import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import { UserError } from '../core/errors.ts'

export interface SharedFile {
  /** The file, and zeros behind it up to a multiple of four bytes and four more. */
  buffer: ArrayBuffer | SharedArrayBuffer
  bytes: number
}

const keyOf = (path: string): string => `decant:${path}`

/** Read a file for all threads that are started from now on, until it is let go. */
export function shareFile(path: string): void {
  setEnvironmentData(
    keyOf(path),
    readInto(path, (length) => new SharedArrayBuffer(length)),
  )
}

export function letGoOf(path: string): void {
  setEnvironmentData(keyOf(path), undefined)
}

/** A file of any size: the one that is shared between threads, or else read now. */
export function readShared(path: string): SharedFile {
  return (getEnvironmentData(keyOf(path)) as SharedFile | undefined) ?? readInto(path, (length) => new ArrayBuffer(length))
}

function readInto(path: string, allocate: (length: number) => SharedFile['buffer']): SharedFile {
  const file = openFile(path)
  try {
    const bytes = fstatSync(file).size
    const buffer = allocate(Math.ceil(bytes / 4) * 4 + 4)
    for (let at = 0; at < bytes; ) {
      const read = readSync(file, new Uint8Array(buffer, at, Math.min(2 ** 30, bytes - at)), { position: at })
      if (read === 0) throw new UserError(`${path} became shorter while it was read`)
      at += read
    }
    return { buffer, bytes }
  } finally {
    closeSync(file)
  }
}

/** The first bytes of a file, fewer when it has not as many. */
export function readStart(path: string, length: number): Uint8Array {
  const file = openFile(path)
  try {
    const bytes = new Uint8Array(length)
    return bytes.subarray(0, readSync(file, bytes, 0, length, 0))
  } finally {
    closeSync(file)
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new UserError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}
