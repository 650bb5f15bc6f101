import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cached, keep } from './cache.ts'
import { limits } from './limits.ts'
import { refused, StorageError, type Store, type StoreAnswer, type StoredFile, type Wanted } from './store.ts'
import { storeOf } from './stores.ts'
import { areAlike, tagOf } from './tags.ts'

/** The longest that a server is waited for because it asks for that (milliseconds). */
const longestWait = 10 * 60_000

/** Try until it works: with waits that double, of random length, or as long as the server asks. Throws the last error after `limits.tries`. */
export async function persistently<T>(url: string, once: (progressed: () => void) => Promise<T>): Promise<T> {
  let failures = 0
  for (;;) {
    try {
      return await once(() => {
        failures = 0
      })
    } catch (error) {
      if (isLocal(error as NodeJS.ErrnoException)) throw error
      const failed = error instanceof StorageError ? error : lost(url, error)
      failures++
      const { retry, hint } = failed.about
      if (!retry) throw failed
      if (failures >= limits.tries) throw new StorageError(url, `${failed.message}; tried ${failures} times`, { hint })
      const { after = 0 } = retry
      if (after > longestWait)
        throw new StorageError(url, `${failed.message}; it asks to wait ${Math.round(after / 60_000)} minutes`, {
          hint: 'run the same command again then',
        })
      await sleep(Math.max(Math.random() * Math.min(limits.wait, 100 * 2 ** failures), after))
    }
  }
}

/** What is wrong with this machine, and not with a server. */
const localErrors = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EMFILE', 'ENFILE', 'ENOENT'])
const isLocal = ({ code = '', syscall }: NodeJS.ErrnoException): boolean => localErrors.has(code) && syscall !== 'connect'

/** What the network says when a connection fails, as an error that may pass. */
function lost(url: string, error: unknown): StorageError {
  const { code, message, cause } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException }
  const known = code ?? cause?.code
  const said = (known !== undefined && connectionErrors[known]) || cause?.message || message || known || String(error)
  // Names and certificates do not mend themselves.
  const lasts = known === 'ENOTFOUND' || /CERT|SIGNATURE|ERR_TLS/.test(known ?? '')
  return new StorageError(url, said, lasts ? {} : { retry: {} })
}

const connectionErrors: Record<string, string> = {
  ECONNREFUSED: 'the server refuses connections',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'no server of that name',
  EAI_AGAIN: 'the name of the server cannot be looked up',
  ETIMEDOUT: 'the server does not answer',
}

/** Files that a URL means. Sorted by URL. */
export async function findFiles(pattern: string): Promise<StoredFile[]> {
  const store = await storeOf(pattern)
  const files = await store.find(pattern, (once) => persistently(pattern, once))
  return files.sort((a, b) => (a.url < b.url ? -1 : 1))
}

/**
 * Bytes [start, end) of a file that was listed: a body that breaks off is resumed where it broke. Throws a StorageError where the file is another one
 * now, or nothing comes after many tries.
 */
export async function fetchRange(file: StoredFile, start: number, end: number): Promise<Buffer> {
  const known = cached(file, start, end)
  if (known) return known
  const bytes = await fetchAnew(file, start, end)
  keep(file, start, end, bytes)
  return bytes
}

async function fetchAnew(file: StoredFile, start: number, end: number): Promise<Buffer> {
  // A buffer of its own, which can be handed to another thread.
  const bytes = Buffer.allocUnsafeSlow(end - start)
  const store = await storeOf(file.url)
  const whole = wholes.get(file.url)
  if (whole) return readWhole(file.url, await whole, bytes, start)
  let done = 0
  await persistently(file.url, async (progressed) => {
    if (done === bytes.length) return
    const before = done
    const answer = await store.get(file.url, { start: start + done, end }, file.tag)
    if (answer.status === 200 && !(start + done === 0 && end === file.bytes)) {
      // The server sends all or nothing: keep it on disk.
      answer.discard()
      readWhole(file.url, await keepWhole(store, file), bytes, start)
      done = bytes.length
      return
    }
    checkAnswer(file, answer, { start: start + done, end })
    for await (const chunk of bodyOf(file.url, answer)) {
      if (chunk.length > bytes.length - done) {
        answer.discard()
        throw new StorageError(file.url, 'the server sent more bytes than asked for', { retry: {} })
      }
      bytes.set(chunk, done)
      done += chunk.length
      // A server that sends next to nothing at a time is not making progress.
      if (done - before > 1 << 16) progressed()
    }
    if (done < bytes.length) throw new StorageError(file.url, `the body broke off ${bytes.length - done} bytes early`, { retry: {} })
  })
  return bytes
}

