import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { letGoOf, readShared, readStart, shareFile } from '../../src/models/shared_file.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const path = fileWith(dir, 'file', 'some bytes')

const textOf = ({ buffer, bytes }: ReturnType<typeof readShared>): string => Buffer.from(buffer, 0, bytes).toString()

test('a file as it is, with zeros behind it', () => {
  const file = readShared(path)
  expect([textOf(file), file.buffer instanceof SharedArrayBuffer, file.buffer.byteLength]).toEqual(['some bytes', false, 16])
  expect(Buffer.from(readStart(path, 4)).toString()).toBe('some')
  expect(readStart(path, 100)).toHaveLength(10)
})

test('one that is shared is the same in every thread, until it is let go', async () => {
  shareFile(path)
  const file = readShared(path)
  const code = `
    const { getEnvironmentData, workerData } = require('node:worker_threads')
    new Uint8Array(getEnvironmentData(workerData).buffer)[0] = 'S'.charCodeAt(0)`
  await new Promise((resolve) => new Worker(code, { eval: true, workerData: `decant:${path}` }).on('exit', resolve))
  expect([textOf(file), textOf(readShared(path))]).toEqual(['Some bytes', 'Some bytes'])
  letGoOf(path)
  expect(textOf(readShared(path))).toBe('some bytes')
})

test('a file that is not there', () => {
  expect(() => readShared(`${dir}/none`)).toThrow('none cannot be read (ENOENT)')
  expect(() => readStart(`${dir}/none`, 4)).toThrow('none cannot be read (ENOENT)')
})
