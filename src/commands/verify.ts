import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DamagedFile, type ErrorEntry, UserError } from '../core/errors.ts'
import { unit } from '../core/hash.ts'
import { agree, plural } from '../core/plural.ts'
import { cellText } from '../formats/cell_text.ts'
import { openParquet } from '../formats/parquet_reader.ts'
import { hashFile, hashInput } from '../pipeline/hash_file.ts'
import { productFolders } from '../pipeline/pass_results.ts'
import { type Plan, shardName } from '../pipeline/plan.ts'
import { needPlan, withRun } from '../pipeline/run_folder.ts'
import { readSealedEntry } from '../pipeline/seal.ts'
import { count } from '../reports/format.ts'
import { wrap } from '../reports/layout.ts'
import { addUp, fateOf, type Manifest, makeManifest, manifestText, total } from '../reports/manifest.ts'
import { readVerdicts } from '../reports/verdicts.ts'
import { isUrl } from '../storage/url.ts'
import { readManifest } from './status.ts'

export interface Check {
  name: string
  /** What was compared, or what is wrong. */
  detail: string
  ok: boolean
}

/** Check a finished run against its manifest. Returns 0 when everything holds, else 1. */
export const verify = (run: string, flags: VerifyFlags): Promise<number> => withRun(run, productFolders, (dir) => verifyIn(dir, run, flags))

type VerifyFlags = { inputs?: boolean; sample?: number; json?: boolean }

async function verifyIn(dir: string, shown: string, flags: VerifyFlags): Promise<number> {
  const plan = needPlan(dir)
  const manifest = readManifest(dir)
  if (!manifest)
    throw new UserError(`${shown}: the run is not complete (no manifest.json)`, 'run the same "decant run" command again to finish it')
  const shards = shardsToCheck(plan, flags.sample)
  const whole = checkManifest(dir, plan)
  const others = await checksAgainst(dir, plan, manifest, shards, flags).catch((error: unknown): Check[] => {
    // A manifest that has changed may say anything.
    if (whole.ok) throw error
    return []
  })
  const checks = [whole, ...others]
  const { splits } = plan.inputs
  const what = shards.length === splits ? 'matches' : `matches, as far as ${count(shards.length)} of ${plural(splits, 'shard')} tell,`
  const ok = checks.every((check) => check.ok)
  if (flags.json) console.log(JSON.stringify({ ok, checks }, null, 2))
  else {
    for (const check of checks)
      console.log(wrap(`${check.ok ? 'ok    ' : 'FAILED'}  ${check.name}: ${check.detail}`, { hanging: ' '.repeat(8) }))
    console.log(`\n${wrap(ok ? `${shown} ${what} its manifest` : `${shown} does not match its manifest`)}`)
    if (checks.some(({ name, ok }) => name === 'files' && !ok))
      console.log(
        wrap('  hint: delete the changed files and run the same "decant run" command again to recreate them', { hanging: ' '.repeat(8) }),
      )
  }
  return ok ? 0 : 1
}

async function checksAgainst(
  dir: string,
  plan: Plan,
  manifest: Manifest,
  shards: readonly number[],
  { inputs }: VerifyFlags,
): Promise<Check[]> {
  const files = checkFiles(dir, manifest, shards)
  // Counting needs readable files; if one is damaged, the file check has already said so.
  const counts = files.ok ? await checkCounts(dir, plan, manifest, shards) : []
  return [files, ...(inputs ? [checkInputs(manifest)] : []), ...checkConservation(manifest), ...counts]
}

/** Whether the manifest still says what the tasks said. */
function checkManifest(dir: string, plan: Plan): Check {
  const name = 'manifest'
  try {
    const ok = readFileSync(join(dir, 'manifest.json'), 'utf8') === manifestText(makeManifest(plan, dir))
    const detail = ok
      ? 'as the tasks counted'
      : 'manifest.json has changed: it is not what the tasks counted; "decant finish" writes it anew'
    return { name, ok, detail }
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error
    return { name, ok: false, detail: `${error.message}; the same "decant run" command makes it again` }
  }
}

