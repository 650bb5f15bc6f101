import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compileKernels } from '../../src/kernels/compile.ts'
import { Layout, tableSize } from '../../src/kernels/kernels.ts'
import { repository } from '../support.ts'

test('the modules are what the compiler makes of their source (npm run kernels writes them)', async () => {
  for (const [file, content] of Object.entries(await compileKernels())) {
    expect(readFileSync(join(repository, 'src/kernels', file), 'utf8')).toBe(content)
  }
})

test('regions do not touch, and stand until the next layout', () => {
  const layout = new Layout({ text: 6, numbers: 12 })
  layout.writeText('text', 'a€\ud83d')
  layout.write('numbers', Int32Array.of(1, -2, 3))
  expect([...layout.units('text', 3)]).toEqual([97, 0x20ac, 0xd83d])
  expect([...layout.read('numbers', 3)]).toEqual([1, -2, 3])
  expect([layout.isLatest, layout.at.numbers - layout.at.text]).toEqual([true, 32])
  const next = new Layout({ text: 0 })
  expect([layout.isLatest, next.isLatest]).toEqual([false, true])
})

test('what a large layout has taken is given back', () => {
  const size = (): number => new Layout({ a: 16 }).kernels.memory.buffer.byteLength
  expect(new Layout({ a: 100 << 20 }).kernels.memory.buffer.byteLength).toBeGreaterThan(100 << 20)
  expect(size()).toBeLessThan(1 << 20)
})

test.each([
  [0, 1024],
  [512, 1024],
  [513, 2048],
  [100_000, 262_144],
])('a table for %i entries has %i', (entries, size) => {
  expect(tableSize(entries)).toBe(size)
})
