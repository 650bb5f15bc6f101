import { isUtf8 } from 'node:buffer'
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
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const declared = charsetFromHeader(contentType) ?? charsetFromMeta(bytes)
  // ISO-2022-JP is written in ASCII bytes, so it would pass for UTF-8.
  if (declared !== 'iso-2022-jp' && !declared?.startsWith('utf-16') && isUtf8(bytes)) return 'utf-8'
  if (declared !== undefined && declared !== 'utf-8') return declared
  return detect(bytes, declared)
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
function encodingFromLabel(label: string | undefined): string | undefined {
  if (label === undefined) return undefined
  const known = labels.get(label)
  if (known !== undefined) return known || undefined
  let name = ''
  try {
    name = new TextDecoder(label).encoding
  } catch {
    if (/^x-user-defined$/i.test(label)) name = 'x-user-defined'
  }
  // Node names these after the label it was given; by the standard both are windows-1252.
  if (name === 'iso-8859-1' || name === 'us-ascii' || name === 'latin1' || name === 'ascii') name = 'windows-1252'
  if (labels.size < 1000) labels.set(label, name)
  return name || undefined
}
const labels = new Map<string, string>()

/** Statistical detection on the first 16 KiB; used only where nothing is declared, or UTF-8 is declared and wrong. */
function detect(bytes: Uint8Array, declared: string | undefined): string {
  const nonAscii = bytes.findIndex((byte) => byte >= 0x80)
  if (nonAscii < 0) return 'utf-8'
  if (declared === 'utf-8' && mostlyUtf8(bytes)) return 'utf-8'
  const from = Math.max(0, Math.min(nonAscii - 1024, bytes.length - 16384))
  const best = analyse(bytes.subarray(from, from + 16384))[0]
  return encodingFromLabel(best?.name) ?? 'windows-1252'
}

/** A UTF-8 page with a few bad bytes (cut off, or a pasted fragment) is still UTF-8: bad sequences below 1 in 10. */
function mostlyUtf8(bytes: Uint8Array): boolean {
  const sample = new TextDecoder('utf-8').decode(bytes.subarray(0, 1 << 16))
  let bad = 0
  let good = 0
  for (let i = 0; i < sample.length; i++) {
    const code = sample.charCodeAt(i)
    if (code === 0xfffd) bad++
    else if (code >= 0x80) good++
  }
  return bad * 10 <= good
}

/** What bytes 0x80–0x9F mean in windows-1252. Node 20's own decoder gives C1 control characters instead (nodejs/node#56542). */
const windows1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178'

const decoders = new Map<string, InstanceType<typeof TextDecoder>>()

/** Decode with replacement characters for what is not valid; a byte order mark is dropped. */
export function decode(bytes: Uint8Array, charset: string): string {
  if (charset === 'windows-1252') {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
    return text.replace(/[\x80-\x9f]/g, (c) => windows1252[c.charCodeAt(0) - 0x80]!)
  }
  let decoder = decoders.get(charset)
  if (!decoder) decoders.set(charset, (decoder = new TextDecoder(charset)))
  return decoder.decode(bytes)
}
