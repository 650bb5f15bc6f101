import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { crawl, filesBelow, parquetRows, runHere, temporaryFolder } from '../support.ts'
import { pipelineFile } from './support.ts'

const dir = temporaryFolder()
const pipelines = readdirSync(pipelineFile('')).flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? [])

// What every recipe makes of the small crawl: how many documents each rule removes, and which are kept. When a rule or the extractor changes,
// `npx vitest run test/pipelines/golden -u` writes the files again; their difference shows what the change does.
test.each(pipelines)('%s on the small crawl', async (pipeline) => {
  const out = join(dir, pipeline)
  const { manifest } = await runHere(pipelineFile(`${pipeline}.yaml`), `${crawl}*.warc.gz`, out)
  const rows = await Promise.all(filesBelow(join(out, 'data')).map((file) => parquetRows(join(out, 'data', file))))
  const { removed, kept } = manifest.records
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
