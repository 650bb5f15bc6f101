/** Bytes of a block that hold all that is looked at: the header of its literals, and of their Huffman weights. */
export const weightsHeader = 160

const highestBit = (value: number): number => 31 - Math.clz32(value)

/**
 * Whether the Huffman weights of a compressed block (RFC 8878 §4.2.1) are written by a table in which one weight takes every place: reading one
 * then takes no bits, and fzstd reads them for ever. In any other table, a state that takes no bits leads to one before it.
 */
export function areWeightsEndless(block: Uint8Array): boolean {
  const byte = (at: number): number => block[at] ?? 0
  const hasTree = (byte(0) & 3) === 2
  const sizeFormat = (byte(0) >> 2) & 3
  const treeAt = sizeFormat < 2 ? 3 : sizeFormat + 2
  // Weights may also stand there as they are.
  if (!hasTree || byte(treeAt) > 127) return false
  let bit = (treeAt + 1) * 8
  const read = (bits: number): number => {
    const at = bit >> 3
    return ((byte(at) | (byte(at + 1) << 8) | (byte(at + 2) << 16)) >> (bit & 7)) & ((1 << bits) - 1)
  }
  const places = 1 << (read(4) + 5)
  bit += 4
  // Probabilities of the weights (§4.1.1), until all places are taken.
  for (let weight = 0, left = places; weight < 256 && left > 0 && bit < block.length * 8; weight++) {
    const bits = highestBit(left + 1)
    const mask = (1 << bits) - 1
    const low = 2 * mask - left
    let value = read(bits + 1)
    if ((value & mask) < low) {
      value &= mask
      bit += bits
    } else {
      if (value > mask) value -= low
      bit += bits + 1
    }
    const probability = value - 1
    if (probability === places) return true
    left -= Math.abs(probability)
    if (probability !== 0) continue
    for (let repeat = 3; repeat === 3; weight += repeat) {
      repeat = read(2)
      bit += 2
    }
  }
  return false
}
