import type { Address } from './address.ts'
import { wasm } from './trees.generated.ts'

/** What it reads and writes stands beside its code in `assembly/trees.ts`. */
interface TreeKernels {
  memory: WebAssembly.Memory
  free: WebAssembly.Global
  sumLeaves(
    rows: Address,
    rowLength: number,
    count: number,
    features: number,
    starts: Address,
    thresholds: Address,
    trees: Address,
    masks: Address,
    treeCount: number,
    leaves: Address,
    left: Address,
    sums: Address,
  ): void
}

/** Trees laid out for the kernel: questions in order of features and thresholds, and the leaves, 32 a tree. */
export interface LaidOut {
  count: number
  starts: Uint16Array
  thresholds: Float32Array
  trees: Uint16Array
  masks: Uint32Array
  leaves: Float32Array
}

const pageBytes = 1 << 16
const alignment = 16
let module: WebAssembly.Module | undefined

/** Returns what sums the leaves that rows reach; it keeps a copy of the trees in memory of its own. The sums are its memory, until the next call. */
export function treeSummer({
  count,
  starts,
  thresholds,
  trees,
  masks,
  leaves,
}: LaidOut): (rows: Float32Array, rowLength: number, rowCount: number) => Float64Array {
  module ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'))
  const kernels = new WebAssembly.Instance(module).exports as unknown as TreeKernels
  let end = kernels.free.value as number
  const reserve = (bytes: number): Address => {
    const at = Math.ceil(end / alignment) * alignment
    end = at + bytes
    const missing = end - kernels.memory.buffer.byteLength
    if (missing > 0) kernels.memory.grow(Math.ceil(missing / pageBytes))
    return at
  }
  const place = (values: Uint16Array | Uint32Array | Float32Array): Address => {
    const at = reserve(values.byteLength)
    new Uint8Array(kernels.memory.buffer, at).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    return at
  }
  const at = { starts: place(starts), thresholds: place(thresholds), trees: place(trees), masks: place(masks), leaves: place(leaves) }
  const left = reserve(16 * count)
  const base = end
  return (rows, rowLength, rowCount) => {
    end = base
    const padded = Math.ceil(rowCount / 4) * 4
    const [rowsAt, sums] = [reserve(4 * rowLength * padded), reserve(8 * padded)]
    new Float32Array(kernels.memory.buffer, rowsAt, rowLength * rowCount).set(rows.subarray(0, rowLength * rowCount))
    kernels.sumLeaves(
      rowsAt,
      rowLength,
      padded,
      starts.length - 1,
      at.starts,
      at.thresholds,
      at.trees,
      at.masks,
      count,
      at.leaves,
      left,
      sums,
    )
    return new Float64Array(kernels.memory.buffer, sums, rowCount)
  }
}
