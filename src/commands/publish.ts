import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../core/errors.ts'
import { plural } from '../core/plural.ts'
import { openParquet } from '../formats/parquet_reader.ts'
import type { Plan } from '../pipeline/plan.ts'
import { checkFolderUrl, needPlan, withRun } from '../pipeline/run_folder.ts'
import { type CardConfig, datasetCard } from '../reports/dataset_card.ts'
import { bytes } from '../reports/format.ts'
import type { Manifest } from '../reports/manifest.ts'
import { mirrorOf } from '../storage/mirror.ts'
import { type PublishedFile, publishFiles } from '../storage/publish.ts'
import { StorageError } from '../storage/store.ts'
import { isUrl } from '../storage/url.ts'
import { readManifest } from './status.ts'

/** Folders that are published, and what their configurations are called. */
const published = { data: 'default', verdicts: 'verdicts' } as const
const isOurs = (name: string): boolean => /^(?:data|verdicts)\/\d{5,}\.parquet$/.test(name)

interface PublishFlags {
  json?: boolean
  card?: string
}

/** Write the products of a finished run to a store, with a card that makes them a data set. */
export const publish = (run: string, url: string, flags: PublishFlags): Promise<void> =>
  withRun(run, Object.keys(published), async (dir) => {
    await publishRun(dir, run, url, flags)
  })

export async function publishRun(dir: string, shown: string, url: string, { json, card }: PublishFlags): Promise<void> {
  checkPublished(url)
  const plan = needPlan(dir)
  const manifest = readManifest(dir)
  if (!manifest) throw new UserError(`${shown}: the run is not complete (no manifest.json)`, 'finish it first')
  mirrorOf(dir)?.fetch('report.html')
  const own = card === undefined ? undefined : cardAt(card)
  // Not in the folder of the run, where a README of the user's may be.
  const aside = mkdtempSync(join(tmpdir(), 'decant-'))
  const readme = join(aside, 'README.md')
  writeFileSync(readme, own ?? datasetCard(plan, manifest, await configsOf(dir, manifest), plan.command ?? commandOf(plan, manifest)))
  const products = manifest.outputs
    .filter(({ path }) => isOurs(path))
    .map(({ path }): PublishedFile => ({ path: join(dir, path), name: path }))
  // The card comes last: whoever sees it finds all that it names.
  const files = [
    ...products,
    ...['report.html', 'manifest.json'].map((name) => ({ path: join(dir, name), name })),
    { path: readme, name: 'README.md' },
  ]
  try {
    await publishFiles(url, files, { isOurs })
  } catch (error) {
    if (error instanceof StorageError) throw new UserError(`--publish ${url}: ${error.message}`, error.about.hint)
    throw error
  } finally {
    rmSync(aside, { recursive: true })
  }
  const size = manifest.outputs.reduce((sum, { path, bytes: each }) => sum + (isOurs(path) ? each : 0), 0)
  if (json) console.log(JSON.stringify({ event: 'published', url, files: files.length, bytes: size }))
  else console.log(`published ${plural(files.length, 'file')}, ${bytes(size)} → ${url}`)
}

function cardAt(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UserError(`--card ${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

/** Throws a UserError for what cannot be published to. */
export function checkPublished(url: string): void {
  if (!isUrl(url) || !/^(?:s3|hf):/i.test(url))
    throw new UserError(`--publish ${url}: not a URL that can be written to`, 'publish to s3://BUCKET/PATH or hf://datasets/OWNER/NAME')
  checkFolderUrl('--publish', url)
}

async function configsOf(dir: string, { outputs }: Manifest): Promise<CardConfig[]> {
  const configs: CardConfig[] = []
  for (const [folder, name] of Object.entries(published)) {
    const files = outputs.filter(({ path }) => path.startsWith(`${folder}/`))
    if (files.length === 0) continue
    const file = await openParquet(join(dir, files[0]!.path))
    const { types: features } = file
    file.close()
    const sum = (of: 'rows' | 'bytes'): number => files.reduce((all, each) => all + (each[of] ?? 0), 0)
    configs.push({ name, folder, features, rows: sum('rows'), bytes: sum('bytes') })
  }
  return configs
}

/** A command that makes the same run again, where the plan is one of an earlier version that does not have it. */
function commandOf(plan: Plan, { inputs, options }: Manifest): string {
  const files = [...new Set(inputs.map(({ path }) => path))]
  const named = files.length > 3 ? `${files[0]} …` : files.join(' ')
  const limit = options.limit === null ? '' : ` --limit ${options.limit}`
  return `decant run ${plan.pipeline} -i ${named}${limit} -o ${plan.name}`
}
