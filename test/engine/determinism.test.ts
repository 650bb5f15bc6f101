import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { crawl, decant, filesBelow, fileWith, products, random, runHere, temporaryFolder, twoPasses } from '../support.ts'

const dir = temporaryFolder()
const pipeline = fileWith(dir, 'p.yaml', twoPasses)
const shards = readdirSync(crawl)
  .filter((name) => name.endsWith('.warc.gz'))
  .map((name) => join(crawl, name))
const arguments_ = (out: string, workers: number, inputs = shards): string[] => [
  'run',
  pipeline,
  ...inputs.flatMap((path) => ['-i', path]),
  '-o',
  out,
  '-w',
  String(workers),
  '-q',
]
const undisturbed = join(dir, 'undisturbed')
let expected: Record<string, string>
let milliseconds = 0

beforeAll(async () => {
  const started = performance.now()
  const { code, stderr } = await decant(arguments_(undisturbed, 2))
  milliseconds = performance.now() - started
  expect([code, stderr]).toEqual([0, ''])
  expected = products(undisturbed)
})

describe('the same bytes', () => {
  test('from one worker thread and from two', async () => {
    expect(Object.keys(expected).length).toBe(21)
    const out = join(dir, 'one')
    await decant(arguments_(out, 1))
    expect(products(out)).toEqual(expected)
  })

  test('from no worker thread, with the shards named in another order', async () => {
    const out = join(dir, 'none')
    const [a, b, c, d, e] = shards as [string, string, string, string, string]
    await runHere(pipeline, [d, a, e, b, c, a], out)
    expect(products(out)).toEqual(expected)
  })

  test('from a folder, a glob and files', async () => {
    const out = join(dir, 'glob')
    await decant(['run', pipeline, '-i', `${crawl}*-0000[0-3].warc.gz`, shards[4]!, '-o', out, '-w', '2', '-q'])
    expect(products(out)).toEqual(expected)
  })
})

/** DECANT_KILLS=100 npx vitest run test/engine/determinism.test.ts for a longer try. */
const kills = Number(process.env['DECANT_KILLS'] ?? 2)

describe(`kill -9, ${kills} times`, () => {
  const next = random(20250512)

  test.each(Array.from({ length: Math.ceil(kills / 2) }, (_, i) => i))('at random moments, twice in run %i', async (n) => {
    const out = join(dir, `killed-${n}`)
    for (let kill = 0; kill < 2; kill++) {
      const delay = milliseconds * (0.25 + 0.75 * next())
      await decant(arguments_(out, 2), { onStart: (end) => setTimeout(() => end('SIGKILL'), delay) })
      // Whatever stands under a final name is whole: the same bytes as in the undisturbed run.
      for (const [path, hash] of Object.entries(products(out))) expect([path, hash]).toEqual([path, expected[path]])
    }
    const { code, stderr } = await decant(arguments_(out, 2))
    expect([code, stderr]).toEqual([0, ''])
    expect(products(out)).toEqual(expected)
    expect(filesBelow(out).filter((path) => path.includes('.part'))).toEqual([])
    expect(existsSync(join(out, '.lock'))).toBe(false)
  })
})

test('Ctrl-C: exit 130, a word, nothing half-written, and the same command goes on to the same bytes', async () => {
  const out = join(dir, 'interrupted')
  const args = [...arguments_(out, 1).slice(0, -1), '--json']
  let asked = false
  const { code, stderr, stdout } = await decant(args, {
    onOutput: (text, kill) => {
      if (asked || !text.includes('"event":"task"')) return
      asked = true
      kill('SIGINT')
    },
  })
  expect([code, stderr]).toEqual([130, 'stopped; no partial files were kept. Run the same command again to resume.\n'])
  expect(stdout).not.toContain('"event":"done"')
  expect(existsSync(join(out, 'manifest.json'))).toBe(false)
  expect(filesBelow(out).filter((path) => path.includes('.part') || path === '.lock')).toEqual([])
  expect((await decant(args)).code).toBe(0)
  expect(products(out)).toEqual(expected)
})