/** Shards to look at: all, or a share of them, the same ones each time, and one at least. */
function shardsToCheck({ inputs: { splits } }: Plan, share = 1): number[] {
  const all = Array.from({ length: splits }, (_, shard) => shard)
  const chosen = all.filter((shard) => share === 1 || unit('verify', String(shard)) < share)
  return chosen.length > 0 ? chosen : all.slice(0, 1)
}

function checkFiles(dir: string, { outputs: all }: Manifest, shards: readonly number[]): Check {
  const names = new Set(shards.map(shardName))
  const outputs = all.filter(({ path }) => names.has(basename(path).split('.')[0]!))
  const wrong = outputs.flatMap(({ path, bytes, sha256 }) => {
    const file = join(dir, path)
    if (!existsSync(file)) return [`${path} is missing`]
    if (statSync(file).size !== bytes) return [`${path} has ${statSync(file).size} bytes instead of ${bytes}`]
    return hashFile(file) === sha256 ? [] : [`${path} has changed (its hash differs)`]
  })
  return {
    name: 'files',
    ok: wrong.length === 0,
    detail:
      wrong.slice(0, 5).join('; ') ||
      `${plural(outputs.length, 'file')} ${agree(outputs.length, 'has', 'have')} the sizes and hashes in the manifest`,
  }
}

function checkInputs({ inputs }: Manifest): Check {
  const wrong = inputs.flatMap(({ path, start = 0, end = Number.POSITIVE_INFINITY, sha256 }) => {
    if (sha256 === '') return [`${path} could not be fetched`]
    if (!isUrl(path) && !existsSync(path)) return [`${path} is missing`]
    return hashInput(path, { start, end }) === sha256 ? [] : [`${path} has changed`]
  })
  return {
    name: 'inputs',
    ok: wrong.length === 0,
    detail: wrong.slice(0, 5).join('; ') || `${count(inputs.length)} input files have the hashes in the manifest`,
  }
}

function checkConservation({ records, bytes, text_bytes, tokens }: Manifest): Check[] {
  const splits = [
    ['records', records.read, [records.kept, total(records.removed), total(records.errors), total(records.non_html)]],
    ['bytes', bytes.read, [bytes.kept, total(bytes.removed), total(bytes.errors), total(bytes.non_html)]],
    ['text bytes', text_bytes.read, [text_bytes.kept, total(text_bytes.removed)]],
    ...(tokens ? ([['tokens', tokens.read, [tokens.kept, total(tokens.removed)]]] as const) : []),
  ] as const
  return splits.map(([name, read, parts]) => {
    const sum = parts.reduce((a, b) => a + b, 0)
    const names = ['kept', 'removed', 'errors', 'without HTML or text']
    const detail = `${count(read)} read ${read === sum ? '=' : '≠'} ${parts.map((n, i) => `${count(n)} ${names[i]}`).join(' + ')}`
    return { name: `conservation of ${name}`, ok: read === sum, detail }
  })
}

/** What the tasks of the last pass counted in some shards. */
function countedIn(dir: string, plan: Plan, shards: readonly number[]) {
  const pass = plan.passes.at(-1)!
  const counts = addUp(shards.map((shard) => readSealedEntry(dir, plan, pass, shard).counts))
  const [records, bytes, text_bytes, tokens] = ['records', 'bytes', 'text_bytes', 'tokens'].map((name) => fateOf(counts, name))
  return { records: records!, bytes: bytes!, text_bytes: text_bytes!, tokens: plan.tokens ? tokens! : null }
}

