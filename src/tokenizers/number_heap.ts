/** Numbers, the least first. What is pushed in rising order stands in a queue, at no cost, and only what is not goes into a heap. */
export class NumberHeap {
  #queue = new Float64Array(256)
  #first = 0
  #end = 0
  /** Four children a parent: half as deep as two, and they lie side by side in memory. */
  #items = new Float64Array(256)
  #size = 0

  push(item: number): void {
    if (this.#first === this.#end) this.#first = this.#end = 0
    if (this.#end === 0 || item >= this.#queue[this.#end - 1]!) this.#append(item)
    else this.#pushToHeap(item)
  }

  pop(): number | undefined {
    if (this.#first < this.#end && (this.#size === 0 || this.#queue[this.#first]! <= this.#items[0]!)) return this.#queue[this.#first++]
    return this.#size === 0 ? undefined : this.#popFromHeap()
  }

  #append(item: number): void {
    if (this.#end === this.#queue.length) {
      const rest = this.#queue.subarray(this.#first, this.#end)
      this.#queue = withRoom(rest)
      this.#first = 0
      this.#end = rest.length
    }
    this.#queue[this.#end++] = item
  }

  #pushToHeap(item: number): void {
    if (this.#size === this.#items.length) this.#items = withRoom(this.#items)
    const items = this.#items
    let at = this.#size++
    while (at > 0) {
      const parent = (at - 1) >> 2
      if (items[parent]! <= item) break
      items[at] = items[parent]!
      at = parent
    }
    items[at] = item
  }

  #popFromHeap(): number {
    const items = this.#items
    const least = items[0]!
    const size = --this.#size
    const item = items[size]!
    let at = 0
    for (let first = 1; first < size; first = 4 * at + 1) {
      let child = first
      const end = Math.min(first + 4, size)
      for (let i = first + 1; i < end; i++) if (items[i]! < items[child]!) child = i
      if (items[child]! >= item) break
      items[at] = items[child]!
      at = child
    }
    items[at] = item
    return least
  }
}

/** The same numbers, with as many free places behind them and some more. */
function withRoom(items: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(items.length * 2 + 256)
  longer.set(items)
  return longer
}
