import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { diffLines } from 'diff'
import { type ErrorEntry, UserError } from '../core/errors.ts'
import { boundsShown } from '../core/filter.ts'
import { agree, plural } from '../core/plural.ts'
import { type Plan, shardName } from '../pipeline/plan.ts'
import { type ReplayedStep, replay } from '../pipeline/replay.ts'
import { needPlan, withRun } from '../pipeline/run_folder.ts'
import { readSplit } from '../pipeline/splits.ts'
import { type DuplicateRow, readDuplicateRows } from '../reports/duplicates.ts'
import { count, shortNumber, table } from '../reports/format.ts'
import { wrap } from '../reports/layout.ts'
import { allShards, readVerdicts, type VerdictRow } from '../reports/verdicts.ts'
import { readManifest } from './status.ts'

/** Replay the rules of a run on one document. */
export const why = (run: string, document: string, flags: WhyFlags): Promise<void> =>
  withRun(run, ['verdicts', 'duplicates', 'errors'], (dir) => showWhy(dir, document, flags))

type WhyFlags = { text: boolean; json?: boolean }

async function showWhy(dir: string, document: string, flags: WhyFlags): Promise<void> {
  const plan = needPlan(dir)
  const found = await findVerdicts(dir, plan, document)
  const verdict = found[0]
  if (!verdict) {
    const error = findError(dir, plan, document)
    if (error)
      return console.log(`${error.id ?? ''} ${error.url ?? ''}\n${wrap(`unusable: ${error.kind}: ${error.message}`)}\nin ${error.file}`)
    throw new UserError(`${dir}: no document has the id or URL ${document}`, 'verdicts/*.parquet lists all ids and URLs')
  }
  const { doc, steps } = await replay(plan, dir, verdict.shard, verdict.row, verdict.reason)
  if (flags.json) {
    const values = { id: verdict.id, url: verdict.url, reason: verdict.reason, tokens: verdict.tokens, metadata: doc.metadata, steps }
    return console.log(JSON.stringify(flags.text ? { ...values, text: doc.text } : values, null, 2))
  }
  console.log(
    `id      ${verdict.id}\nurl     ${verdict.url || '–'}\nshard   ${shardName(verdict.shard)} (${readSplit(dir, plan, verdict.shard).path}), document ${verdict.row}`,
  )
  console.log(
    `verdict ${verdict.reason === null ? 'kept' : `removed by ${verdict.reason}`}${verdict.tokens === null ? '' : `, ${plural(verdict.tokens, 'token')}`}`,
  )
  if (!readManifest(dir)) note('the run is not complete; verdicts may date from before its last change')
  if (found.length > 1)
    note(
      `${plural(found.length - 1, 'more document')} ${agree(found.length - 1, 'has', 'have')} this URL; name one by its id: ${found
        .slice(1, 4)
        .map(({ id }) => id)
        .join(' ')}`,
    )
  console.log(`\n${table(['', 'step', 'measures', 'keeps'], steps.map(row))}`)
  const duplicate = await findDuplicate(dir, verdict)
  if (duplicate) await explainDuplicate(dir, plan, { duplicate, text: doc.text, flags })
  else if (flags.text) console.log(`\ntext after all steps (${plural(doc.text.length, 'character')})\n${doc.text || '(none)'}`)
}

const note = (text: string): void => console.log(wrap(`note    ${text}`, { hanging: ' '.repeat(8) }))

function row(step: ReplayedStep): string[] {
  const value =
    step.value === undefined
      ? (step.note ?? (step.change ? `${count(step.change.before)} → ${plural(step.change.after, 'character')}` : 'no change'))
      : shortNumber(step.value)
  const mark = step.broken ? '✗' : step.kind === 'filter' ? '✓' : step.note ? '·' : ' '
  return [mark, step.label, value, step.bounds ? boundsShown(step.bounds) || 'anything' : '']
}

/** Why this document counts as a copy, if it does. */
async function findDuplicate(dir: string, { shard, row }: VerdictRow): Promise<DuplicateRow | undefined> {
  for await (const rows of readDuplicateRows(dir, shard)) {
    const found = rows.find((candidate) => candidate.row === row)
    if (found) return found
  }
  return undefined
}

/** Which document is kept instead, and both texts line by line. */
async function explainDuplicate(
  dir: string,
  plan: Plan,
  { duplicate, text, flags }: { duplicate: DuplicateRow; text: string; flags: { text: boolean } },
): Promise<void> {
  const { survivor, size, exact, estimated } = duplicate
  const similarity = exact !== null ? `similarity ${shortNumber(exact)}` : `similarity about ${shortNumber(estimated ?? 0)}`
  console.log(`\n${wrap(`kept instead: ${survivor} (${similarity}; ${plural(size, 'document')} in all)`)}`)
  const [verdict] = await findVerdicts(dir, plan, survivor)
  if (!flags.text || !verdict) return
  const { doc } = await replay(plan, dir, verdict.shard, verdict.row, verdict.reason)
  console.log(`${verdict.url}\n\n- only here, + only there\n${aligned(text, doc.text)}`)
}

/** Two texts line by line; of the lines they share, only those next to a difference. */
function aligned(here: string, there: string): string {
  const parts = diffLines(`${here}\n`, `${there}\n`)
  return parts
    .flatMap(({ value, added, removed }, i) => {
      const lines = value.replace(/\n$/, '').split('\n')
      const sign = added ? '+' : removed ? '-' : ' '
      const marked = lines.map((line) => `${sign} ${line}`)
      if (added || removed || marked.length <= 7) return marked
      const [before, after] = [i === 0 ? [] : marked.slice(0, 3), i === parts.length - 1 ? [] : marked.slice(-3)]
      return [...before, `  … ${plural(marked.length - before.length - after.length, 'unchanged line')} …`, ...after]
    })
    .join('\n')
}

async function findVerdicts(dir: string, plan: Plan, document: string): Promise<VerdictRow[]> {
  const ids = new Set([document, `<${document}>`])
  const byUrl: VerdictRow[] = []
  const shards = allShards(plan).filter((i) => existsSync(join(dir, 'verdicts', `${shardName(i)}.parquet`)))
  if (shards.length === 0)
    throw new UserError(`${dir}: the run has no verdicts yet`, 'let it finish first; "decant status" shows its progress')
  for await (const rows of readVerdicts(dir, shards, [])) {
    for (const verdict of rows) {
      if (ids.has(verdict.id)) return [verdict]
      if (verdict.url === document) byUrl.push(verdict)
    }
  }
  return byUrl
}

function findError(dir: string, plan: Plan, document: string): ErrorEntry | undefined {
  for (const i of allShards(plan)) {
    const path = join(dir, 'errors', `${shardName(i)}.jsonl`)
    if (!existsSync(path)) continue
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      if (line === '') continue
      const entry = JSON.parse(line) as ErrorEntry
      if (entry.url === document || entry.id === document || entry.id === `<${document}>`) return entry
    }
  }
  return undefined
}
