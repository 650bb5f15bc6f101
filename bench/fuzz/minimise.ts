/** Leave out as much of a file as possible, so that it still does the same (delta debugging, Zeller 2002), within some tries. */
export async function minimise(bytes: Buffer, isSame: (smaller: Buffer) => Promise<boolean>, tries = 80): Promise<Buffer> {
  let best = bytes
  for (let size = best.length >> 1; size > 0 && tries > 0; size >>= 1) {
    for (let at = 0; at < best.length && tries > 0; ) {
      const smaller = Buffer.concat([best.subarray(0, at), best.subarray(at + size)])
      tries--
      if (smaller.length < best.length && (await isSame(smaller))) best = smaller
      else at += size
    }
  }
  return best
}
