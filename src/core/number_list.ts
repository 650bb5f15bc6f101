type Numbers = Float64Array | Int32Array

/** A list of numbers that grows, as many bytes each as its kind of array has. */
export class NumberList<T extends Numbers> {
  #numbers: T
  #length = 0

  constructor(private readonly make: new (length: number) => T) {
    this.#numbers = new make(1024)
  }

  push(value: number): void {
    if (this.#length === this.#numbers.length) {
      const larger = new this.make(2 * this.#length)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    this.#numbers[this.#length++] = value
  }

  /** What was pushed so far, as it stands in memory. */
  get all(): T {
    return this.#numbers.subarray(0, this.#length) as T
  }
}
