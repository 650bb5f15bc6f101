import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { writerOf } from '../../src/pipeline/ledger.ts'
import { needPlan } from '../../src/pipeline/run_folder.ts'
import { crawl, decant, filesBelow, fileWith, forgetAfter, products, random, runHere, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const whole = join(dir, 'whole')
const pipeline = fileWith(
  dir,
  'p.yaml',
  `name: damage
steps:
  - extract_html
  - exact_dedup: {partitions: 2}
  - line_dedup: {partitions: 1}
  - minhash_dedup: {verify: 0.7, partitions: 1}
  - token_count
`,
)
const inputs = [0, 1].map((i) => `${crawl}CC-MAIN-20250512-0000${i}.warc.gz`)
let expected: Record<string, string> = {}

beforeAll(async () => {
  await runHere(pipeline, inputs, whole, { keepRemoved: true })
  expected = products(whole)
})

const passIn = (path: string): string => writerOf(join('work', path)).pass.name

/** Every kind of file that one task writes for another, one of each, with the pass that wrote it. */
function kinds(): [kind: string, file: string][] {
  const found = new Map<string, string>()
  for (const path of filesBelow(join(whole, 'work'))) {
    const kind = `${passIn(path).replace(/^\d-/, '')} ${basename(path)}`
    if (readFileSync(join(whole, 'work', path)).length > 0) found.set(kind, path)
  }
  return [...found]
}

test('there are files of every kind', () => {
  const names = new Set(kinds().map(([kind]) => kind.split(' ')[1]))
  expect([...names].sort()).toEqual(
    expect.arrayContaining([
      'drops',
      'errors.jsonl',
      'fates',
      'edges',
      'keys',
      'labels-0',
      'members-0',
      'segments',
      'shingles',
      'signed',
      'spool',
    ]),
  )
})

describe('one flipped bit in what a task reads', () => {
  const next = random(11)
  const out = join(dir, 'flipped')

  test('makes its writer run again, and the result is the same', async () => {
    for (const [kind, file] of kinds()) {
      rmSync(out, { recursive: true, force: true })
      cpSync(whole, out, { recursive: true })
      const bytes = readFileSync(join(out, 'work', file))
      bytes[Math.floor(next() * bytes.length)]! ^= 1 << Math.floor(next() * 8)
      writeFileSync(join(out, 'work', file), bytes)
      // The passes after it run, and read it.
      forgetAfter(out, passIn(file))
      const { code } = await runHere(pipeline, inputs, out, { keepRemoved: true })
      expect([kind, code, products(out)]).toEqual([kind, 0, expected])
    }
  })

  test('of the manifest: verify finds it, and finish writes it anew', async () => {
    rmSync(out, { recursive: true, force: true })
    cpSync(whole, out, { recursive: true })
    const manifest = join(out, 'manifest.json')
    const bytes = readFileSync(manifest)
    const places = ['{', '"format"', '"outputs"', '"sha256"', '"kept"', '"path"', '0'].map((text) => bytes.indexOf(text))
    for (const at of [...places, ...places.map((at) => at + 1), bytes.length - 1]) {
      const flipped = Buffer.from(bytes)
      flipped[at]! ^= 1 << Math.floor(next() * 8)
      writeFileSync(manifest, flipped)
      const { code, stdout, stderr } = await decant(['verify', out])
      expect([at, code, `${stdout}${stderr}`]).toEqual([
        at,
        expect.toBeOneOf([1, 2]),
        expect.stringMatching(/manifest\.json(?: has changed|: damaged|: format)/),
      ])
      expect(stderr).not.toContain('internal error')
    }
    expect((await decant(['finish', out])).code).toBe(0)
    expect(products(out)).toEqual(expected)
    expect((await decant(['verify', out])).code).toBe(0)
  })

  test('of the ledger: its tasks run again', async () => {
    for (const pass of readdirSync(join(whole, 'ledger'))) {
      rmSync(out, { recursive: true, force: true })
      cpSync(whole, out, { recursive: true })
      const seal = join(out, 'ledger', pass)
      const bytes = readFileSync(seal)
      bytes[Math.floor(next() * bytes.length)]! ^= 1
      writeFileSync(seal, bytes)
      const { code } = await runHere(pipeline, inputs, out, { keepRemoved: true })
      expect([pass, code, products(out)]).toEqual([pass, 0, expected])
    }
  })

  test('of the plan: it is named', () => {
    rmSync(out, { recursive: true, force: true })
    cpSync(whole, out, { recursive: true })
    const path = join(out, 'plan.json')
    writeFileSync(path, readFileSync(path, 'utf8').replace('"partitions": 2', '"partitions": 3'))
    expect(() => needPlan(out)).toThrow(UserError)
    expect(() => needPlan(out)).toThrow('damaged (its checksum is wrong)')
  })
})
