import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Outcome, Requests } from './requests.ts'
import { StorageError } from './store.ts'

/** The storage thread of this thread, started when it is first asked. */
interface Thread {
  port: MessagePort
  signal: Int32Array<SharedArrayBuffer>
  worker: Worker
}
let thread: Thread | undefined
let asked = 0

function start(): Thread {
  const { port1: port, port2 } = new MessageChannel()
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(new URL('./storage_thread.js', import.meta.url), { workerData: { port: port2, signal }, transferList: [port2] })
  worker.unref()
  port.unref()
  return { port, signal, worker }
}

/**
 * Ask for something and wait until it is there: readers stay synchronous, whatever a file is read from. Throws a StorageError where it cannot be had.
 */
export function ask<K extends keyof Requests>(kind: K, request: Requests[K]['request']): Requests[K]['result'] {
  thread ??= start()
  const { port, signal } = thread
  const id = asked++
  port.postMessage({ id, kind, request })
  for (;;) {
    const before = Atomics.load(signal, 0)
    const received = receiveMessageOnPort(port)
    if (!received) {
      Atomics.wait(signal, 0, before)
      continue
    }
    const outcome = received.message as Outcome
    // An answer to a request whose caller was stopped.
    if (outcome.id !== id) continue
    if ('result' in outcome) return outcome.result as Requests[K]['result']
    const { message, url, about, code } = outcome.failure
    throw url === undefined ? Object.assign(new Error(message), { code }) : new StorageError(url, message, about)
  }
}
