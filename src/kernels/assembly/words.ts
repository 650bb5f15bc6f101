import { hashUnits, sameUnits } from './units'

/**
 * Number the words of a text in order of first appearance. `offsets` are pairs of start and end, `table` is zero, of `mask` + 1 entries
 * (hash, number + 1). Writes the number of each word, and for each number its first word and how often it occurs. Returns how many there are.
 */
export function numberWords(
  units: usize,
  offsets: usize,
  count: i32,
  ids: usize,
  firsts: usize,
  counts: usize,
  table: usize,
  mask: u32,
): i32 {
  let distinct = 0
  for (let i = 0; i < count; i++) {
    const start = load<i32>(offsets + (<usize>i << 3))
    const length = load<i32>(offsets + (<usize>i << 3), 4) - start
    const word = units + (<usize>start << 1)
    const hash = hashUnits(word, length)
    let slot = hash & mask
    let id = -1
    for (;;) {
      const entry = table + (<usize>slot << 3)
      const known = load<i32>(entry, 4) - 1
      if (known < 0) {
        id = distinct++
        store<u32>(entry, hash)
        store<i32>(entry, id + 1, 4)
        store<i32>(firsts + (<usize>id << 2), i)
        store<i32>(counts + (<usize>id << 2), 0)
        break
      }
      if (load<u32>(entry) == hash) {
        const first = offsets + (<usize>load<i32>(firsts + (<usize>known << 2)) << 3)
        const from = load<i32>(first)
        if (load<i32>(first, 4) - from == length && sameUnits(units + (<usize>from << 1), word, length)) {
          id = known
          break
        }
      }
      slot = (slot + 1) & mask
    }
    store<i32>(ids + (<usize>i << 2), id)
    const counter = counts + (<usize>id << 2)
    store<i32>(counter, load<i32>(counter) + 1)
  }
  return distinct
}
