/** Compares UTF-8 as the strings compare that it was made from: by units of UTF-16, where U+E000 and above come behind surrogates. */
export function compareIds(a: Uint8Array, b: Uint8Array): number {
  const end = Math.min(a.length, b.length)
  for (let i = 0; i < end; i++) {
    const [x, y] = [a[i]!, b[i]!]
    if (x === y) continue
    // Only these begin what has no surrogates and is above them.
    const [isAboveX, isAboveY] = [x === 0xee || x === 0xef, y === 0xee || y === 0xef]
    if (isAboveX && y >= 0xf0) return 1
    if (isAboveY && x >= 0xf0) return -1
    return x - y
  }
  return a.length - b.length
}
