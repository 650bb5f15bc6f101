import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { readResult, resultFolder } from '../../src/pipeline/ledger.ts'
import { needPlan } from '../../src/pipeline/run_folder.ts'
import { runTask } from '../../src/pipeline/run_task.ts'
import { cli, crawl, decant, filesBelow, fileWith, products, random, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const pipeline = fileWith(
  dir,
  'p.yaml',
  'name: tasks\nsteps:\n  - extract_html\n  - char_count: {min: 100}\n  - exact_dedup: {partitions: 2}\n  - minhash_dedup: {partitions: 2}\n  - word_count: {min: 20}\n',
)
const input = ['-i', `${crawl}*.warc.gz`, '--split-bytes', '100kB']
const whole = join(dir, 'whole')
let expected: Record<string, string> = {}

beforeAll(async () => {
  expect((await decant(['run', pipeline, ...input, '-o', whole, '-q'])).code).toBe(0)
  expected = products(whole)
  expect(Object.keys(expected).length).toBeGreaterThan(40)
})

const planned = async (name: string): Promise<string> => {
  const run = join(dir, name)
  expect((await decant(['plan', pipeline, ...input, '--write', run])).code).toBe(0)
  return run
}

describe('tasks as processes of their own', () => {
  test('in shares, by number and from a list: the same bytes as one command', async () => {
    const run = await planned('by-hand')
    const missing = async (pass: string): Promise<string[]> =>
      (await decant(['missing', run, '--pass', pass])).stdout.split('\n').filter((line) => line !== '')
    const all = await missing('0')
    expect(all.length).toBeGreaterThan(10)
    expect(await missing('1')).toEqual([])
    expect((await decant(['task', run, '--task', all[0]!])).code).toBe(0)
    expect((await decant(['task', run, '--pass', '0', '--share', '1', '--of', '3'])).code).toBe(0)
    const some = await missing('0')
    expect(some.length).toBeLessThan((all.length * 2) / 3 + 1)
    // A later pass has to wait.
    const early = await decant(['task', run, '--pass', '1'])
    expect([early.code, early.stderr]).toEqual([75, `decant task: pass 0 lacks ${some.length} of ${all.length} tasks\n`])
    const unfinished = await decant(['finish', run])
    expect([unfinished.code, unfinished.stderr.split('\n')[0]]).toEqual([75, `decant: pass 0 lacks ${some.length} of ${all.length} tasks`])
    const list = fileWith(dir, 'list', some.join('\n'))
    expect((await decant(['task', run, '--pass', '0', '--among', list])).code).toBe(0)
    const passes = needPlan(run).passes.length
    for (let i = 1; i < passes; i++) expect((await decant(['task', run])).code).toBe(0)
    expect((await decant(['task', run])).stderr).toMatch(/nothing is missing/)
    expect((await decant(['finish', run])).code).toBe(0)
    expect(products(run)).toEqual(expected)
    expect((await decant(['verify', run])).code).toBe(0)
    // And the command of the whole run finds nothing to do.
    expect((await decant(['run', pipeline, ...input, '-o', run, '-q'])).code).toBe(0)
    expect(products(run)).toEqual(expected)
  })

  test('an index of a job array stands for --share', async () => {
    const run = await planned('array')
    const { plan } = { plan: needPlan(run) }
    const child = spawn(process.execPath, [cli, 'task', run, '--pass', '0', '--of', String(plan.inputs.splits)], {
      env: { ...process.env, JOB_COMPLETION_INDEX: '2' },
      stdio: 'ignore',
    })
    expect((await once(child, 'exit'))[0]).toBe(0)
    expect(readdirSync(join(run, 'work', `0.${plan.passes[0]!.key}`)).filter((name) => !name.startsWith('.'))).toHaveLength(1)
  })

  test.each([
    ['--pass nine', 64, /has no pass of that name\n {2}hint: passes: 0, 0-exact/],
    ['--task 999', 64, /task 999: pass 0 has \d+ tasks, numbered from 0/],
    ['--share 3 --of 3', 64, /shares are numbered from 0 to 2/],
    ['--share 3', 64, /missing --of/],
    ['--among nowhere', 64, /--among nowhere: cannot be read \(ENOENT\)/],
  ])('%s: exit %i', async (args, code, message) => {
    const run = existsSync(join(dir, 'wrong')) ? join(dir, 'wrong') : await planned('wrong')
    const result = await decant(['task', run, ...args.split(' ')])
    expect([result.code, result.stdout]).toEqual([code, ''])
    expect(result.stderr).toMatch(message)
  })

  test('an input that is gone fails its task alone, and may come back', async () => {
    const run = join(dir, 'gone')
    const [a, b] = ['a', 'b'].map((name) => fileWith(dir, `${name}.jsonl`, `${JSON.stringify({ id: name, text: `text ${name}` })}\n`)) as [
      string,
      string,
    ]
    const steps = fileWith(dir, 'q.yaml', 'name: q\nsteps:\n  - char_count: {min: 1}\n')
    expect((await decant(['plan', steps, '-i', a, b, '--write', run])).code).toBe(0)
    rmSync(a)
    const failed = await decant(['task', run])
    expect([failed.code, failed.stderr]).toEqual([
      75,
      expect.stringMatching(/1 task done, 0 done already, 1 failed\ndecant task: task 0: ENOENT/),
    ])
    // Another file under its name is not what was planned.
    fileWith(dir, 'a.jsonl', '{"id":"a","text":"longer than it was"}\n')
    const other = await decant(['task', run])
    expect([other.code, other.stderr]).toEqual([64, expect.stringMatching(/a\.jsonl: has 39 bytes, and had 27 when the run was planned/)])
    fileWith(dir, 'a.jsonl', `${JSON.stringify({ id: 'a', text: 'text a' })}\n`)
    expect((await decant(['task', run])).stderr).toMatch(/1 task done, 1 done already, 0 failed/)
    expect((await decant(['finish', run])).code).toBe(0)
  })

  test('a failure that cannot be noted is told all the same, and the other tasks run', async () => {
    const run = join(dir, 'unnoted')
    const files = ['c', 'd'].map((name) => fileWith(dir, `${name}.jsonl`, `${JSON.stringify({ id: name, text: `text ${name}` })}\n`))
    const steps = fileWith(dir, 'q.yaml', 'name: q\nsteps:\n  - char_count: {min: 1}\n')
    expect((await decant(['plan', steps, '-i', ...files, '--write', run])).code).toBe(0)
    rmSync(files[0]!)
    const pass = join(run, 'work', `0.${needPlan(run).passes[0]!.key}`)
    mkdirSync(pass, { recursive: true })
    fileWith(pass, '.failed', 'where a folder should be')
    const failed = await decant(['task', run])
    expect([failed.code, failed.stderr]).toEqual([
      75,
      expect.stringMatching(/1 task done, 0 done already, 1 failed\ndecant task: task 0: ENOENT/),
    ])
  })

  test('SIGTERM: the task at hand is given up, exit 75, nothing half-written', async () => {
    const run = await planned('stopped')
    const { code } = await decant(['task', run], {
      onStart: (kill) => {
        const timer = setInterval(() => {
          if (!filesBelow(join(run, 'work')).some((path) => path.includes('spool'))) return
          clearInterval(timer)
          kill('SIGTERM')
        }, 5)
      },
    })
    expect(code).toBe(75)
    expect(filesBelow(join(run, 'work')).filter((path) => path.includes('.attempts'))).toEqual([])
  })
})

test('three processes at the same tasks, ten of them killed: the same bytes', async () => {
  const run = await planned('race')
  const next = random(7)
  let kills = 0
  for (let round = 0; round < 40 && (await decant(['missing', run])).stdout !== ''; round++) {
    const children = Array.from({ length: 3 }, () => spawn(process.execPath, [cli, 'task', run], { stdio: 'ignore' }))
    const ends = children.map((child) => once(child, 'exit'))
    if (kills < 10) {
      await new Promise((resolve) => setTimeout(resolve, 300 + next() * 700))
      for (const child of children.slice(0, 2)) if (child.exitCode === null && child.kill('SIGKILL')) kills++
    }
    await Promise.all(ends)
  }
  expect(kills).toBeGreaterThan(3)
  expect((await decant(['finish', run])).code).toBe(0)
  expect(products(run)).toEqual(expected)
}, 120_000)

test('late attempts at a task take nothing away from those that read what it wrote', async () => {
  const run = await planned('late')
  expect((await decant(['task', run])).code).toBe(0)
  const plan = needPlan(run)
  // Seals the pass, and tidies up.
  expect((await decant(['missing', run])).code).toBe(0)
  const late = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { runTask } = await import(process.argv[1]); for (;;) await runTask({ dir: process.argv[2], pass: 0, index: 0 })`,
      new URL('../../dist/pipeline/run_task.js', import.meta.url).href,
      run,
    ],
    { stdio: 'ignore' },
  )
  try {
    const reads = new Set<string>()
    for (let i = 0; i < 100; i++) {
      const entry = await runTask({ dir: run, pass: 1, index: 0 })
      reads.add(JSON.stringify(entry.reads))
      rmSync(join(run, resultFolder(plan.passes[1]!, 0)), { recursive: true })
      await setImmediate()
    }
    expect([reads.size, late.exitCode]).toEqual([1, null])
    expect(readResult(run, plan.passes[0]!, 0)).toBeUndefined()
  } finally {
    late.kill('SIGKILL')
  }
})
