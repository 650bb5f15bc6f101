import { badText, readAsOther, type SingleByteEncoding, singleByteEncodings, windows1252Controls } from './mojibake_tables.ts'

/** Ways to repair bytes that were damaged before UTF-8 was read as another encoding; names as in ftfy. */
export interface EncodingOptions {
  restore_byte_a0: boolean
  replace_lossy_sequences: boolean
  decode_inconsistent_utf8: boolean
  fix_c1_controls: boolean
}
const allOptions = { restore_byte_a0: true, replace_lossy_sequences: true, decode_inconsistent_utf8: true, fix_c1_controls: true }

// "schÃ¶n" → "schön", "doesnâ€™t" → "doesn’t"
/** Text as it was meant, where it shows signs that its UTF-8 was read as another encoding (ftfy 6.3: fix_encoding), once or more often. */
export function fixEncoding(text: string, options: EncodingOptions = allOptions): string {
  for (let before = ''; before !== text; ) {
    before = text
    text = fixOnce(text, options)
  }
  return text
}

const ascii = /^[\0-\x7f]*$/
const c1Control = /[\x80-\x9f]/g

function fixOnce(text: string, options: EncodingOptions): string {
  if (ascii.test(text) || !badText.test(text)) return text
  for (const encoding of singleByteEncodings) {
    const bytes = encode(text, encoding)
    const fixed = bytes && decodeRepaired(bytes, encoding, options)
    if (fixed != null) return fixed
  }
  if (options.decode_inconsistent_utf8) {
    const fixed = text.replace(readAsOther, (part) => (part.length < text.length && badText.test(part) ? fixEncoding(part) : part))
    if (fixed !== text) return fixed
  }
  // Windows-1252 that was read as Latin-1
  if (isLatin1.test(text) && !undefinedInWindows1252.test(text)) {
    const fixed = fixC1Controls(text)
    if (fixed !== text) return fixed
  }
  return options.fix_c1_controls ? fixC1Controls(text) : text
}

const isLatin1 = /^[\0-\xff]*$/
const undefinedInWindows1252 = /[\x81\x8d\x8f\x90\x9d]/

/** C1 control characters as the Windows-1252 characters that they were meant to be. */
export const fixC1Controls = (text: string): string =>
  text.replace(c1Control, (control) => windows1252Controls[control.charCodeAt(0) - 0x80]!)

function encode(text: string, { bytes: byteOf }: SingleByteEncoding): Buffer | null {
  const bytes = Buffer.allocUnsafe(text.length)
  for (let i = 0; i < text.length; i++) {
    const byte = byteOf[text.charCodeAt(i)]!
    if (byte === -1) return null
    bytes[i] = byte
  }
  return bytes
}

// Bytes as a string of Latin-1. Some program has made a space of byte A0, and another a "?" or the SUB character of what it did not know.
const spaceInCharacter =
  /[\xc2\xc3\xc5\xce\xd0\xd9] |[\xe2\xe3] [\x80-\x84\x86-\x9f\xa1-\xbf]|[\xe0-\xe3][\x80-\x84\x86-\x9f\xa1-\xbf] |\xf0 [\x80-\xbf][\x80-\xbf]|\xf0[\x80-\xbf] [\x80-\xbf]|\xf0[\x80-\xbf][\x80-\xbf] /g
const lossyCharacter =
  /[\xc2-\xdf]\x1a|[\xc2-\xc3]\?|\xed[\xa0-\xaf][\x1a?]\xed[\xb0-\xbf][\x1a?\x80-\xbf]|\xed[\xa0-\xaf][\x1a?\x80-\xbf]\xed[\xb0-\xbf][\x1a?]|[\xe0-\xef][\x1a?][\x1a\x80-\xbf]|[\xe0-\xef][\x1a\x80-\xbf][\x1a?]|[\xf0-\xf4][\x1a?][\x1a\x80-\xbf][\x1a\x80-\xbf]|[\xf0-\xf4][\x1a\x80-\xbf][\x1a?][\x1a\x80-\xbf]|[\xf0-\xf4][\x1a\x80-\xbf][\x1a\x80-\xbf][\x1a?]|\x1a/g
/** "à" as a word of its own, whose A0 has become the space after it; not where it begins a word of Portuguese or Italian, or ends in "às". */
const aloneAGrave = /\xc3 (?! |quele|quela|quilo|s )/g
const replacementBytes = '\xef\xbf\xbd'

/** Bytes read as UTF-8 after all, or null when they are none. */
function decodeRepaired(bytes: Buffer, { name, isSloppy }: SingleByteEncoding, options: EncodingOptions): string | null {
  const before = bytes.toString('latin1')
  let repaired = before
  if (options.restore_byte_a0 && name !== 'macroman' && repaired.search(spaceInCharacter) !== -1) {
    repaired = repaired.replace(aloneAGrave, '\xc3\xa0 ').replace(spaceInCharacter, (character) => character.replaceAll(' ', '\xa0'))
  }
  if (options.replace_lossy_sequences && isSloppy) repaired = repaired.replace(lossyCharacter, replacementBytes)
  return decodeUtf8(repaired === before ? bytes : Buffer.from(repaired, 'latin1'))
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const surrogatePair = /\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]/g

/** Strict UTF-8, but for Java's NUL (C0 80) and characters beyond U+FFFF as two surrogates of three bytes each (CESU-8). */
function decodeUtf8(bytes: Buffer): string | null {
  const isVariant = bytes.includes(0xed) || bytes.includes(0xc0)
  try {
    return utf8.decode(isVariant ? standardBytes(bytes.toString('latin1')) : bytes)
  } catch {
    return null
  }
}

function standardBytes(bytes: string): Buffer {
  const standard = bytes.replaceAll('\xc0\x80', '\0').replace(surrogatePair, (pair) => {
    const bits = (at: number, mask: number): number => pair.charCodeAt(at) & mask
    const codePoint = 0x10000 + (bits(1, 0x0f) << 16) + (bits(2, 0x3f) << 10) + (bits(4, 0x0f) << 6) + bits(5, 0x3f)
    return Buffer.from(String.fromCodePoint(codePoint)).toString('latin1')
  })
  return Buffer.from(standard, 'latin1')
}
