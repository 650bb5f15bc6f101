import type { ModelReader } from '../model_reader.ts'
import { bytesOf, type Matrix } from './memory.ts'

/** What stands in the file before the numbers of a matrix. */
export interface MatrixHead {
  quantised: boolean
  /** Whether rows were divided by their length before they were quantised. */
  normalised: boolean
  rows: number
  columns: number
}

export function readMatrixHead(reader: ModelReader, quantised: boolean): MatrixHead {
  const normalised = quantised && reader.boolean()
  const [rows, columns] = [reader.int64(), reader.int64()]
  reader.expect(rows >= 0 && columns > 0 && (quantised ? rows : rows * columns * 4) <= reader.left)
  return { quantised, normalised, rows, columns }
}

/** Read a matrix into memory. Returns what the products of its rows have yet to be multiplied with, unless `scaled` asks for that to be done. */
export function readMatrix(
  reader: ModelReader,
  head: MatrixHead,
  memory: WebAssembly.Memory,
  matrix: Matrix,
  scaled: boolean,
): Float32Array | null {
  if (head.quantised) return readQuantised(reader, head, memory, matrix, scaled)
  readDense(reader, memory, matrix)
  return null
}

function readDense(reader: ModelReader, memory: WebAssembly.Memory, { rows, columns, stride, at }: Matrix): void {
  const rowBytes = columns * 4
  const target = bytesOf(memory, at, rows * stride)
  if (rowBytes === stride) {
    reader.fill(target)
    return
  }
  const chunk = new Uint8Array(rowBytes * Math.max(1, Math.floor((1 << 20) / rowBytes)))
  for (let row = 0; row < rows; ) {
    const bytes = chunk.subarray(0, Math.min(chunk.length, (rows - row) * rowBytes))
    reader.fill(bytes)
    for (let from = 0; from < bytes.length; from += rowBytes) target.set(bytes.subarray(from, from + rowBytes), row++ * stride)
  }
}

/** Product quantisation (Jégou 2011): each row is a sequence of codes, each of which stands for a few columns. */
function readQuantised(
  reader: ModelReader,
  { normalised, rows, columns }: MatrixHead,
  memory: WebAssembly.Memory,
  matrix: Matrix,
  scaled: boolean,
): Float32Array | null {
  const codes = reader.take(reader.int32())
  const centroids = readCentroids(reader)
  const { parts, width } = centroids
  reader.expect(codes.length === rows * parts && centroids.columns === columns)
  const norms = normalised ? readNorms(reader, rows) : null
  const values = new Float32Array(memory.buffer, matrix.at, (rows * matrix.stride) / 4)
  for (let row = 0; row < rows; row++) {
    const norm = norms && scaled ? norms[row]! : 1
    for (let part = 0; part < parts; part++) {
      const from = centroids.offset(part, codes[row * parts + part]!)
      const to = (row * matrix.stride) / 4 + part * width
      const columnsLeft = Math.min(width, columns - part * width)
      for (let i = 0; i < columnsLeft; i++) values[to + i] = norm * centroids.values[from + i]!
    }
  }
  return scaled ? null : norms
}

function readNorms(reader: ModelReader, rows: number): Float32Array {
  const codes = reader.take(rows)
  const { values } = readCentroids(reader)
  return Float32Array.from(codes, (code) => values[code]!)
}

const centroidsPerPart = 256

function readCentroids(reader: ModelReader) {
  const [columns, parts, width, lastWidth] = [reader.int32(), reader.int32(), reader.int32(), reader.int32()]
  reader.expect(columns > 0 && parts > 0 && (parts - 1) * width + lastWidth === columns && lastWidth > 0 && lastWidth <= width)
  const values = reader.floats(columns * centroidsPerPart)
  /** Where the centroid that `code` stands for begins; those of the last part may be narrower. */
  const offset = (part: number, code: number): number => part * centroidsPerPart * width + code * (part === parts - 1 ? lastWidth : width)
  return { columns, parts, width, values, offset }
}
