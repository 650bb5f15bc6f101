import { UserError } from '../../core/errors.ts'
import { type FastTextKernels, fastTextKernels } from '../../kernels/fasttext.ts'

/** Rows of 32-bit floats, `stride` bytes each, from `at` on in memory that threads share. */
export interface Matrix {
  rows: number
  columns: number
  stride: number
  at: number
}

const pageBytes = 1 << 16
const maxPages = 65_536
/** Kernels keep nothing in memory, but an address of 0 would look like none. */
const start = 1024

export const strideOf = (columns: number): number => Math.ceil(columns / 4) * 16

/**
 * Matrices of so many rows and columns, filled with zeros, in memory of their own, and so many bytes behind them. Throws a UserError when they
 * are too large for it.
 */
export function allocate(sizes: readonly { rows: number; columns: number }[], moreBytes: number, name: string) {
  let at = start
  const matrices = sizes.map(({ rows, columns }) => {
    const stride = strideOf(columns)
    const matrix = { rows, columns, stride, at }
    at += rows * stride
    return matrix
  })
  const moreAt = at
  at += moreBytes
  // a few pages for each thread's own numbers
  const pages = Math.ceil(at / pageBytes)
  if (pages > maxPages - 4096)
    throw new UserError(`${name} holds ${Math.ceil(at / 2 ** 20)} MiB of numbers`, 'models of up to 3.7 GiB can be used')
  return { memory: new WebAssembly.Memory({ initial: pages, maximum: maxPages, shared: true }), matrices, moreAt }
}

export const bytesOf = (memory: WebAssembly.Memory, at: number, length: number): Uint8Array => new Uint8Array(memory.buffer, at, length)

/** What a thread works with: the kernels, and memory that it shares with no other. */
export interface Workplace {
  kernels: FastTextKernels
  /** Sums of rows, and where they are. */
  sum: Float32Array
  sumAt: number
  /** Products of the sum with the rows of another matrix. */
  products: Float32Array
  productsAt: number
  /** Numbers of rows to be added up, and room for as many hashes. */
  rows: Int32Array
  rowsAt: number
  hashes: Int32Array
  hashesAt: number
  /** A word, or a stretch of one. */
  word: Uint8Array
  wordAt: number
}

/** How many row numbers wait before they are added up. */
const rowsAtOnce = 1 << 13
const wordBytes = 1 << 14

/** Every call takes memory that is never given back: once per thread and model. */
export function workplaceIn(memory: WebAssembly.Memory, columns: number, products: number): Workplace {
  const [sumBytes, productBytes, rowBytes] = [strideOf(columns), strideOf(products), rowsAtOnce * 4]
  const pages = Math.ceil((sumBytes + productBytes + 2 * rowBytes + wordBytes) / pageBytes)
  let sumAt: number
  try {
    sumAt = memory.grow(pages) * pageBytes
  } catch {
    throw new UserError('too many threads have used one fastText model', 'give fewer workers')
  }
  const { buffer } = memory
  const productsAt = sumAt + sumBytes
  const rowsAt = productsAt + productBytes
  const hashesAt = rowsAt + rowBytes
  const wordAt = hashesAt + rowBytes
  return {
    kernels: fastTextKernels(memory),
    sumAt,
    sum: new Float32Array(buffer, sumAt, columns),
    productsAt,
    products: new Float32Array(buffer, productsAt, products),
    rowsAt,
    rows: new Int32Array(buffer, rowsAt, rowsAtOnce),
    hashesAt,
    hashes: new Int32Array(buffer, hashesAt, rowsAtOnce),
    wordAt,
    word: bytesOf(memory, wordAt, wordBytes),
  }
}
