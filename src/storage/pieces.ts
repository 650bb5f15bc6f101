import { closeSync, openSync, readSync } from 'node:fs'
import { ask } from './ask.ts'
import { StorageError, type StoredFile } from './store.ts'
import { isUrl } from './url.ts'

/** A stretch of a file: bytes [start, end). */
export interface Piece {
  /** A path or URL. */
  file: string
  start: number
  end: number
}

/** Pieces that are on their way while the reader works on one. */
const piecesAhead = 3

/** Pieces of any files, in order, each with its bytes or the error that says why they are not to be had. */
export async function* fetchPieces<P extends Piece>(pieces: AsyncIterable<P>): AsyncGenerator<{ piece: P; bytes: Buffer | StorageError }> {
  const queue: P[] = []
  let local: LocalFile | undefined
  const next = (): { piece: P; bytes: Buffer | StorageError } => {
    const [piece] = queue as [P]
    const remote = queue.filter(({ file }) => isUrl(file)).map(requestOf)
    queue.shift()
    try {
      if (isUrl(piece.file)) {
        const [block, ...ahead] = remote as [ReturnType<typeof requestOf>, ...ReturnType<typeof requestOf>[]]
        const { buffer, byteOffset, byteLength } = ask('read', { block, ahead })
        return { piece, bytes: Buffer.from(buffer, byteOffset, byteLength) }
      }
      if (local?.path !== piece.file) {
        local?.close()
        local = new LocalFile(piece.file)
      }
      return { piece, bytes: local.read(piece) }
    } catch (error) {
      if (error instanceof StorageError) return { piece, bytes: error }
      throw error
    }
  }
  try {
    for await (const piece of pieces) {
      queue.push(piece)
      if (queue.length > piecesAhead) yield next()
    }
    while (queue.length > 0) yield next()
  } finally {
    local?.close()
  }
}

/** Of a file that was not listed, neither size nor tag is known. */
const unlisted = (url: string): StoredFile => ({ url, bytes: Number.POSITIVE_INFINITY, tag: '' })
const requestOf = ({ file, start, end }: Piece) => ({ file: unlisted(file), start, end })

class LocalFile {
  readonly #fd: number

  constructor(readonly path: string) {
    try {
      this.#fd = openSync(path, 'r')
    } catch (error) {
      throw new StorageError(path, `cannot be opened (${(error as NodeJS.ErrnoException).code})`)
    }
  }

  read({ start, end }: Piece): Buffer {
    const bytes = Buffer.allocUnsafe(end - start)
    for (let done = 0; done < bytes.length; ) {
      const n = readSync(this.#fd, bytes, done, bytes.length - done, start + done)
      if (n === 0) throw new StorageError(this.path, `ends before byte ${end}`)
      done += n
    }
    return bytes
  }

  close(): void {
    closeSync(this.#fd)
  }
}
