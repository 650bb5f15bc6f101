import { statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { forecast } from '../../src/pipeline/forecast.ts'
import { needPlan } from '../../src/pipeline/run_folder.ts'
import { crawl, decant, filesBelow, fileWith, runHere, temporaryFolder, twoPasses } from '../support.ts'

const dir = temporaryFolder()
const pipeline = fileWith(dir, 'p.yaml', twoPasses)
const run = join(dir, 'run')

beforeAll(async () => {
  await runHere(pipeline, `${crawl}*.warc.gz`, run)
})

test('a run forecasts itself: what its passes have written and read', () => {
  const plan = needPlan(run)
  const { passes, ...found } = forecast(plan, { plan, dir: run }, 1)
  const bytesIn = (matches: RegExp): number =>
    filesBelow(run)
      .filter((path) => matches.test(path))
      .reduce((sum, path) => sum + statSync(join(run, path)).size, 0)
  const [first, spool] = [bytesIn(/^work\/0\.\w+\//), bytesIn(/^work\/0\.\w+\/\d+\/(?:spool|errors)/)]
  const jobs = bytesIn(/^work\/0-exact/)
  const last = bytesIn(/^(?:data|verdicts|duplicates|errors)\//)
  expect(passes.map(({ pass, bytes_read, bytes_written }) => [pass, bytes_read, bytes_written])).toEqual([
    ['0', plan.inputs.bytes, first],
    ['0-exact_dedup-compare', first - spool, jobs],
    ['1', spool + first - spool + jobs, last],
  ])
  const files = filesBelow(run).filter((path) => /^(?:work|data|verdicts|duplicates|errors)\//.test(path)).length
  expect(found).toMatchObject({ scale: 1, files, documents: 389 })
  expect(found.hours).toBeCloseTo(found.core_hours, 10)
})

test('ten times the input costs ten times as much, in the time of the longest task at best', () => {
  const plan = needPlan(run)
  const [one, ten] = [1, 10].map((times) =>
    forecast(
      { ...plan, inputs: { ...plan.inputs, bytes: plan.inputs.bytes * times, splits: plan.inputs.splits * times } },
      { plan, dir: run },
      1e6,
    ),
  ) as [ReturnType<typeof forecast>, ReturnType<typeof forecast>]
  for (const name of ['core_hours', 'bytes_moved', 'documents'] as const) expect(ten[name] / one[name]).toBeCloseTo(10, 6)
  expect(ten.hours).toBe(ten.passes.reduce((sum, { longest_hours }) => sum + longest_hours, 0))
})

test('decant plan --from', async () => {
  const args = ['plan', pipeline, '-i', crawl, '--from', run]
  const { code, stdout } = await decant([...args, '--bytes', '1TB', '--cores', '10'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/cost of 1\.0 TB, [\d,.]+ times/)
  expect(stdout).toMatch(/total {3}[\d,.]+ core hours, [\d,.]+ hours on 10 cores; /)
  const other = await decant([...args, '--set', 'chars_after.max=6'])
  expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/a run of another pipeline \(two_passes\), or with other options/)])
})
