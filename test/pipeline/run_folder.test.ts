import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, utimesSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { finish, planRun, unfinish } from '../../src/commands/run.ts'
import { runLocal } from '../../src/executors/local.ts'
import { passFolder, tidy } from '../../src/pipeline/ledger.ts'
import { PassResults } from '../../src/pipeline/pass_results.ts'
import { openRun, openRunFolder } from '../../src/pipeline/run_folder.ts'
import { filesBelow, fileWith, products, temporaryFolder } from '../support.ts'

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

describe('a folder whose plan is gone', () => {
  const finished = async (): Promise<string[]> => {
    const release = openRunFolder(dir, plan, splits)
    expect((await runLocal(plan, dir, { workers: 0 })).failed).toEqual([])
    release()
    rmSync(join(dir, 'plan.json'))
    return filesBelow(dir)
  }
  const ran = async (): Promise<string[]> => {
    const done: string[] = []
    const release = openRunFolder(dir, plan, splits)
    const onTask = ({ pass, index }: { pass: string; index: number }, reused: boolean): void =>
      void (reused || done.push(`${pass}/${index}`))
    expect((await runLocal(plan, dir, { workers: 0, onTask })).failed).toEqual([])
    release()
    return done
  }

  test.each<[string, () => void, string[]]>([
    ['keeps its results', () => {}, []],
    ['runs again what its table of splits no longer tells', () => fileWith(dir, 'splits', 'damaged'), ['0/0']],
  ])('%s', async (_, prepare, expected) => {
    const before = await finished()
    prepare()
    expect(await ran()).toEqual(expected)
    expect(filesBelow(dir)).toEqual([...before, 'plan.json'].sort())
  })

  test('is refused when its results are of another pipeline', async () => {
    const before = await finished()
    const other = await planRun(fileWith(root, 'q.yaml', 'name: p\nsteps:\n  - char_count: {min: 2}\n'), { input: [input], set: [] })
    expect(() => openRunFolder(dir, other.plan, other.splits)).toThrow(/the folder is not empty and holds no run$/)
    expect(filesBelow(dir)).toEqual(before)
  })
})

test.each<[string, (other: typeof plan) => void]>([
  ['another plan', (other) => openRunFolder(dir, other, splits)()],
  ['taking results back', () => new PassResults(dir, plan, plan.passes[0]!).takeBack([0, 1, 2])],
  ['tidying up', () => tidy(dir, plan.passes[0]!, [])],
])('while a task writes all the time, %s removes what it has to', async (_, remove) => {
  openRunFolder(dir, plan, splits)()
  const other: typeof plan = { ...plan, passes: plan.passes.map((pass) => ({ ...pass, key: 'another' })) }
  const pass = join(dir, passFolder(plan.passes[0]!))
  // It makes folders and files in a result and in its attempt, and begins again when they are gone.
  const script = `
    const { mkdirSync, writeFileSync } = require('node:fs')
    for (let i = 0; ; i++) try {
      for (const folder of ['.attempts/elsewhere.1.x', '00000', '00001']) {
        mkdirSync(process.argv[1] + '/' + folder, { recursive: true })
        writeFileSync(process.argv[1] + '/' + folder + '/' + i, '')
      }
      if (i === 50) console.log('writing')
    } catch {}`
  const child = spawn(process.execPath, ['-e', script, pass], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await once(child.stdout, 'data')
    for (let i = 0; i < 100; i++) expect(() => remove(i % 2 ? plan : other)).not.toThrow()
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  openRunFolder(dir, other, splits)()
  expect(filesBelow(dir)).toEqual(['plan.json', 'splits'])
})

describe('a driver whose lock was taken away', () => {
  const results = (): PassResults => new PassResults(dir, plan, plan.passes[0]!)
  test.each<[string, () => unknown]>([
    ['takes no result back', () => results().takeBack([0])],
    ['seals nothing', () => results().finish()],
    ['writes no manifest', () => finish(plan, dir)],
    ['removes no manifest', async () => unfinish(dir)],
  ])('%s, and leaves the other one its lock', async (_, act) => {
    openRunFolder(dir, plan, splits)()
    expect((await runLocal(plan, dir, { workers: 0 })).failed).toEqual([])
    await finish(plan, dir)
    const release = openRunFolder(dir, plan, splits)
    // As another machine does when this one was asleep.
    lockOf(1, 'elsewhere')
    fileWith(dir, 'manifest.json.1.aside.part', '')
    const before = products(dir)
    const files = filesBelow(dir)
    await expect((async () => await act())()).rejects.toThrow(/another decant \(process 1 on elsewhere\) has taken the lock away/)
    release()
    expect([products(dir), filesBelow(dir)]).toEqual([before, files])
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