/** Whether an answer holds the bytes that were asked for, of the file that was listed. */
function checkAnswer(file: StoredFile, answer: StoreAnswer, { start }: Wanted): void {
  const { status, headers } = answer
  const fail = (error: StorageError): never => {
    answer.discard()
    throw error
  }
  if (status !== 200 && status !== 206) fail(refused(file.url, status, headers))
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '')
  if (status === 206 && !range) fail(new StorageError(file.url, 'the server does not say which bytes it sends', { retry: {} }))
  if (range && Number(range[1]) !== start) fail(new StorageError(file.url, 'the server sent other bytes than asked for', { retry: {} }))
  const size = range ? Number(range[2]) : Number(headers['content-length'] ?? file.bytes)
  const isOther = Number.isFinite(size) && Number.isFinite(file.bytes) && size !== file.bytes
  if (isOther || !areAlike(file.tag, tagOf(headers))) fail(refused(file.url, 412))
}

/** Less than this in the time of a stall is one. */
const leastBytes = 1024

/** A body; an error where next to nothing comes for too long. */
async function* bodyOf(url: string, { body, discard }: StoreAnswer): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]()
  let isDone = false
  let came = leastBytes
  let last = 0
  try {
    for (;;) {
      if (came >= leastBytes) {
        last = performance.now()
        came = 0
      }
      let timer: NodeJS.Timeout | undefined
      const stalled = new Promise<never>((_, reject) => {
        const left = Math.max(0, last + limits.stall - performance.now())
        timer = setTimeout(() => reject(new StorageError(url, 'the server stopped sending', { retry: {} })), left)
      })
      const next = await Promise.race([chunks.next(), stalled]).finally(() => clearTimeout(timer))
      if (next.done) break
      came += next.value.length
      yield next.value
    }
    isDone = true
  } finally {
    if (!isDone) discard()
  }
}

/** Files of servers that do not know ranges, on disk: descriptors of files that have no name any more. */
const wholes = new Map<string, Promise<number>>()

function keepWhole(store: Store, file: StoredFile): Promise<number> {
  const known = wholes.get(file.url)
  if (known) return known
  const kept = persistently(file.url, async () => {
    const answer = await store.get(file.url, { start: 0 }, file.tag)
    checkAnswer(file, answer, { start: 0 })
    // Of a file that was not listed, the answer alone says how large it is.
    const expected = Number.isFinite(file.bytes) ? file.bytes : Number(answer.headers['content-length'])
    if (Number.isNaN(expected)) {
      answer.discard()
      throw new StorageError(file.url, 'the server does not say how large the file is')
    }
    const folder = mkdtempSync(join(tmpdir(), 'decant-'))
    const fd = openSync(join(folder, 'whole'), 'w+')
    rmSync(folder, { recursive: true })
    try {
      let size = 0
      for await (const chunk of bodyOf(file.url, answer)) {
        if (size + chunk.length > expected) throw new StorageError(file.url, 'the server sent more bytes than the file has', { retry: {} })
        for (let done = 0; done < chunk.length; ) done += writeSync(fd, chunk, done)
        size += chunk.length
      }
      if (size === expected) return fd
    } catch (error) {
      closeSync(fd)
      throw error
    }
    closeSync(fd)
    throw new StorageError(file.url, 'the body broke off, and the server cannot resume it', { retry: {} })
  })
  wholes.set(file.url, kept)
  kept.catch(() => wholes.delete(file.url))
  return kept
}

function readWhole(url: string, fd: number, bytes: Buffer, start: number): Buffer {
  for (let done = 0; done < bytes.length; ) {
    const n = readSync(fd, bytes, done, bytes.length - done, start + done)
    if (n === 0) throw refused(url, 416)
    done += n
  }
  return bytes
}

/** Forget a file that was kept whole. */
export async function forget(url: string): Promise<void> {
  const whole = wholes.get(url)
  wholes.delete(url)
  if (whole) closeSync(await whole)
}
