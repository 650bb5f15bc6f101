/** GPT-2's characters for the 256 bytes: those that can be seen stand for themselves, the others for U+0100 and on. */
export const byteAlphabet: readonly string[] = (() => {
  let next = 256
  return Array.from({ length: 256 }, (_, byte) => {
    const isSeen = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
    return String.fromCharCode(isSeen ? byte : next++)
  })
})()

/** A text as the characters that its bytes have. */
export function spellBytes(text: string): string {
  let spelt = ''
  for (const byte of Buffer.from(text)) spelt += byteAlphabet[byte]!
  return spelt
}

/** The names of the tokens for single bytes, by byte. */
export const byteTokenNames: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`
})
