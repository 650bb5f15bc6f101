import { Agent, type Dispatcher, request } from 'undici'
import { limits } from '../limits.ts'
import { refused, StorageError, type Store, type StoreAnswer, type StoredFile, type Wanted } from '../store.ts'
import { tagOf } from '../tags.ts'

const agent = new Agent({
  connections: limits.connections,
  headersTimeout: limits.stall,
  bodyTimeout: limits.stall,
  connect: { timeout: limits.stall },
})
const redirects = new Set([301, 302, 303, 307, 308])

/** One request, redirects followed; `authorization` goes to the first server only. */
export async function requestFrom(
  url: string,
  { method = 'GET', headers = {} }: { method?: 'GET' | 'HEAD'; headers?: Record<string, string> } = {},
): Promise<StoreAnswer> {
  let at = new URL(url)
  let sent: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'decant', ...headers }
  for (let hops = 0; hops < 10; hops++) {
    const answer = await request(at, { method, headers: sent, dispatcher: agent })
    const location = answer.headers.location
    if (!redirects.has(answer.statusCode) || typeof location !== 'string') return answerOf(answer)
    answer.body.on('error', () => {}).destroy()
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

function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData): StoreAnswer {
  const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]))
  // What is given up may fail afterwards, which nobody waits for.
  const discard = (): void => void body.on('error', () => {}).destroy()
  return { status: statusCode, headers: flat, body, discard }
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
  if (first.status === 416) return { url, bytes: 0, tag: tagOf(first.headers) }
  if (first.status > 299) throw refused(url, first.status, first.headers)
  if (size === undefined) throw new StorageError(url, 'the server does not say how large the file is', { hint: 'download it first' })
  return { url, bytes: Number(size), tag: tagOf(first.headers) }
}

export default {
  async find(url) {
    // A question mark begins a query; stars and braces are nothing that a URL of a file has.
    if (/[*{]|\/$/.test(url.split('?')[0]!))
      throw new StorageError(url, 'files cannot be listed over HTTP', { hint: 'name each file, or give a list of them with -i @LIST' })
    return [await headOf(url)]
  },
  get: (url, wanted, tag) => requestFrom(url, { headers: rangeHeaders(wanted, tag) }),
} satisfies Store
