import { type IncomingMessage, Agent as PlainAgent, request as requestPlain } from 'node:http'
import { request as requestSecure, Agent as SecureAgent } from 'node:https'
import { limits } from '../limits.ts'
import { refused, StorageError, type Store, type StoreAnswer, type StoredFile, type Wanted } from '../store.ts'
import { tagOf } from '../tags.ts'

// Node's own client: others take 0.16 CPU seconds to load, in each thread.
const connections = { keepAlive: true, maxSockets: limits.connections }
const plain = new PlainAgent(connections)
const secure = new SecureAgent(connections)
const redirects = new Set([301, 302, 303, 307, 308])

function send(url: URL, method: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const isSecure = url.protocol === 'https:'
  return new Promise((resolve, reject) => {
    const options = { method, headers, agent: isSecure ? secure : plain, timeout: limits.stall }
    let timer: NodeJS.Timeout | undefined
    const fail = (message: string): void => void sending.destroy(new StorageError(url.origin, message, { retry: {} }))
    const sending = (isSecure ? requestSecure : requestPlain)(url, options, (answer) => {
      clearTimeout(timer)
      resolve(answer)
    })
    // Not from the start: requests wait for a free connection. Interim answers (1xx) are no answer, however many come.
    sending.on('socket', () => {
      timer = setTimeout(() => fail('the server does not answer'), limits.stall)
    })
    sending.on('timeout', () => fail('the server does not answer'))
    sending.on('upgrade', (_, socket) => {
      socket.destroy()
      reject(new StorageError(url.origin, 'the server wants to speak another protocol (101)', { retry: {} }))
    })
    sending.on('close', () => {
      clearTimeout(timer)
      reject(new StorageError(url.origin, 'the server closed the connection', { retry: {} }))
    })
    sending.on('error', reject).end()
  })
}

/** One request, redirects followed; `authorization` goes to the first server only. */
export async function requestFrom(
  url: string,
  { method = 'GET', headers = {} }: { method?: 'GET' | 'HEAD'; headers?: Record<string, string> } = {},
): Promise<StoreAnswer> {
  let at = urlIn(url)
  let sent: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'decant', ...headers }
  for (let hops = 0; hops < 10; hops++) {
    const answer = await send(at, method, sent)
    const { location } = answer.headers
    if (!redirects.has(answer.statusCode!) || location === undefined) return answerOf(answer, method)
    answer.on('error', () => {}).destroy()
    if (!URL.canParse(location, at)) throw new StorageError(url, 'redirects to what is no URL')
    const next = new URL(location, at)
    if (next.protocol !== 'http:' && next.protocol !== 'https:') throw new StorageError(url, `redirects to ${next.protocol}//`)
    if (next.origin !== at.origin) {
      const { authorization: _, ...others } = sent
      sent = others
    }
    at = next
  }
  throw new StorageError(url, 'redirects lead round in circles')
}

function urlIn(text: string): URL {
  try {
    return new URL(text)
  } catch {
    throw new StorageError(text, 'is no URL')
  }
}

function answerOf(answer: IncomingMessage, method: string): StoreAnswer {
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])
  // What is given up may fail afterwards, which nobody waits for. Without a body, the connection can be used again.
  const discard = (): void => {
    answer.on('error', () => {})
    if (method === 'HEAD') answer.resume()
    else answer.destroy()
  }
  return { status: answer.statusCode!, headers: Object.fromEntries(headers), body: answer, discard }
}

/** What a request for [start, end) says; If-Match only where the tag is one that servers compare byte for byte. */
export const rangeHeaders = ({ start, end }: Wanted, tag: string): Record<string, string> => ({
  range: `bytes=${start}-${end === undefined ? '' : end - 1}`,
  ...(tag.startsWith('"') ? { 'if-match': tag } : {}),
})

/** Size and tag of one file: by HEAD, or by its first byte where a server refuses HEAD. */
export async function headOf(url: string, headers: Record<string, string> = {}): Promise<StoredFile> {
  const answer = await requestFrom(url, { method: 'HEAD', headers })
  answer.discard()
  const length = answer.headers['content-length']
  if (answer.status === 200 && length !== undefined) return { url, bytes: Number(length), tag: tagOf(answer.headers) }
  if (![200, 403, 405, 501].includes(answer.status)) throw refused(url, answer.status, answer.headers)
  const first = await requestFrom(url, { headers: { ...headers, range: 'bytes=0-0' } })
  first.discard()
  const size =
    /\/(\d+)$/.exec(first.headers['content-range'] ?? '')?.[1] ?? (first.status === 200 ? first.headers['content-length'] : undefined)
  // An empty file has no first byte.
  if (first.status === 416 && Number(size ?? 0) === 0) return { url, bytes: 0, tag: tagOf(first.headers) }
  if (first.status > 299) throw refused(url, first.status, first.headers)
  if (size === undefined) throw new StorageError(url, 'the server does not say how large the file is', { hint: 'download it first' })
  return { url, bytes: Number(size), tag: tagOf(first.headers) }
}

export default {
  async find(url, again) {
    // A question mark begins a query; stars and braces are nothing that a URL of a file has.
    if (/[*{]|\/$/.test(url.split('?')[0]!))
      throw new StorageError(url, 'files cannot be listed over HTTP', { hint: 'name each file, or give a list of them with -i @LIST' })
    return [await again(() => headOf(url))]
  },
  get: (url, wanted, tag) => requestFrom(url, { headers: rangeHeaders(wanted, tag) }),
} satisfies Store
