import { createReadStream, existsSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

/** A server of files over HTTP that can be told to behave badly. */
export interface FileServer {
  url: string
  /** Requests so far: method, path, range. */
  requests: string[]
  /** What it does, which may be changed. */
  behaviour: Behaviour
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
  /** Answer every request with this status, and headers that lead elsewhere or say a size. */
  status?: number
  location?: string
  size?: number
  /** Send interim answers (102), and never another. */
  interim?: boolean
  /** Never say how long anything is; or send zeros without end behind every body. */
  noLength?: boolean
  endless?: boolean
  /** ETags that only HEAD has, beside a date; or that are weak there. */
  tags?: 'changing-kind' | 'weak'
  /** Refuse HEAD. */
  noHead?: boolean
  /** Send requests for /from/… to /…, once. */
  redirects?: boolean
}

export async function serveFiles(root: string, behaviour: Behaviour = {}, host = '127.0.0.1'): Promise<FileServer> {
  const requests: string[] = []
  let gets = 0
  const server = createServer((request, response) => {
    const { range = '', authorization } = request.headers
    requests.push(`${request.method} ${request.url} ${range}${authorization === undefined ? '' : ' (authorized)'}`.trim())
    if (request.method === 'GET') gets++
    answer(root, behaviour, gets, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  const { port } = server.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, requests, behaviour, close }
}

/** Answers that do not depend on what is asked for. Whether there was one. */
function answersAlways(does: Behaviour, request: IncomingMessage, response: ServerResponse): boolean {
  const { status, location, size } = does
  if (does.noHead && request.method === 'HEAD') response.writeHead(405, { 'content-length': 0 }).end()
  else if (does.interim) {
    const timer = setInterval(() => response.writeProcessing(), 20)
    response.on('close', () => clearInterval(timer))
  } else if (status === 101) request.socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n')
  else if (status !== undefined) {
    const range = size === undefined ? {} : { 'content-range': `bytes */${size}` }
    response.writeHead(status, { 'content-length': 0, ...(location === undefined ? {} : { location }), ...range }).end()
  } else if (does.noLength) response.writeHead(200, { 'transfer-encoding': 'chunked' }).end()
  else return false
  return true
}

function answer(root: string, does: Behaviour, gets: number, request: IncomingMessage, response: ServerResponse): void {
  const isTurn = (every: number | undefined): boolean => every !== undefined && request.method === 'GET' && gets % every === 0
  const refuse = (status: number, headers = {}): unknown => response.writeHead(status, { 'content-length': 0, ...headers }).end()
  const path = decodeURIComponent(request.url!.split('?')[0]!)
  if (answersAlways(does, request, response)) return
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
  const isHead = request.method === 'HEAD'
  const tags = {
    ...(does.tags === 'changing-kind' && !isHead ? {} : { etag: does.tags === 'weak' && isHead ? `W/${etag}` : etag }),
    ...(does.tags === 'changing-kind' ? { 'last-modified': new Date(mtimeMs).toUTCString() } : {}),
  }
  const length = does.endless && !isHead ? {} : { 'content-length': end - start }
  response.writeHead(range ? 206 : 200, { ...length, ...tags, ...contentRange })
  if (isHead) return void response.end()
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
    if (does.endless) {
      const more = (): void => void (response.destroyed || response.write(Buffer.alloc(1 << 16), () => setImmediate(more)))
      return more()
    }
    if (isCut) setTimeout(() => response.destroy(), 5)
    else response.end()
  })
}
