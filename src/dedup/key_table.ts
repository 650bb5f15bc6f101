/**
 * The first of the records that share a key, by open addressing: 8 to 16 bytes a record. A record is so many 32-bit numbers, of which two are its
 * key (low, high), `at` numbers from its start.
 */
export class KeyTable {
  readonly #mask: number
  /** Place of a record + 1; 0 where there is none. */
  readonly #slots: Int32Array

  constructor(
    private readonly records: Int32Array,
    private readonly ints: number,
    private readonly at = 0,
  ) {
    let size = 16
    while (size < (2 * records.length) / ints) size *= 2
    this.#mask = size - 1
    this.#slots = new Int32Array(size)
  }

  /** The first record that was asked for with the key of this one: itself, if there was none. */
  firstOf(record: number): number {
    const { records, ints, at } = this
    const slots = this.#slots
    const own = record * ints + at
    const low = records[own]!
    const high = records[own + 1]!
    for (let slot = low & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const known = slots[slot]! - 1
      if (known < 0) {
        slots[slot] = record + 1
        return record
      }
      const other = known * ints + at
      if (records[other] === low && records[other + 1] === high) return known
    }
  }
}
