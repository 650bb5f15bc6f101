/**
 * What a response's payload is, as the MIME Sniffing Standard tells it for pages: the declared type where it can be read and says anything, else
 * what the first bytes show; "text/html" may be a feed (§8). One deviation: bytes that begin as a PDF, an archive, an image and the like, or that
 * are no text, are that, whatever is declared.
 */
export function mediaType(declared: readonly (string | undefined)[], body: Buffer): string {
  const binary = binaryType(body)
  if (binary !== undefined) return binary
  const type = declared.map((value) => lastType(value ?? '')).find((found) => found !== undefined && !saysNothing.has(found))
  if (type === undefined) return looksLikeHtml(body) ? 'text/html' : 'unknown'
  if (!htmlTypes.has(type)) return type
  if (looksBinary(body) && !looksLikeHtml(body)) return 'application/octet-stream'
  return type === 'text/html' ? (feedType(body) ?? type) : type
}

/** The types of pages. */
export const htmlTypes: ReadonlySet<string> = new Set(['text/html', 'application/xhtml+xml'])
const saysNothing = new Set(['application/octet-stream', 'unknown/unknown', 'application/unknown', '*/*'])

const token = '[\\w!#$%&*+.^`|~-]+'
const typeAt = new RegExp(`^[\\s"']*(${token}/${token})(?=$|[\\s;,"'])`)

/** The last type of a list that can be read: "text/html", '"text/html; charset=utf-8"', "text/plain, text/html", "text/html charset=utf-8". */
function lastType(value: string): string | undefined {
  return value
    .split(',')
    .flatMap((item) => typeAt.exec(item)?.[1]?.toLowerCase() ?? [])
    .at(-1)
}

/** Tags that a page without a type begins with, by the standard and by crawls. */
const htmlStart = /^(?:<!doctype\s+html|<(?:html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|meta))(?=[\s>/]|$)|^<!--/i

export function looksLikeHtml(body: Buffer): boolean {
  // Without the zeros, UTF-16 reads like any other.
  const head = body
    .toString('latin1', 0, 1445)
    .replace(/\0/g, '')
    .replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:\s|<\?xml[^>]*>)*/, '')
  if (!htmlStart.test(head)) return false
  // A comment says nothing yet: what follows it must be markup.
  const rest = head.replace(/^(?:\s|<!--[\s\S]*?-->|<\?xml[^>]*>)*/, '')
  return !head.startsWith('<!--') || rest === '' || rest.startsWith('<')
}

/** The first element of a feed. */
const feedStart = /<(rss|feed|rdf:RDF)(?=[\s>])/y
/** What may stand before it, by how it begins, with what ends it. */
const prologue = [
  ['<!--', '-->'],
  ['<!', '>'],
  ['<?', '?>'],
] as const
const feedTypes: Record<string, string> = { rss: 'application/rss+xml', feed: 'application/atom+xml', 'rdf:RDF': 'application/rss+xml' }

const isSpace = (code: number): boolean => code === 0x20 || (code >= 0x09 && code <= 0x0d)

/** Behind comments and declarations (§8, "distinguishing if a resource is a feed or HTML"). */
function feedType(body: Buffer): string | undefined {
  const head = body.toString('latin1', 0, 1445)
  let at = head.startsWith('\xef\xbb\xbf') ? 3 : 0
  for (;;) {
    while (isSpace(head.charCodeAt(at))) at++
    const [begin, end] = prologue.find(([start]) => head.startsWith(start, at)) ?? []
    if (begin === undefined) break
    const found = head.indexOf(end!, at + begin.length)
    if (found < 0) return undefined
    at = found + end!.length
  }
  feedStart.lastIndex = at
  const root = feedStart.exec(head)?.[1]
  return root === undefined || (root === 'rdf:RDF' && !head.includes('http://purl.org/rss/1.0/')) ? undefined : feedTypes[root]
}

/** What begins with these bytes, by the standard's tables (§6, §7.1), and formats of documents and programs that crawls meet. */
const signatures: [string, string][] = [
  ['image/gif', 'GIF87a'],
  ['image/gif', 'GIF89a'],
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/x-icon', '\0\0\x01\0'],
  ['audio/mpeg', 'ID3'],
  ['application/ogg', 'OggS\0'],
  ['audio/midi', 'MThd\0\0\0\x06'],
  ['application/gzip', '\x1f\x8b\x08'],
  ['application/zip', 'PK\x03\x04'],
  ['application/x-rar-compressed', 'Rar!\x1a\x07'],
  ['font/woff', 'wOFF'],
  ['font/woff2', 'wOF2'],
  ['application/x-7z-compressed', "7z\xbc\xaf'\x1c"],
  ['application/x-xz', '\xfd7zXZ\0'],
  ['application/x-bzip2', 'BZh91AY&SY'],
  ['application/zstd', '\x28\xb5\x2f\xfd'],
  ['application/x-ole-storage', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['application/vnd.sqlite3', 'SQLite format 3\0'],
  ['application/x-elf', '\x7fELF'],
]

/** Formats that readers take with a byte order mark or white space before them. */
const looseStart = /^(?:\xef\xbb\xbf)?\s*(%PDF-|%!PS-Adobe-|\{\\rtf1)/
const looseTypes: Record<string, string> = { '%PDF-': 'application/pdf', '%!PS-Adobe-': 'application/postscript', '{\\rtf1': 'text/rtf' }

/** The type of what can be told by its first bytes alone. */
export function binaryType(body: Buffer): string | undefined {
  const head = body.toString('latin1', 0, 16)
  const found = signatures.find(([, start]) => head.startsWith(start))
  if (found) return found[0]
  const loose = looseStart.exec(body.toString('latin1', 0, 64))
  if (loose) return looseTypes[loose[1]!]
  if (head.startsWith('RIFF') && ['WEBPVP', 'WAVE', 'AVI '].some((kind) => head.startsWith(kind, 8))) return 'application/x-riff'
  return head.startsWith('ftyp', 4) ? 'video/mp4' : undefined
}

/** Whether one byte in fifty is a control character that texts do not have (§7.1, "binary data byte"); UTF-16 is text. */
export function looksBinary(body: Buffer): boolean {
  const head = body.subarray(0, 1445)
  if (/^(?:\xff\xfe|\xfe\xff)/.test(body.toString('latin1', 0, 2))) return false
  let controls = 0
  for (const byte of head) {
    const isControl = (byte >= 0x01 && byte <= 0x08) || byte === 0x0b || (byte >= 0x0e && byte <= 0x1a) || (byte >= 0x1c && byte <= 0x1f)
    if (isControl) controls++
  }
  return controls * 50 > head.length
}
