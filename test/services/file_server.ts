import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** A server of files over HTTP that can be told to behave badly. */
export interface FileServer {
  url: string
  /** Requests so far: method, path, range. */
  requests: string[]
  close(): void
}

export interface Behaviour {
  /** Answer 503 to every so many-th request for bytes, asking to wait for so many seconds. */
  busyEvery?: number
  retryAfter?: number
  /** Cut every so many-th body in the middle. */
  cutEvery?: number
  /** Send the bytes asked for as if they stood elsewhere; or ignore ranges. */
  ranges?: 'shifted' | 'unlabelled' | 'ignored'
  /** Another ETag and other bytes from so many-th request on. */
  changesAt?: number
  /** Send half of a body and nothing more, in every so many-th request. */
  stallEvery?: number
  /** And then go on with a byte now and then. */
  drips?: boolean
  /** Answer every request with this status. */
  status?: number
  /** Refuse HEAD. */
  noHead?: boolean
  /** Send requests for /from/… to /…, once. */
  redirects?: boolean
}

export async function serveFiles(root: string, behaviour: Behaviour = {}): Promise<FileServer> {
  const requests: string[] = []
  let gets = 0
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trim())
    if (request.method === 'GET') gets++
    answer(root, behaviour, gets, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, close }
}

function answer(root: string, does: Behaviour, gets: number, request: IncomingMessage, response: ServerResponse): void {
  const isTurn = (every: number | undefined): boolean => every !== undefined && request.method === 'GET' && gets % every === 0
  const refuse = (status: number, headers = {}): unknown => response.writeHead(status, { 'content-length': 0, ...headers }).end()
  const path = decodeURIComponent(request.url!.split('?')[0]!)
  if (does.status !== undefined) return void refuse(does.status)
  if (does.noHead && request.method === 'HEAD') return void refuse(405)
  if (does.redirects && path.startsWith('/from/')) return void refuse(302, { location: path.slice('/from'.length) })
  if (isTurn(does.busyEvery)) return void refuse(503, does.retryAfter === undefined ? {} : { 'retry-after': does.retryAfter })
  const file = join(root, path)
  if (!existsSync(file) || !statSync(file).isFile()) return void refuse(404)
  const { size, mtimeMs } = statSync(file)
  const hasChanged = does.changesAt !== undefined && gets >= does.changesAt
  const etag = `"${hasChanged ? 'other' : `${size}-${mtimeMs}`}"`
  if (request.headers['if-match'] !== undefined && request.headers['if-match'] !== etag) return void refuse(412)
  const range = does.ranges === 'ignored' ? null : /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  const start = range ? Number(range[1]) : 0
  const end = range?.[2] ? Math.min(Number(range[2]) + 1, size) : size
  if (start >= size && range) return void refuse(416)
  const said = start + (does.ranges === 'shifted' ? 1 : 0)
  const contentRange = range && does.ranges !== 'unlabelled' ? { 'content-range': `bytes ${said}-${end - 1}/${size}` } : {}
  response.writeHead(range ? 206 : 200, { 'content-length': end - start, etag, ...contentRange })
  if (request.method === 'HEAD') return void response.end()
  const isCut = isTurn(does.cutEvery)
  const isStalled = isTurn(does.stallEvery)
  const sent = isCut || isStalled ? start + Math.max(1, (end - start) >> 1) : end
  const stream = createReadStream(file, { start, end: sent - 1 })
  stream.on('data', (chunk) => void response.write(chunk))
  stream.on('end', () => {
    if (isStalled && does.drips) {
      const timer = setInterval(() => response.write('x'), 50)
      response.on('close', () => clearInterval(timer))
    }
    if (isStalled) return
    if (isCut) setTimeout(() => response.destroy(), 5)
    else response.end()
  })
}
