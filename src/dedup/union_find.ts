/** Sets of documents that only ever grow together: 4 bytes a document, up to 2³² of them. */
export class UnionFind {
  #parents: Uint32Array

  constructor(size: number) {
    this.#parents = new Uint32Array(size)
    for (let i = 0; i < size; i++) this.#parents[i] = i
  }

  /** The smallest document of a document's set. */
  find(document: number): number {
    const parents = this.#parents
    let at = document
    // Path halving: every other link on the way is shortened.
    while (parents[at] !== at) at = parents[at] = parents[parents[at]!]!
    return at
  }

  /** Put the sets of two documents together; false when they are one already. */
  union(a: number, b: number): boolean {
    const [x, y] = [this.find(a), this.find(b)]
    if (x === y) return false
    if (x < y) this.#parents[y] = x
    else this.#parents[x] = y
    return true
  }

  /** The smallest document of each document's set, in memory that is the caller's from now on. */
  release(): Uint32Array {
    const parents = this.#parents
    // Links lead to smaller numbers, and those have been followed to their end.
    for (let i = 0; i < parents.length; i++) parents[i] = parents[parents[i]!]!
    this.#parents = new Uint32Array(0)
    return parents
  }
}
