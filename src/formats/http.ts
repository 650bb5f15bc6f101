import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { Decompress } from 'fzstd'
import { endOfHeaders, parseHeaders } from './warc.ts'

export interface HttpResponse {
  status: number
  headers: Map<string, string>
  /** The body with transfer and content encodings undone, as far as they can be. */
  body: Buffer
}

/** Parse a stored HTTP response (RFC 9112), or undefined when the bytes are none. */
export function parseHttpResponse(content: Buffer, maxBodyBytes: number): HttpResponse | undefined {
  const status = /^HTTP\/\d(?:\.\d)? +(\d{3})/.exec(content.toString('latin1', 0, 64))
  if (!status) return undefined
  const bodyStart = endOfHeaders(content, 0)
  const headers = parseHeaders(content.toString('latin1', 0, bodyStart < 0 ? content.length : bodyStart))
  let body: Buffer = bodyStart < 0 ? Buffer.alloc(0) : content.subarray(bodyStart)
  if (/\bchunked\b/i.test(headers.get('transfer-encoding') ?? '')) body = dechunk(body)
  const encodings = (headers.get('content-encoding') ?? '').toLowerCase().split(',')
  for (const encoding of encodings.reverse()) body = decodeContent(body, encoding.trim(), maxBodyBytes)
  return { status: Number(status[1]), headers, body }
}

/** Undo chunked framing. Crawlers often store bodies unchunked but keep the header: a body without valid framing is returned as it is. */
export function dechunk(body: Buffer): Buffer {
  const chunks: Buffer[] = []
  for (let at = 0; at < body.length; ) {
    const lineEnd = body.indexOf(10, at)
    const size = lineEnd < 0 ? null : /^([0-9a-f]{1,8})[ \t]*(?:;.*)?\r?$/i.exec(body.toString('latin1', at, Math.min(lineEnd, at + 256)))
    if (!size) return chunks.length === 0 ? body : Buffer.concat(chunks)
    const length = Number.parseInt(size[1]!, 16)
    if (length === 0) break
    chunks.push(body.subarray(lineEnd + 1, lineEnd + 1 + length))
    at = lineEnd + 1 + length
    if (body[at] === 13) at++
    if (body[at] === 10) at++
  }
  return Buffer.concat(chunks)
}

/**
 * Undo one content encoding; a body cut short gives what could be decoded, and one that is not encoded at all (crawlers decode but
 * keep the header) is returned as it is. Never more than `maxBytes`, so that a small record cannot fill the memory.
 */
function decodeContent(body: Buffer, encoding: string, maxBytes: number): Buffer {
  const limits = { maxOutputLength: maxBytes, finishFlush: constants.Z_SYNC_FLUSH }
  try {
    switch (encoding) {
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(body, limits)
      case 'deflate':
        return ((body[0] ?? 0) & 0x0f) === 8 ? inflateSync(body, limits) : inflateRawSync(body, limits)
      case 'br':
        return brotliDecompressSync(body, { maxOutputLength: maxBytes, finishFlush: constants.BROTLI_OPERATION_FLUSH })
      case 'zstd':
        return unzstd(body, maxBytes)
      default:
        return body
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw error
    return body
  }
}

function unzstd(body: Buffer, maxBytes: number): Buffer {
  const parts: Uint8Array[] = []
  let length = 0
  const decoder = new Decompress((bytes) => {
    length += bytes.length
    if (length > maxBytes) throw Object.assign(new RangeError(`larger than ${maxBytes} bytes`), { code: 'ERR_BUFFER_TOO_LARGE' })
    parts.push(bytes.slice())
  })
  try {
    decoder.push(body, true)
  } catch (error) {
    if (parts.length === 0 || (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw error
  }
  return Buffer.concat(parts)
}
