import { undoCoding } from './content_codings.ts'
import { endOfHeaders, parseHeaders } from './warc.ts'

export interface HttpResponse {
  status: number
  /** Lower-case names; repeated fields are one list (RFC 9110 §5.3). */
  headers: Map<string, string>
  /** The body with transfer and content codings undone, as far as they can be. */
  body: Buffer
  /** What could not be decoded, so that something is missing from the body. */
  problem?: string
}

/** More codings than this are no way to send a page. */
const maxCodings = 8

/**
 * Parse a stored HTTP response (RFC 9112), or undefined when the bytes are none. Interim responses (1xx) are skipped. Throws a RangeError for
 * a body that is larger than `maxBodyBytes`, or coded more often than anybody does.
 */
export function parseHttpResponse(content: Buffer, maxBodyBytes: number): HttpResponse | undefined {
  const status = /^HTTP\/\d(?:\.\d)? +(\d{3})/.exec(content.toString('latin1', 0, 64))
  if (!status) return undefined
  const bodyStart = endOfHeaders(content, 0)
  const received = bodyStart < 0 ? Buffer.alloc(0) : content.subarray(bodyStart)
  if (status[1]!.startsWith('1')) {
    const final = parseHttpResponse(received, maxBodyBytes)
    if (final) return final
  }
  const headers = parseHeaders(content.toString('latin1', 0, bodyStart < 0 ? content.length : bodyStart), ', ')
  const codings = [...listOf(headers.get('content-encoding')), ...listOf(headers.get('transfer-encoding'))].filter(
    (coding) => coding !== 'identity' && coding !== 'none',
  )
  if (codings.length > maxCodings) throw new RangeError(`the body is coded ${codings.length} times`)
  let body: Buffer = received
  let problem: string | undefined
  for (const coding of codings.reverse()) {
    const undone = coding === 'chunked' ? dechunk(body) : undoCoding(body, coding, maxBodyBytes)
    body = undone.bytes
    problem ??= undone.problem
  }
  return { status: Number(status[1]), headers, body, ...(problem === undefined ? {} : { problem }) }
}

/** "gzip, Chunked" → ["gzip", "chunked"] */
const listOf = (value = ''): string[] =>
  value
    .toLowerCase()
    .split(',')
    .map((item) => item.trim().replace(/\s*;.*$/, ''))
    .filter((item) => item !== '')

const chunkSize = /^[ \t]*(?:0x)?([0-9a-f]+)[ \t]*(?:;.*)?\r?$/i

/**
 * Undo chunked framing (RFC 9112 §7.1). Crawlers often store bodies without it and keep the header: a body that does not begin with a chunk is
 * returned as it is. Where framing breaks later, what follows stays in the text, and is told as a problem.
 */
export function dechunk(body: Buffer): { bytes: Buffer; problem?: string } {
  const chunks: Buffer[] = []
  for (let at = 0; at < body.length; ) {
    const lineEnd = body.indexOf(10, at)
    const size = lineEnd < 0 || lineEnd - at > 4096 ? null : chunkSize.exec(body.toString('latin1', at, lineEnd))
    if (!size) {
      if (chunks.length === 0) return { bytes: body }
      return { bytes: Buffer.concat([...chunks, body.subarray(at)]), problem: `chunked framing breaks at byte ${at} of the body` }
    }
    const length = Number.parseInt(size[1]!, 16)
    if (length === 0) return { bytes: Buffer.concat(chunks) }
    const chunk = body.subarray(lineEnd + 1, lineEnd + 1 + length)
    chunks.push(chunk)
    if (chunk.length < length) return { bytes: Buffer.concat(chunks), problem: `a chunk of ${length} bytes ends after ${chunk.length}` }
    at = lineEnd + 1 + length
    if (body[at] === 13) at++
    if (body[at] === 10) at++
  }
  // Every chunk is whole; that the last, empty one is missing costs no text.
  return { bytes: Buffer.concat(chunks) }
}
