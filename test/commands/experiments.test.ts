import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type ReadingFlags, readScores } from '../../src/commands/experiment_files.ts'
import type { Summary } from '../../src/experiments/summary.ts'
import { harnessJson, sampled } from '../experiments/support.ts'
import { decant, fileWith, readJson, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const manifest = {
  format: 'decant-sample/1',
  decant: '0.1.0',
  budget: 28e9,
  tokenizer: 'gpt2',
  training: { tokens_per_step: 2e6, steps: 14000 },
  arms: sampled(['raw', 'c4', 'fineweb'], [1, 2]).map((arm) => ({ ...arm, documents: 5, file: 'x' })),
}

/** Accuracies by arm and seed, of two tasks, at 1,000 and 2,000 steps. */
const accuracies = { raw: [0.4, 0.401], c4: [0.42, 0.4211], fineweb: [0.4201, 0.4211] }

beforeAll(() => {
  mkdirSync(join(dir, 'sample'))
  fileWith(dir, 'sample/manifest.json', JSON.stringify(manifest))
  for (const [arm, values] of Object.entries(accuracies)) {
    for (const [i, value] of values.entries()) {
      for (const step of [1000, 2000]) {
        const path = `eval/${arm}-seed${i + 1}/step-${step}/results_2025-05-01.json`
        mkdirSync(join(dir, dirname(path)), { recursive: true })
        fileWith(dir, path, harnessJson({ hellaswag: value + step / 1e5, piqa: 0.2 + value + step / 1e5 }))
      }
    }
  }
})

test('decant results', async () => {
  const { code, stdout } = await decant(['results', 'sample', 'eval', '--last', '1', '--report', 'r.html'], { cwd: dir })
  expect(code).toBe(0)
  expect(stdout).toMatch(/^2B +51\.05 +53\.05 +53\.06$/m)
  expect(stdout).toMatch(/^c4 +2 +54\.05 +\+2\.00 +\+1\.94 … \+2\.07 +0\.0016 +better$/m)
  expect(stdout).toMatch(/^fineweb +c4 +\+0\.01 +-0\.06 … \+0\.07 +0\.50 +inside noise$/m)
  expect(readFileSync(join(dir, 'r.html'), 'utf8')).toContain('data-lines="mean"')
  expect(readJson<Summary>(join(dir, 'r.json'))).toMatchObject({ unit: 'tokens', baseline: 'raw', checkpoints: [4e9] })
})

test('decant power, from results and from a given noise', async () => {
  const measured = await decant(['power', '--from', 'sample', 'eval', '--gap', '0.05', '--json'], { cwd: dir })
  expect(JSON.parse(measured.stdout)).toMatchObject({ gap: 0.05, questions: { by: 'files' }, measured: { spread: { df: 3 } } })
  const { stdout } = await decant(['power', '--sd', '1', '--gap', '1', '--correlation', '0.5', '--items', '1000', '--task-count', '8'])
  // As statsmodels: TTestIndPower and TTestPower with an effect of 1.
  expect(stdout).toContain('  10 seeds per arm, the same ones in every arm')
  expect(stdout).toContain('standard error 0.56 of a score')
})

/** Result files of one task, by arm and seed. */
function evaluations(folder: string, metric: string, scores: Record<string, number[]>): string {
  for (const [arm, values] of Object.entries(scores))
    for (const [i, value] of values.entries()) {
      const path = `${folder}/${arm}-seed${i + 1}/results_2025-05-01.json`
      mkdirSync(join(dir, dirname(path)), { recursive: true })
      fileWith(dir, path, harnessJson({ task: { [`${metric},none`]: value, [`${metric}_stderr,none`]: 0.001 } }))
    }
  return folder
}
const said = async (...args: string[]): Promise<string> => (await decant(args, { cwd: dir })).stdout.replace(/\s+/g, ' ')

test('results of the end of a training: the lowest loss first, and no curve', async () => {
  const files = evaluations('end', 'bits_per_byte', { raw: [0.95, 0.951], c4: [0.9, 0.9011], fineweb: [0.96, 0.9612] })
  const { stdout } = await decant(['results', 'sample', files, '--report', 'end.html'], { cwd: dir })
  const order = stdout.slice(stdout.indexOf('from the best to the worst, each against the next'))
  expect(order).toMatch(/^c4 +raw +-0\.0499 .*\n^raw +fineweb +-0\.0101 /m)
  expect(stdout).toMatch(/^c4 +2 +0\.9005 +-0\.0499 .*better$/m)
  const page = readFileSync(join(dir, 'end.html'), 'utf8')
  expect([page.includes('From the best to the worst'), page.includes('data-lines="mean"')]).toEqual([true, false])
})

test('power says what noise a metric has that is not measured in points', async () => {
  const files = evaluations('bits', 'bits_per_byte', { raw: [0.95, 0.951], c4: [0.9, 0.905] })
  const text = await said('power', '--from', 'sample', files, '--gap', '0.02')
  expect(text).toContain("one run's score varies by 0.0025 between seeds")
  expect(text).toContain('to find a gap of 0.02 with 80 % probability')
  expect(text).toContain('standard error 0.0010 of a score')
  expect(text).not.toContain(' points')
})

test('power asks for as many arms as the results have, and both say when seeds of the sample share their tokens', async () => {
  mkdirSync(join(dir, 'alike'))
  const arms = manifest.arms.map((arm) => ({ ...arm, overlap: arm.name === 'c4' ? 0.5 + arm.seed / 10 : 0.25 }))
  fileWith(dir, 'alike/manifest.json', JSON.stringify({ ...manifest, arms }))
  const files = evaluations('alike-eval', 'acc', { raw: [0.44, 0.442], c4: [0.43, 0.435], fineweb: [0.45, 0.451] })
  const note = 'warning: seeds share up to 70.0 % (c4) of their tokens, so scores vary less than between independent samples'
  const needed = await said('power', '--from', 'alike', files, '--gap', '1')
  expect(needed).toContain('two-sided, among 3 arms:')
  expect(needed).toContain(`${note}; more seeds may be needed than this`)
  expect(await said('power', '--from', 'alike', files, '--gap', '1', '--arms', '2')).toContain('two-sided, among 2 arms:')
  expect(await said('results', 'alike', files)).toContain(`${note}, and gaps may be called that are not there`)
  expect(await said('results', 'sample', files)).not.toContain('warning')
})

test('seeds at most follow what runs of one seed do not share, however well few of them happen to go together', async () => {
  // Gaps of 1.00 and 1.02 points: the correlation of these four runs is 0.99, by one degree of freedom.
  const files = evaluations('alike-runs', 'acc', { raw: [0.44, 0.444], c4: [0.45, 0.4542] })
  const { stdout } = await decant(['power', '--from', 'sample', files, '--gap', '0.5', '--json'], { cwd: dir })
  const { seeds, measured } = JSON.parse(stdout) as {
    seeds: { needed: number; at_most: number }
    measured: { unshared: { sd: number; df: number; interval: [number, number] } }
  }
  expect(measured.unshared).toMatchObject({ df: 1, sd: expect.closeTo(0.02 / 2, 8) as number })
  const upper = String(measured.unshared.interval[1])
  const given = await decant(['power', '--sd', upper, '--gap', '0.5', '--json'])
  expect(seeds).toEqual({ needed: 2, at_most: (JSON.parse(given.stdout) as { seeds: { needed: number } }).seeds.needed })
  expect(seeds.at_most).toBeGreaterThan(2)
})

test('results says why noise is not pooled, and why an interval without 0 may be inside noise', async () => {
  const files = evaluations('unequal', 'acc', { raw: [0.44, 0.442], c4: [0.43, 0.435], fineweb: [0.45] })
  expect(await said('results', 'sample', files, '--pooled')).toContain(
    'warning: noise is not pooled, which needs the same seeds in every arm, two at least; each pair is tested by itself',
  )
  const close = evaluations('close', 'acc', { raw: [0.44, 0.445], c4: [0.44, 0.452], fineweb: [0.48, 0.4805] })
  expect(await said('results', 'sample', close)).toContain(
    'fineweb: inside noise although the interval leaves out 0. Each interval is for one comparison; p is for all 2 (Holm)',
  )
})

const read = (files: string[], more: ReadingFlags = {}, out = 'sample') =>
  readScores(
    join(dir, out),
    files.map((file) => join(dir, file)),
    more,
  )

describe('files', () => {
  test('a folder, a glob and a file, each once', async () => {
    const { checkpoints } = await read([
      'eval/raw-seed1',
      'eval/raw-seed*/step-1000/*.json',
      'eval/raw-seed1/step-1000/results_2025-05-01.json',
    ])
    expect(checkpoints.map(({ arm, seed, at }) => [arm, seed, at])).toEqual([
      ['raw', 1, 2e9],
      ['raw', 1, 4e9],
      ['raw', 2, 2e9],
    ])
  })

  test('placed by a table and by a pattern', async () => {
    mkdirSync(join(dir, 'odd'), { recursive: true })
    fileWith(dir, 'odd/x.json', harnessJson({ piqa: 0.5 }))
    const map = fileWith(dir, 'odd/map.csv', 'file,arm,seed,tokens\nx.json,c4,2,1B\n')
    expect((await read(['odd/x.json'], { map })).checkpoints[0]).toMatchObject({ arm: 'c4', seed: 2, at: 1e9 })
    const { checkpoints } = await read(['eval/raw-seed1'], {
      pattern: '(?<arm>raw)-seed(?<seed>\\d)/step-(?<step>\\d+)',
      tokensPerStep: 10,
    })
    expect(checkpoints.map(({ at }) => at)).toEqual([10_000, 20_000])
  })

  test.each<[string[], ReadingFlags, string, string]>([
    [['gone'], {}, 'sample', 'gone: no such file or folder'],
    [['sample'], {}, 'sample', 'sample: no results*.json in it or its subfolders'],
    [['*.jsonl'], {}, 'sample', '*.jsonl: no file matches'],
    [['eval'], {}, 'eval', 'eval: no sample here (no manifest.json)'],
    [['eval'], { pattern: '(' }, 'sample', '--pattern (: Invalid regular expression'],
    [['eval'], { pattern: 'x' }, 'sample', '--pattern x: no group (?<arm>...)'],
    [['eval'], { map: 'gone.csv' }, 'sample', '--map gone.csv: no such file'],
    [['sample/manifest.json'], {}, 'sample', 'no results of lm-evaluation-harness or lighteval in it'],
    [['eval'], {}, 'eval/raw-seed1/step-1000/results_2025-05-01.json', 'not the manifest of a sample: format: missing'],
  ])('%j %j %s', async (files, more, out, message) => {
    await expect(read(files, more, out)).rejects.toThrow(message)
  })
})
