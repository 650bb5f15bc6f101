import { readFileSync } from 'node:fs'
import { UserError } from '../core/errors.ts'

/** Types of numbers, by NumPy's names for them. */
const types: Record<string, { bytes: number; read(view: DataView, at: number): number }> = {
  '<i4': { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  '<i8': { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  '<u8': { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
  '<f4': { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  '<f8': { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
}

const magic = '\x93NUMPY'

/** Read the numbers of an array of one dimension from a `.npy` file. Throws a UserError for any other. */
export function readNumpyFile(path: string): Float64Array {
  let file: Buffer
  try {
    file = readFileSync(path)
  } catch (error) {
    throw new UserError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  const wrong = new UserError(`${path} is not a NumPy array of one dimension, or a damaged one`, 'expected a .npy file of numbers')
  if (file.length < 12 || file.toString('latin1', 0, magic.length) !== magic) throw wrong
  const isFirstVersion = file[magic.length] === 1
  const headerAt = magic.length + (isFirstVersion ? 4 : 6)
  const start = headerAt + (isFirstVersion ? file.readUInt16LE(8) : file.readUInt32LE(8))
  const header = /'descr': '(.{3})'.*'shape': \((\d+),\)/.exec(file.toString('latin1', headerAt, start))
  const type = types[header?.[1] ?? '']
  const length = Number(header?.[2])
  if (type === undefined || file.length !== start + length * type.bytes) throw wrong
  const view = new DataView(file.buffer, file.byteOffset + start)
  return Float64Array.from({ length }, (_, i) => type.read(view, i * type.bytes))
}
