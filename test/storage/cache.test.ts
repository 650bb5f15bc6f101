import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { repository, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const file = { url: 'https://a.example/a', bytes: 1000, tag: '"a"' }
const block = Buffer.alloc(1000, 'x')
let folders = 0
let processes = 0
let folder = ''

/** A process that has not used the cache yet. */
async function fresh(bytes = 1e6): Promise<typeof import('../../src/storage/cache.ts')> {
  vi.stubEnv('DECANT_CACHE', folder)
  vi.stubEnv('DECANT_CACHE_BYTES', String(bytes))
  return await import(/* @vite-ignore */ `${join(repository, 'dist/storage/cache.js')}?${processes++}`)
}

beforeEach(() => {
  folder = join(dir, `${folders++}`)
})

test('what was kept is there, for the same file and block alone', async () => {
  const { cached, keep } = await fresh()
  keep(file, 0, 1000, block)
  expect(cached(file, 0, 1000)).toEqual(block)
  expect(cached(file, 0, 999)).toBeUndefined()
  expect(cached({ ...file, tag: '"b"' }, 0, 1000)).toBeUndefined()
})

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['a changed byte', (bytes) => Buffer.from(bytes.map((byte, i) => (i === 500 ? byte ^ 1 : byte)))],
  ['cut short', (bytes) => bytes.subarray(0, 700)],
  ['empty', () => Buffer.alloc(0)],
])('a damaged entry is none: %s', async (_, damage) => {
  const { cached, keep } = await fresh()
  keep(file, 0, 1000, block)
  const [name] = readdirSync(folder)
  writeFileSync(join(folder, name!), damage(readFileSync(join(folder, name!))))
  expect(cached(file, 0, 1000)).toBeUndefined()
})

test('a listed file of which nobody can say whether it changed is not kept', async () => {
  const { cached, keep } = await fresh()
  keep({ ...file, tag: '' }, 0, 1000, block)
  expect(cached({ ...file, tag: '' }, 0, 1000)).toBeUndefined()
})

test('many processes that write little each stay below the limit together', async () => {
  const limit = 100_000
  for (let i = 0; i < 120; i++) {
    const { keep } = await fresh(limit)
    for (const k of [0, 1]) keep({ ...file, url: `https://a.example/${i}-${k}` }, 0, 1000, block)
  }
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size)
  const total = sizes.reduce((a, b) => a + b, 0)
  // What the last one wrote is looked at by the next.
  expect(total).toBeLessThanOrEqual(limit + 2 * 1032)
  expect(total).toBeGreaterThan(limit / 2)
})

test('the least recently used go first; a limit below one block keeps none', async () => {
  const { cached, keep } = await fresh()
  keep(file, 0, 1000, block)
  const [name] = readdirSync(folder)
  utimesSync(join(folder, name!), 0, 0)
  const next = await fresh(1500)
  next.keep(file, 1000, 2000, block)
  expect([cached(file, 0, 1000), cached(file, 1000, 2000)]).toEqual([undefined, block])
  const none = await fresh(500)
  none.keep(file, 2000, 3000, block)
  expect(readdirSync(folder)).toEqual([])
})

test('a cache that cannot be written to is none', async () => {
  mkdirSync(dir, { recursive: true })
  writeFileSync(folder, 'a file')
  const { cached, keep } = await fresh()
  keep(file, 0, 1000, block)
  expect(cached(file, 0, 1000)).toBeUndefined()
})
