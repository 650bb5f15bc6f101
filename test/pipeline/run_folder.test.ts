import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, utimesSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { planRun } from '../../src/commands/run.ts'
import { openRun, openRunFolder } from '../../src/pipeline/run_folder.ts'
import { filesBelow, fileWith, temporaryFolder } from '../support.ts'

const root = temporaryFolder()
const pipeline = fileWith(root, 'p.yaml', 'name: p\nsteps: []\n')
const input = fileWith(root, 'a.jsonl', '{"text":"a"}\n')
const { plan, splits } = await planRun(pipeline, { input: [input], set: [] })
let dir = ''
let folders = 0

beforeEach(() => {
  dir = join(root, `folder${folders++}`)
  mkdirSync(dir)
})

const lockOf = (pid: number, host = hostname()): void => void fileWith(dir, '.lock', JSON.stringify({ pid, host }))

test('only S3 can hold runs', () => {
  expect(() => openRun('https://example.org/run')).toThrow(
    /^-o https:\/\/example.org\/run: runs can be written to local folders and to s3:\/\/$/,
  )
})

test.each([['/proc/decant/run', /^-o \/proc\/decant\/run: cannot be (?:made|created) \(ENOENT\)/]])('%s is refused', (folder, message) => {
  expect(() => openRunFolder(folder, plan, splits)).toThrow(message)
})

describe('a folder is taken', () => {
  test.each<[string, () => void]>([
    ['when it is empty', () => {}],
    ['after a kill before there was a plan', () => fileWith(dir, 'plan.json.123.part', '{')],
    // No process has the highest number that Linux gives.
    ['after a kill that left its lock', () => lockOf(4_194_304)],
    ['after a kill that left its lock unwritten', () => fileWith(dir, '.lock', '')],
    [
      'after a machine that is gone has left its lock',
      () => {
        lockOf(1, 'elsewhere')
        utimesSync(join(dir, '.lock'), new Date(0), new Date(Date.now() - 3_600_000))
      },
    ],
    ['when another machine’s mount left a hidden file', () => fileWith(dir, '.nfs0001', '')],
  ])('%s', (_, prepare) => {
    prepare()
    const release = openRunFolder(dir, plan, splits)
    expect(filesBelow(dir)).toContain('.lock')
    release()
    expect(filesBelow(dir).filter((name) => !name.startsWith('.nfs'))).toEqual(['plan.json', 'splits'])
  })

  test('and what a kill left half-written goes, whole files stay', () => {
    openRunFolder(dir, plan, splits)()
    const pass = `0.${plan.passes[0]!.key}`
    // No process has the highest number that Linux gives; of processes elsewhere nothing is known.
    const [dead, elsewhere] = [`${hostname()}.4194304.x`, 'elsewhere.1.x'].map((name) => `work/${pass}/.attempts/${name}`)
    const whole = ['data/00000.parquet', `ledger/${pass}`, `work/${pass}/00001/keys`, `${elsewhere}/keys`]
    const gone = [
      `${dead}/keys`,
      `ledger/${pass}.77.1234.part`,
      'manifest.json.77.1234.part',
      'work/0.otherkey/00000/keys',
      'ledger/0.otherkey',
    ]
    for (const path of [...whole, ...gone]) {
      mkdirSync(join(dir, dirname(path)), { recursive: true })
      fileWith(dir, path, 'x')
    }
    openRunFolder(dir, plan, splits)()
    expect(filesBelow(dir)).toEqual([...whole, 'plan.json', 'splits'].sort())
  })
})

describe('a folder is refused', () => {
  test.each<[string, () => void, RegExp]>([
    ['while another process works in it', () => lockOf(process.ppid), /another decant \(process \d+ on .+\) is working in it$/],
    [
      'while one on another machine may',
      () => lockOf(4_194_304, 'elsewhere'),
      /another decant \(process 4194304 on elsewhere\) is working in it$/,
    ],
    ['when it holds other things', () => fileWith(dir, 'thesis.tex', ''), /the folder is not empty and holds no run$/],
    ['when its plan is damaged', () => fileWith(dir, 'plan.json', '{'), /plan\.json: damaged: /],
  ])('%s, and nothing in it changes', (_, prepare, message) => {
    prepare()
    const before = filesBelow(dir)
    expect(() => openRunFolder(dir, plan, splits)).toThrow(message)
    expect(filesBelow(dir)).toEqual(before)
  })
})

test('of many processes that find a dead lock at once, one takes the folder', async () => {
  lockOf(4_194_304)
  // Each holds what it has taken until all have tried.
  const script = `
    const { openRunFolder } = await import(process.argv[1])
    const { plan, splits } = JSON.parse(process.argv[3])
    try { openRunFolder(process.argv[2], plan, splits); console.log('taken') } catch (error) { console.log(error.name) }
    await new Promise((resolve) => process.stdin.once('end', resolve).resume())`
  const module = new URL('../../dist/pipeline/run_folder.js', import.meta.url).href
  const children = Array.from({ length: 8 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script, module, dir, JSON.stringify({ plan, splits })], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )
  const said = await Promise.all(children.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]).trim()))
  for (const { stdin } of children) stdin.end()
  expect(said.sort()).toEqual([...Array<string>(7).fill('UserError'), 'taken'])
})
