import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { words } from '../../src/executors/slurm.ts'
import { committedTasks } from '../../src/pipeline/ledger.ts'
import { needPlan } from '../../src/pipeline/run_folder.ts'
import { cli, crawl, decant, fileWith, products, repository, temporaryFolder } from '../support.ts'

test.each([
  ['--mem=2G  --time=4:00:00', ['--mem=2G', '--time=4:00:00']],
  [`--comment="two words" --reservation='a b'`, ['--comment=two words', '--reservation=a b']],
  ['', []],
])('options for sbatch: %j', (text, expected) => {
  expect(words(text)).toEqual(expected)
})

const dir = temporaryFolder()
const service = join(dir, 'slurm')
const script = join(repository, 'test/services/slurm.sh')
/** So that two suites can run at once. */
const SLURM_TEST_PORT = String(20_000 + (process.pid % 2000) * 8)
const env = { ...process.env, SLURM_TEST_PORT, SLURM_CONF: join(service, 'slurm.conf') }

/** Why there is no Slurm here; '' once it runs. */
function startSlurm(): string {
  const missing = ['slurmctld', 'slurmd', 'munged'].filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
  if (missing.length > 0) return `${missing.join(', ')} not installed (apt-get install slurm-wlm munge)`
  if (process.getuid?.() !== 0) return 'its daemons need root'
  const { status, stderr } = spawnSync(script, ['up', service], { env, encoding: 'utf8', timeout: 60_000 })
  return status === 0 ? '' : stderr || 'it did not start in time'
}
const problem = startSlurm()
if (problem !== '') console.warn(`The tests of a run on Slurm are skipped: ${problem}`)

const pipeline = fileWith(
  dir,
  'p.yaml',
  'name: slurm\nsteps:\n  - extract_html\n  - char_count: {min: 100}\n  - minhash_dedup: {partitions: 2}\n  - word_count: {min: 20}\n',
)
const input = ['-i', `${crawl}*.warc.gz`, '--split-bytes', '100kB']

function start(out: string, more: string[] = [], cwd = repository) {
  const args = ['run', pipeline, ...input, '-o', out, '--executor', 'slurm', ...more]
  const child = spawn(process.execPath, [cli, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (text += part))
  return { child, ended: once(child, 'exit').then(([code]) => ({ code: code as number, text })) }
}

/** Results of the first pass. */
const done = (out: string): number => (existsSync(join(out, 'plan.json')) ? committedTasks(out, needPlan(out).passes[0]!).length : 0)

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1200 && !holds(); i++) await sleep(50)
  expect(holds()).toBe(true)
}

describe.skipIf(problem !== '')('a run as Slurm jobs', () => {
  let expected: Record<string, string> = {}

  beforeAll(async () => {
    const whole = join(dir, 'whole')
    expect((await decant(['run', pipeline, ...input, '-o', whole, '-q'])).code).toBe(0)
    expected = products(whole)
  }, 60_000)
  afterAll(async () => void (await once(spawn(script, ['down', service], { env, stdio: 'ignore' }), 'exit')), 60_000)

  test('gives the same bytes, also when its driver is stopped and goes on from another folder', async () => {
    const out = join(dir, 'resumed')
    const first = start(out, ['--shares', '5', '--at-once', '2'])
    await until(() => done(out) > 0)
    first.child.kill('SIGINT')
    const stopped = await first.ended
    expect(stopped.code).toBe(130)
    expect(stopped.text).toMatch(/stopped; jobs that were submitted go on/)
    mkdirSync(join(dir, 'elsewhere'))
    const second = await start('../resumed', [], join(dir, 'elsewhere')).ended
    expect([second.code, second.text]).toEqual([0, expect.stringMatching(/records read/)])
    expect(products(out)).toEqual(expected)
    // What the first driver had submitted was not submitted again.
    expect(readdirSync(join(out, 'jobs')).filter((name) => /^0\.\d+\.tasks$/.test(name))).toHaveLength(1)
  }, 180_000)

  test('a task that always fails is reported with its log, and the run stops before the next pass', async () => {
    const out = join(dir, 'failing')
    const { code, text } = await start(out, ['--tries', '2', '--sbatch', '--export=ALL,NODE_OPTIONS=--no-such-option']).ended
    expect([code, text]).toEqual([1, expect.stringMatching(/given up after 2 tries: its job ended without a word/)])
    expect(text).toMatch(/log .*jobs\/0-\d+-\d+\.log:\n.*no-such-option/)
    expect(text).toMatch(/\d+ of \d+ shards failed; the others are kept/)
  }, 120_000)

  test('gives the same bytes when a task, a node and a daemon die', async () => {
    const out = join(dir, 'disturbed')
    const { ended } = start(out, ['--shares', '8', '--patience', '15'])
    await until(() => done(out) > 0)
    const pidOf = (node: string): number => Number(readFileSync(join(service, `slurmd-${node}.pid`), 'utf8'))
    const tasks = spawnSync('pgrep', ['-f', `cli.js task ${out}`], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter((line) => line !== '')
      .map(Number)
    for (const pid of tasks.slice(0, 1)) process.kill(pid, 'SIGKILL')
    process.kill(pidOf('n1'), 'SIGKILL')
    process.kill(pidOf('n2'), 'SIGSTOP')
    const { code, text } = await ended
    expect([code, text]).toEqual([0, expect.stringMatching(/records read/)])
    expect(needPlan(out).inputs.splits).toBeGreaterThan(8)
    expect(products(out)).toEqual(expected)
  }, 240_000)
})
