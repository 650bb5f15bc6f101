import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { planRun } from '../../src/commands/run.ts'
import { type Run, runTogether } from '../../src/executors/local.ts'
import { openRunFolder } from '../../src/pipeline/run_folder.ts'
import { type Manifest, makeManifest } from '../../src/reports/manifest.ts'
import { crawl, filesBelow, parquetRows, temporaryFolder } from '../support.ts'
import { pipelineFile } from './support.ts'

const dir = temporaryFolder()
const pipelines = readdirSync(pipelineFile('')).flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? [])
const manifests = new Map<string, Manifest>()

beforeAll(async () => {
  const runs: Run[] = []
  for (const pipeline of pipelines) {
    const { plan, splits } = await planRun(pipelineFile(`${pipeline}.yaml`), { input: [`${crawl}*.warc.gz`], set: [] })
    runs.push({ plan, dir: join(dir, pipeline) })
    openRunFolder(join(dir, pipeline), plan, splits)()
  }
  const { failed } = await runTogether(runs, { workers: 0 })
  expect(failed).toEqual([])
  for (const [i, { plan }] of runs.entries()) {
    manifests.set(pipelines[i]!, makeManifest(plan, join(dir, pipelines[i]!)))
  }
}, 120_000)

// What every recipe makes of the small crawl, read once for all of them: how many documents each rule removes, and which are kept. When a rule or
// the extractor changes, `npx vitest run test/pipelines/golden -u` writes the files again; their difference shows what the change does.
test.each(pipelines)('%s on the small crawl', async (pipeline) => {
  const data = join(dir, pipeline, 'data')
  const rows = await Promise.all(filesBelow(data).map((file) => parquetRows(join(data, file))))
  const { removed, kept } = manifests.get(pipeline)!.records
  const found = {
    kept,
    removed,
    urls: rows
      .flat()
      .map(({ url }) => url)
      .sort(),
  }
  expect(found.urls).toHaveLength(kept)
  await expect(`${JSON.stringify(found, null, 1)}\n`).toMatchFileSnapshot(`golden/${pipeline}.json`)
})
