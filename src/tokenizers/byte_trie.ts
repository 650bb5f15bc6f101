/** The children of the nodes that byte strings lead to, byte by byte, from node 0 on. */
export class ByteTrie {
  /** By node: the value of the string that ends there, or -1. */
  readonly values: Int32Array
  /** Open addressing: node * 256 + byte, and the child; free where the child is 0. */
  readonly #edges: Float64Array
  readonly #children: Int32Array
  #nodes = 1

  /** Of equal strings, the last counts. */
  constructor(strings: readonly Uint8Array[], values: readonly number[]) {
    const bytes = strings.reduce((sum, { length }) => sum + length, 0)
    const slots = 2 ** Math.ceil(Math.log2(bytes * 2 + 2))
    this.#edges = new Float64Array(slots)
    this.#children = new Int32Array(slots)
    this.values = new Int32Array(bytes + 1).fill(-1)
    strings.forEach((string, i) => {
      let node = 0
      for (const byte of string) node = this.#childOrNew(node, byte)
      this.values[node] = values[i]!
    })
  }

  /** The node that a byte leads to, or 0. */
  child(node: number, byte: number): number {
    return this.#children[this.#slotOf(node * 256 + byte)]!
  }

  /** Length of the longest string that `bytes[start, end)` begins with, or 0. */
  longest(bytes: Uint8Array, start: number, end: number): number {
    let longest = 0
    for (let node = 0, at = start; at < end; ) {
      node = this.child(node, bytes[at++]!)
      if (node === 0) break
      if (this.values[node] !== -1) longest = at - start
    }
    return longest
  }

  #childOrNew(node: number, byte: number): number {
    const edge = node * 256 + byte
    const slot = this.#slotOf(edge)
    if (this.#children[slot] === 0) {
      this.#edges[slot] = edge
      this.#children[slot] = this.#nodes++
    }
    return this.#children[slot]!
  }

  #slotOf(edge: number): number {
    const mask = this.#children.length - 1
    const hash = Math.imul(edge, 0x9e3779b1) ^ Math.imul(edge, 0x85ebca6b)
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      if (this.#children[slot] === 0 || this.#edges[slot] === edge) return slot
    }
  }
}
