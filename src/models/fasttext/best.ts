/**
 * Positions of the `count` highest probabilities, best first, without those that are 0. Equal ones stand as in fastText, which keeps
 * the best in a heap of the C++ library (libstdc++) with the least in front, and lets a new one push out its equal.
 */
export function bestFirst(probabilities: Float32Array, count: number): number[] {
  const heap: number[] = []
  const comesBefore = (a: number, b: number): boolean => probabilities[a]! > probabilities[b]!
  for (let i = 0; i < probabilities.length && count > 0; i++) {
    const value = probabilities[i]!
    if (!(value > 0) || (heap.length === count && value < probabilities[heap[0]!]!)) continue
    heap.push(i)
    siftUp(heap, heap.length - 1, i, comesBefore)
    if (heap.length > count) {
      popHeap(heap, heap.length, comesBefore)
      heap.pop()
    }
  }
  for (let length = heap.length; length > 1; length--) popHeap(heap, length, comesBefore)
  return heap
}

type Order = (a: number, b: number) => boolean

/** Put `value` where it belongs between `hole` and the front. */
function siftUp(heap: number[], hole: number, value: number, comesBefore: Order): void {
  while (hole > 0) {
    const parent = (hole - 1) >> 1
    if (!comesBefore(heap[parent]!, value)) break
    heap[hole] = heap[parent]!
    hole = parent
  }
  heap[hole] = value
}

/** Move the front of the first `length` to their end. */
function popHeap(heap: number[], length: number, comesBefore: Order): void {
  const last = length - 1
  const value = heap[last]!
  heap[last] = heap[0]!
  let hole = 0
  let child = 0
  while (child < (last - 1) >> 1) {
    child = 2 * child + 2
    if (comesBefore(heap[child]!, heap[child - 1]!)) child--
    heap[hole] = heap[child]!
    hole = child
  }
  if (last % 2 === 0 && last > 0 && child === (last - 2) >> 1) {
    child = 2 * child + 1
    heap[hole] = heap[child]!
    hole = child
  }
  siftUp(heap, hole, value, comesBefore)
}
