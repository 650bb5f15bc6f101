import { readFileSync } from 'node:fs'
import { type MessagePort, workerData } from 'node:worker_threads'
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
  async put({ url, path, onlyNew }) {
    const { put } = await storeOf(url)
    if (!put) throw new StorageError(url, 'cannot be written to', { hint: 'runs can be written to local folders and to s3://' })
    const body = readFileSync(path)
    return await persistently(url, () => put(url, body, { onlyNew }))
  },
  async remove({ url }) {
    const { remove } = await storeOf(url)
    await persistently(url, async () => remove?.(url))
    return null
  },
}

async function answer({ id, kind, request }: Request): Promise<void> {
  let outcome: Outcome
  try {
    outcome = { id, result: await (answers[kind] as (request: unknown) => Promise<unknown>)(request) }
  } catch (error) {
    const { url, message, about, code } = error as StorageError
    outcome = { id, failure: { message, code, ...(error instanceof StorageError ? { url, about } : {}) } }
  }
  const { result } = outcome as { result?: unknown }
  port.postMessage(outcome, result instanceof Uint8Array ? [result.buffer as ArrayBuffer] : [])
  Atomics.add(signal, 0, 1)
  Atomics.notify(signal, 0)
}

port.on('message', (request: Request) => void answer(request))
