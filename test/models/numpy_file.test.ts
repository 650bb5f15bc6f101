import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readNumpyFile } from '../../src/models/numpy_file.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const path = fileURLToPath(new URL('../../fixtures/models/garden.counts.npy', import.meta.url))
const file = readFileSync(path)
const numpy = (descr: string, shape: string, data: Uint8Array): Buffer => {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }\n`
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\0', 'latin1'), Buffer.from([header.length, 0]), Buffer.from(header), data])
}

test('counts of 100 buckets', () => {
  const counts = readNumpyFile(path)
  expect([counts.length, counts.reduce((a, b) => a + b)]).toEqual([100, 73])
})

test.each<[descr: string, data: Uint8Array]>([
  ['<i4', new Uint8Array(Int32Array.of(3, -4).buffer)],
  ['<i8', new Uint8Array(BigInt64Array.of(3n, -4n).buffer)],
  ['<f4', new Uint8Array(Float32Array.of(3, -4).buffer)],
  ['<f8', new Uint8Array(Float64Array.of(3, -4).buffer)],
])('%s', (descr, data) => {
  expect([...readNumpyFile(fileWith(dir, 'numbers.npy', numpy(descr, '(2,)', data)))]).toEqual([3, -4])
})

test.each<[name: string, content: Uint8Array]>([
  ['empty.npy', new Uint8Array()],
  ['cut.npy', file.subarray(0, file.length - 1)],
  ['matrix.npy', numpy('<i4', '(2, 1)', new Uint8Array(8))],
  ['strings.npy', numpy('<U1', '(2,)', new Uint8Array(8))],
])('%s', (name, content) => {
  expect(() => readNumpyFile(fileWith(dir, name, content))).toThrow('is not a NumPy array of one dimension, or a damaged one')
})

test('a file that is not there', () => {
  expect(() => readNumpyFile(`${dir}/none.npy`)).toThrow('none.npy cannot be read (ENOENT)')
})
