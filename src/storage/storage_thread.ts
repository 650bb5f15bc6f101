import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { type MessagePort, threadId, workerData } from 'node:worker_threads'
import { fetchRange, findFiles, forget, persistently } from './fetching.ts'
import type { Outcome, RemoteBlock, Request, Requests } from './requests.ts'
import { StorageError } from './store.ts'
import { storeOf } from './stores.ts'

// The thread that talks to stores, so that readers need not know that anything takes time.

const { port, signal } = workerData as { port: MessagePort; signal: Int32Array }

/** Blocks that are on their way, or wait to be asked for. */
const blocks = new Map<string, Promise<Buffer>>()
const keyOf = ({ file, start, end }: RemoteBlock): string => `${file.url} ${start} ${end}`

const answers: { [K in keyof Requests]: (request: Requests[K]['request']) => Promise<Requests[K]['result']> } = {
  find: ({ pattern }) => findFiles(pattern),
  async read({ block, ahead }) {
    const wanted = new Map([block, ...ahead].map((each) => [keyOf(each), each]))
    for (const key of blocks.keys()) if (!wanted.has(key)) blocks.delete(key)
    for (const [key, { file, start, end }] of wanted) {
      if (blocks.has(key)) continue
      const fetched = fetchRange(file, start, end)
      // It is heard by whoever asks for the block.
      fetched.catch(() => {})
      blocks.set(key, fetched)
    }
    const key = keyOf(block)
    try {
      return await blocks.get(key)!
    } finally {
      blocks.delete(key)
    }
  },
  readBeside: ({ block: { file, start, end } }) => fetchRange(file, start, end),
  async close({ url }) {
    blocks.clear()
    await forget(url)
    return null
  },
  async put({ files, onlyNew }) {
    const written = files.map(() => false)
    await inLanes(files, async ({ url, path }, i) => {
      const { put } = await storeOf(url)
      if (!put) throw new StorageError(url, 'cannot be written to', { hint: 'runs can be written to local folders and to s3://' })
      const body = readFileSync(path)
      written[i] = await persistently(url, () => put(url, body, { onlyNew }))
    })
    return written
  },
  async download({ files }) {
    const found = files.map(() => false)
    await inLanes(files, async ({ url, path }, i) => {
      found[i] = await download(url, path)
    })
    return found
  },
  async copy({ files }) {
    await inLanes(files, async ({ from, to }) => {
      const { copy } = await storeOf(from)
      await persistently(from, async () => copy?.(from, to))
    })
    return null
  },
  async remove({ urls }) {
    await inLanes(urls, async (url) => {
      const { remove } = await storeOf(url)
      await persistently(url, async () => remove?.(url))
    })
    return null
  },
}

/** Do something with each, a few at a time. */
async function inLanes<T>(all: readonly T[], one: (each: T, i: number) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < all.length) {
      const i = next++
      await one(all[i]!, i)
    }
  }
  await Promise.all(Array.from({ length: Math.min(8, all.length) }, lane))
}

const downloadBytes = 8 << 20

/** Fetch a file; it appears whole, or not at all. Whether there is one. */
async function download(url: string, path: string): Promise<boolean> {
  const [file] = await findFiles(url)
  if (!file || file.url !== url) return false
  mkdirSync(dirname(path), { recursive: true })
  const aside = `${path}.${process.pid}.${threadId}.part`
  const fd = openSync(aside, 'w')
  try {
    for (let at = 0; at < file.bytes; at += downloadBytes) {
      const bytes = await fetchRange(file, at, Math.min(file.bytes, at + downloadBytes))
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
    }
  } catch (error) {
    rmSync(aside, { force: true })
    throw error
  } finally {
    closeSync(fd)
  }
  renameSync(aside, path)
  return true
}

/** Requests without an answer so far. */
const open = new Set<number>()

async function answer({ id, kind, request }: Request): Promise<void> {
  open.add(id)
  let outcome: Outcome
  try {
    outcome = { id, result: await (answers[kind] as (request: unknown) => Promise<unknown>)(request) }
  } catch (error) {
    const { url, message, about, code } = error as StorageError
    outcome = { id, failure: { message, code, ...(error instanceof StorageError ? { url, about } : {}) } }
  }
  send(outcome)
}

function send(outcome: Outcome): void {
  open.delete(outcome.id)
  const { result } = outcome as { result?: unknown }
  port.postMessage(outcome, result instanceof Uint8Array ? [result.buffer as ArrayBuffer] : [])
  Atomics.add(signal, 0, 1)
  Atomics.notify(signal, 0)
}

// Whoever asks waits without end for a thread that is gone.
process.on('uncaughtException', ({ message }) => {
  for (const id of open) send({ id, failure: { message } })
})

port.on('message', (request: Request) => void answer(request))
