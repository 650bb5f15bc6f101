type Numbers = Float64Array | Int32Array | Uint32Array

/** A list of numbers that grows in memory that doubles, as many bytes each as its kind of array has. */
export class NumberList<T extends Numbers> {
  #numbers: T
  length = 0

  constructor(
    private readonly make: new (length: number) => T,
    capacity = 1024,
  ) {
    this.#numbers = new make(capacity)
  }

  /** Space for `count` more numbers, and where in it they begin. */
  extend(count: number): { numbers: T; at: number } {
    const at = this.length
    this.length += count
    if (this.length > this.#numbers.length) {
      const larger = new this.make(Math.max(this.length, 2 * this.#numbers.length))
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    return { numbers: this.#numbers, at }
  }

  push(value: number): void {
    const { numbers, at } = this.extend(1)
    numbers[at] = value
  }

  pushAll(values: ArrayLike<number>): void {
    const { numbers, at } = this.extend(values.length)
    numbers.set(values, at)
  }

  /** What was added so far, as it stands in memory until more is added. */
  view(): T {
    return this.#numbers.subarray(0, this.length) as T
  }
}
