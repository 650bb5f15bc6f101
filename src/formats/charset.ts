import { isUtf8 } from 'node:buffer'
import { getBOMEncoding, normalizeEncoding, TextDecoder as StandardDecoder } from '@exodus/bytes/encoding.js'
import { analyse } from 'chardet'

/** Text of an HTML page, and the charset it was read with (a WHATWG encoding name). */
export interface DecodedPage {
  text: string
  charset: string
}

/**
 * Decode a page as browsers do: byte order mark, HTTP header, `<meta>` in the first 1,024 bytes, then detection
 * (WHATWG HTML §13.2.3.2). One deviation: bytes that are valid UTF-8 and not plain ASCII are UTF-8 whatever is declared,
 * since wrong labels are common and no other charset passes that test by accident.
 */
export function decodePage(bytes: Uint8Array, contentType: string): DecodedPage {
  const charset = sniffCharset(bytes, contentType)
  return { text: decode(bytes, charset), charset }
}

export function sniffCharset(bytes: Uint8Array, contentType: string): string {
  const mark = getBOMEncoding(bytes)
  if (mark) return mark
  const declared = charsetFromHeader(contentType) ?? charsetFromMeta(bytes)
  // Markup in UTF-16 has zeros.
  if (declared?.startsWith('utf-16') && bytes.includes(0)) return declared
  const utf16 = undeclaredUtf16(bytes)
  if (utf16) return utf16
  // These are written in ASCII bytes, so they would pass for UTF-8.
  if (declared === 'iso-2022-jp' || (declared === 'replacement' && hasEscapes(bytes))) return declared
  if (isUtf8(bytes)) return declared === undefined && isUndeclaredIso2022Jp(bytes) ? 'iso-2022-jp' : 'utf-8'
  if (declared !== undefined && declared !== 'utf-8' && !declared.startsWith('utf-16')) return declared
  return detect(bytes, declared)
}

/** UTF-16 without a byte order mark: in markup and in most scripts, every other byte is often 0, and those between hardly ever. */
function undeclaredUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const pairs = Math.min(bytes.length, 4096) >> 1
  // Nearly all pages have none; to look for one byte is much faster than to count.
  if (pairs < 2 || !Buffer.from(bytes.buffer, bytes.byteOffset, 2 * pairs).includes(0)) return undefined
  let [even, odd] = [0, 0]
  for (let i = 0; i < 2 * pairs; i += 2) {
    if (bytes[i] === 0) even++
    if (bytes[i + 1] === 0) odd++
  }
  if (odd * 5 > pairs && even * 50 < pairs) return 'utf-16le'
  return even * 5 > pairs && odd * 50 < pairs ? 'utf-16be' : undefined
}

/** Shifts to other sets of characters: an escape sequence, a shift out, or the "~{" of HZ. */
const hasEscapes = (bytes: Uint8Array): boolean =>
  bytes.includes(0x1b) || bytes.includes(0x0e) || Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes('~{')

/** Japanese in 7 bits: shifts to JIS X 0208, and hardly anything after them that means nothing. */
function isUndeclaredIso2022Jp(bytes: Uint8Array): boolean {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  return (all.includes('\x1b$B') || all.includes('\x1b$@')) && hasFewErrors(decode(bytes, 'iso-2022-jp'))
}

const charsetFromHeader = (contentType: string): string | undefined =>
  encodingFromLabel(/charset\s*=\s*["']?([^\s"';,]+)/i.exec(contentType)?.[1])

function charsetFromMeta(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4096)).toString('latin1')
  const xml = encodingFromLabel(/^<\?xml[^>]*?encoding\s*=\s*["']([^"']+)["']/i.exec(head)?.[1])
  for (const [tag] of head.replace(/<!--[\s\S]*?-->/g, '').matchAll(/<meta\s[^>]*>/gi)) {
    const found = encodingFromLabel(/charset\s*=\s*["']?\s*([^\s"'/>;]+)/i.exec(tag)?.[1])
    // A page whose meta tag could be read byte by byte is not UTF-16.
    if (found) return found.startsWith('utf-16') ? 'utf-8' : found === 'x-user-defined' ? 'windows-1252' : found
  }
  return xml?.startsWith('utf-16') ? 'utf-8' : xml
}

/** The WHATWG name of the encoding that a label stands for, or undefined for labels that the standard does not know. */
export const encodingFromLabel = (label: string | undefined): string | undefined =>
  label === undefined ? undefined : (normalizeEncoding(label) ?? undefined)

const markup = /<(script|style)\b[\s\S]*?<\/\1\s*>|<[^<>]*>/gi

/** Statistical detection on the first 16 KiB; used only where nothing is declared, or UTF-8 is declared and wrong. */
function detect(bytes: Uint8Array, declared: string | undefined): string {
  const nonAscii = bytes.findIndex((byte) => byte >= 0x80)
  if (nonAscii < 0) return 'utf-8'
  if (declared === 'utf-8' && mostlyUtf8(bytes)) return 'utf-8'
  const from = Math.max(0, Math.min(nonAscii - 1024, bytes.length - 16384))
  // Markup is in ASCII whatever the language, and would pass for English.
  const sample = Buffer.from(bytes.subarray(from, from + 16384))
    .toString('latin1')
    .replace(markup, ' ')
  const best = analyse(Buffer.from(sample, 'latin1'))[0]
  const found = encodingFromLabel(best?.name)
  return found && found !== 'replacement' ? found : 'windows-1252'
}

/** A UTF-8 page with a few bad bytes (cut off, or a pasted fragment) is still UTF-8. */
const mostlyUtf8 = (bytes: Uint8Array): boolean => hasFewErrors(decode(bytes.subarray(0, 1 << 16), 'utf-8'))

/** Whether at most one character beyond ASCII in eleven is a replacement character. */
function hasFewErrors(text: string): boolean {
  let [bad, good] = [0, 0]
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0xfffd) bad++
    else if (code >= 0x80) good++
  }
  return bad * 10 <= good
}

/** What bytes 0x80–0x9F mean in windows-1252. Node 20's own decoder gives C1 control characters instead (nodejs/node#56542). */
const windows1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178'

const utf8 = new TextDecoder()
const decoders = new Map<string, InstanceType<typeof StandardDecoder>>()

/** Decode with replacement characters for what is not valid; a byte order mark is dropped. */
export function decode(bytes: Uint8Array, encoding: string): string {
  if (encoding === 'utf-8') return utf8.decode(bytes)
  if (encoding === 'windows-1252') {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    return text.replace(/[\x80-\x9f]/g, (c) => windows1252[c.charCodeAt(0) - 0x80]!)
  }
  // Encodings that are a danger to read (hz-gb-2312, iso-2022-kr, …): the standard replaces the whole text.
  if (encoding === 'replacement') return bytes.length === 0 ? '' : '\ufffd'
  let decoder = decoders.get(encoding)
  if (!decoder) decoders.set(encoding, (decoder = new StandardDecoder(encoding)))
  return decoder.decode(bytes)
}