/** Count verdicts again, and compare the kept ones with the rows of `data/`. */
async function checkCounts(dir: string, plan: Plan, manifest: Manifest, shards: readonly number[]): Promise<Check[]> {
  const found = { kept: 0, removed: {} as Record<string, number>, bytes: 0, text_bytes: 0, tokens: 0 }
  // A measured run writes what its rules would remove; what stages remove for want of a text is in no run's data.
  const measured = manifest.options.measure
  let mismatch = ''
  let documents = 0
  let written = 0
  for (const shard of shards) {
    const expected: Expected[] = []
    for await (const rows of readVerdicts(dir, [shard], [])) {
      for (const { id, reason, bytes, text_bytes, tokens } of rows) {
        documents++
        found.bytes += bytes
        found.text_bytes += text_bytes
        found.tokens += tokens ?? 0
        if (reason === null) found.kept++
        else found.removed[reason] = (found.removed[reason] ?? 0) + 1
        if (reason === null || measured) expected.push({ id, optional: reason !== null })
      }
    }
    const compared = await compareIds(dir, shard, expected)
    written += compared.rows
    mismatch ||= compared.mismatch
  }
  const isAll = shards.length === plan.inputs.splits
  const { records, bytes, text_bytes, tokens } = isAll ? manifest : countedIn(dir, plan, shards)
  const reasons = new Set([...Object.keys(found.removed), ...Object.keys(records.removed)])
  const wrong = [...reasons].filter((reason) => found.removed[reason] !== records.removed[reason])
  const sums = found.kept === records.kept && wrong.length === 0
  const totals =
    found.bytes === bytes.kept + total(bytes.removed) &&
    found.text_bytes === text_bytes.read &&
    (tokens === null || found.tokens === tokens.read)
  return [
    {
      name: 'verdicts',
      ok: sums && totals,
      detail:
        sums && totals
          ? `${plural(documents, 'verdict')} ${agree(documents, 'adds', 'add')} up to the manifest`
          : `verdicts do not add up to the manifest (${wrong.join(', ') || 'totals'})`,
    },
    {
      name: 'data',
      ok: mismatch === '',
      detail: mismatch || `${plural(written, 'document')}, in the same order as their verdicts`,
    },
    ...(isAll ? [checkErrors(dir, manifest)] : []),
  ]
}

function checkErrors(dir: string, { outputs, records }: Manifest): Check {
  const errors = outputs.filter(({ path }) => path.startsWith('errors/')).reduce((n, { path }) => n + errorsIn(join(dir, path)), 0)
  return {
    name: 'errors',
    ok: errors === total(records.errors),
    detail: `${count(errors)} in errors/, ${count(total(records.errors))} in the manifest`,
  }
}

interface Expected {
  id: string
  optional: boolean
}

/** Whether a shard's documents are those of its verdicts, in their order. */
async function compareIds(dir: string, shard: number, expected: readonly Expected[]): Promise<{ rows: number; mismatch: string }> {
  const name = `data/${shardName(shard)}.parquet`
  const file = await openParquet(join(dir, name))
  let rows = 0
  let at = 0
  const skip = (id: string | undefined): void => {
    while (expected[at]?.optional && expected[at]!.id !== id) at++
  }
  try {
    for await (const batch of file.batches(['id'])) {
      for (const { id } of batch) {
        const text = cellText(id)
        skip(text)
        if (text !== expected[at]?.id)
          return { rows, mismatch: `${name}: row ${rows} is ${text}, the verdicts say ${expected[at]?.id ?? 'no more rows'}` }
        at++
        rows++
      }
    }
    skip(undefined)
    return { rows, mismatch: at === expected.length ? '' : `${name}: ${plural(rows, 'row')}, the verdicts say more` }
  } finally {
    file.close()
  }
}

/** Records that an error file stands for: one an entry, but for ranges of rows. */
function errorsIn(path: string): number {
  const entries = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  return entries.reduce((n, line) => n + ((JSON.parse(line) as ErrorEntry).rows ?? 1), 0)
}
