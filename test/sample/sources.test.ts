import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openMeasurement } from '../../src/compare/measurement.ts'
import { sha256 } from '../../src/core/hash.ts'
import { sourceOf } from '../../src/sample/sources.ts'
import { temporaryFolder } from '../support.ts'
import { measureDocuments } from './support.ts'

const dir = temporaryFolder()

test('a source names its run, relative to the sample, and the hash of each file of texts', async () => {
  const [run] = openMeasurement(await measureDocuments(dir, [[{ id: 'a', text: 'one' }], [{ id: 'b', text: 'two' }]])).runs
  const { about, fileOf } = sourceOf(run!, 3, join(dir, 'samples'))
  const hash = (path: string): string => sha256(readFileSync(join(run!.dir, path)))
  expect(about).toEqual({
    measurement: 3,
    dir: join('../..', run!.dir.slice(dir.length + 1)),
    manifest_sha256: hash('manifest.json'),
    pipeline: 'p',
    pipeline_hash: run!.plan.hash,
    decant: run!.plan.decant,
    code: run!.plan.code,
  })
  for (const path of ['data/00000.parquet', 'data/00001.parquet'])
    expect(fileOf(Number(path.slice(5, 10)))).toEqual({ path, sha256: hash(path) })
})
