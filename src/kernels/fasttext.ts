import type { Address } from './address.ts'
import { wasm } from './fasttext.generated.ts'

/** What each reads and writes stands beside its code in `assembly/fasttext.ts`. */
export interface FastTextKernels {
  addRows(matrix: Address, stride: number, rows: Address, count: number, sum: Address): void
  multiply(matrix: Address, stride: number, count: number, columns: number, vector: Address, products: Address): void
  describeBuckets(count: number, firstRow: number, movedTable: Address, mask: number, bits: Address): void
  ngramRows(hashes: Address, count: number, to: number, n: number, rows: Address): number
  partRows(
    word: Address,
    end: Address,
    from: Address,
    to: Address,
    begins: boolean,
    ends: boolean,
    minPart: number,
    maxPart: number,
    rows: Address,
  ): number
}

let module: WebAssembly.Module | undefined

/** The kernels on memory that threads share: each thread has its own instance. */
export function fastTextKernels(memory: WebAssembly.Memory): FastTextKernels {
  module ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'))
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as FastTextKernels
}
