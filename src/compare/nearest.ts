/** The `n` items with the smallest keys of any number; of equal keys, those that came first. */
export class Smallest<T> {
  readonly #items: { key: number; item: T }[] = []

  constructor(private readonly n: number) {}

  /** The key that an item must stay below to be taken in. */
  get limit(): number {
    if (this.n === 0) return Number.NEGATIVE_INFINITY
    return this.#items.length < this.n ? Number.POSITIVE_INFINITY : this.#items.at(-1)!.key
  }

  /** Keys that reach the limit are refused; check it first if items are costly to make. */
  add(key: number, item: T): void {
    if (!(key < this.limit)) return
    let at = this.#items.length
    while (at > 0 && this.#items[at - 1]!.key > key) at--
    this.#items.splice(at, 0, { key, item })
    if (this.#items.length > this.n) this.#items.pop()
  }

  get items(): T[] {
    return this.#items.map(({ item }) => item)
  }
}

/** A number that looks random and depends on the three alone, 0 to 2 ** 32 − 1 (Wang's and murmur's mixing steps). */
export function mixed(seed: number, a: number, b: number): number {
  let h = (seed ^ Math.imul(a + 0x9e3779b9, 0x85ebca6b)) | 0
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
