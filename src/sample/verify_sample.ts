import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { canonicalJson } from '../core/hash.ts'
import { agree, plural } from '../core/plural.ts'
import { hashFile } from '../pipeline/hash_file.ts'
import { type BundledTokenizerName, tokenCounter } from '../tokenizers/token_counter.ts'
import { drawSample, type OnPass } from './draw.ts'
import type { Drawn, SampleManifest } from './manifest.ts'
import { type FileMade, listOf } from './materialize.ts'
import { readSample, requestOf, runOf } from './open_sample.ts'
import { byShard } from './rows.ts'
import { readTexts } from './texts.ts'
import { armName, checkOrder, checkTokens, type SampleCheck } from './verify_tokens.ts'

/**
 * Check a sample against its sources: hashes of all files, every chosen row and every count by drawing the sample anew, and, with `texts`, that
 * each row's text is there under its id and has as many tokens as the manifest says, and that token files hold the tokens of these texts.
 */
export async function* verifySample(out: string, texts: boolean, onPass: OnPass): AsyncGenerator<SampleCheck> {
  const manifest = readSample(out)
  const drawn = [...manifest.arms, ...(manifest.held_out ? [manifest.held_out] : [])]
  const files = wrongFiles(out, drawn)
  yield check('files', files, `${plural(drawn.length, 'file')} ${agree(drawn.length, 'has', 'have')} the hashes of the manifest`)
  const made = materialized(out)
  if (made.length > 0)
    yield check(
      'texts and tokens written',
      made.flatMap(wrongIn),
      `${plural(made.length, 'folder')} ${agree(made.length, 'holds', 'hold')} what was written into them`,
    )
  for (const arm of drawn) {
    const order = await checkOrder(out, arm, texts)
    if (order) yield order
  }
  const sources = wrongSources(out, manifest, drawn)
  yield check('sources', sources, `${manifest.sources.length} measured runs and their texts have the hashes of the manifest`)
  if (files.length + sources.length > 0) return
  yield await checkAnew(out, manifest, onPass)
  if (!texts) return
  for (const arm of drawn) {
    yield await checkTexts(out, manifest, arm)
    const tokens = await checkTokens(out, manifest, arm)
    if (tokens) yield tokens
  }
}

const check = (name: string, wrong: readonly string[], right: string): SampleCheck => ({
  name,
  ok: wrong.length === 0,
  detail: wrong.length === 0 ? right : wrong.slice(0, 5).join('; '),
})

function wrongFiles(out: string, drawn: readonly Drawn[]): string[] {
  return drawn.flatMap(({ file, sha256 }) => {
    const path = join(out, file)
    if (!existsSync(path)) return [`${file} is missing`]
    return hashFile(path) === sha256 ? [] : [`${file} has changed`]
  })
}

/** Folders that `materialize` filled in the sample's own. */
function materialized(out: string): string[] {
  return ['parquet', 'tokens'].flatMap((kind) => {
    const folder = join(out, kind)
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
    return names.map((name) => join(folder, name.slice(0, -'.json'.length)))
  })
}

function wrongIn(folder: string): string[] {
  const { files } = JSON.parse(readFileSync(listOf(folder), 'utf8')) as { files: FileMade[] }
  return files.flatMap(({ name, sha256 }) => {
    const path = join(folder, name)
    if (!existsSync(path)) return [`${path} is missing`]
    return hashFile(path) === sha256 ? [] : [`${path} has changed`]
  })
}

function wrongSources(out: string, { sources }: SampleManifest, drawn: readonly Drawn[]): string[] {
  const wrong: string[] = []
  for (const [i, source] of sources.entries()) {
    const { dir } = runOf(out, source)
    if (hashFile(join(dir, 'manifest.json')) !== source.manifest_sha256) wrong.push(`${source.dir}/manifest.json has changed`)
    const shards = new Map(
      drawn.flatMap(({ shards }) => shards.filter((shard) => shard.source === i)).map(({ path, sha256 }) => [path, sha256]),
    )
    for (const [path, sha256] of shards) {
      if (!existsSync(join(dir, path))) wrong.push(`${source.dir}/${path} is missing`)
      else if (hashFile(join(dir, path)) !== sha256) wrong.push(`${source.dir}/${path} has changed`)
    }
  }
  return wrong
}

/** Draw again, into a folder beside the sample's. */
async function checkAnew(out: string, manifest: SampleManifest, onPass: OnPass): Promise<SampleCheck> {
  const again = `${resolve(out)}.${process.pid}.verify`
  try {
    const found = await drawSample(await requestOf(out, manifest), again, onPass)
    const comparable = ({ decant: _, code: __, ...rest }: SampleManifest): string => canonicalJson(rest)
    if (comparable(found) === comparable(manifest)) {
      const rows = manifest.arms.reduce((sum, { documents }) => sum + documents, 0)
      return { name: 'rows and counts', ok: true, detail: `drawn again, ${plural(rows, 'row')} and all counts are the same` }
    }
    const differing = manifest.arms
      .filter((arm, i) => canonicalJson(arm) !== canonicalJson(found.arms[i]))
      .map(({ name, seed }) => `${name}, seed ${seed}`)
    return {
      name: 'rows and counts',
      ok: false,
      detail: `drawn again, the sample is another one: ${differing.join('; ') || 'its manifest differs'}`,
    }
  } finally {
    rmSync(again, { recursive: true, force: true })
  }
}

async function checkTexts(out: string, manifest: SampleManifest, arm: Drawn): Promise<SampleCheck> {
  const count = tokenCounter(manifest.tokenizer as BundledTokenizerName)
  const name = `texts of ${armName(arm)}`
  const edited = arm.parts.map(({ edited_after_counting }) => edited_after_counting)
  let rows = 0
  for await (const { source, shard, chosen } of byShard(join(out, arm.file))) {
    const { dir } = runOf(out, manifest.sources[source]!)
    const expectedRows = new Map(chosen.map((row) => [row.data_row, row]))
    for await (const { row, id, text } of readTexts(dir, shard, (row) => expectedRows.has(row))) {
      const expected = expectedRows.get(row)!
      if (id !== expected.id) return { name, ok: false, detail: `shard ${shard}, row ${row} is ${id}, not ${expected.id}` }
      const tokens = count(text)
      if (edited[expected.part]!.length === 0 && tokens !== expected.tokens)
        return { name, ok: false, detail: `${id} has ${tokens} tokens, not ${expected.tokens}` }
      rows++
    }
  }
  const edits = [...new Set(edited.flat())]
  const counted =
    edits.length === 0 ? 'with as many tokens as the manifest says' : `their tokens were counted before ${edits.join(' and ')}`
  return { name, ok: true, detail: `${plural(rows, 'text')} ${agree(rows, 'is', 'are')} there, ${counted}` }
}
