import { fileFormats } from '../core/file_format.ts'
import { canonicalJson, sha256 } from '../core/hash.ts'
import { type Plan, type RunOptions, stepsOf } from '../pipeline/plan.ts'
import { readSummary, sealedEntries } from '../pipeline/seal.ts'
import { isWhole, readSplits } from '../pipeline/splits.ts'

/** A quantity split by what became of the documents it belongs to; `read` is the sum of the rest. */
export interface Split {
  read: number
  kept: number
  removed: Record<string, number>
  errors: Record<string, number>
  /** Records that hold no HTML or text. */
  non_html: Record<string, number>
}

/** What a finished run says about itself. Depends on inputs, pipeline and code only: not on time, threads or kills. */
export interface Manifest {
  format: number
  decant: string
  code: string
  pipeline: { name: string; description: string; path: string; hash: string }
  options: RunOptions
  /** Splits, where a file is cut: its bytes [start, end). */
  inputs: { path: string; start?: number; end?: number; bytes: number; sha256: string }[]
  records: Split & {
    /** Records of types that never hold a document: requests, metadata, warcinfo. */
    other: Record<string, number>
  }
  /** Payload bytes as read: decoded HTML bodies, texts, and the byte ranges of errors. */
  bytes: Split
  /** Text bytes and tokens when the verdict fell; documents removed before extraction have none. Tokens are null without a token_count step. */
  text_bytes: Pick<Split, 'read' | 'kept' | 'removed'>
  tokens: Pick<Split, 'read' | 'kept' | 'removed'> | null
  /** What barriers took out of documents that were not removed, by step; left out when they took nothing. */
  cut?: Record<string, { documents: number; characters: number }>
  outputs: { path: string; rows?: number; bytes: number; sha256: string }[]
}

/** Add up the sealed passes of a run. Throws when documents do not: every document that came in must have gone out by one door (promise 1). */
export function makeManifest(plan: Plan, dir: string): Manifest {
  const counts = plan.passes.map((pass) => readSummary(dir, plan, pass).counts)
  const [first, last] = [counts[0]!, counts.at(-1)!]
  const all = addUp(counts.filter((_, i) => plan.passes[i]!.kind === 'shards'))
  const split = (unit: string): Split => {
    const kept = last[`kept:${unit}`] ?? 0
    const removed = byKind(last, 'removed', unit)
    const errors = byKind(all, 'errors', unit)
    const non_html = byKind(first, 'skipped', unit)
    const read = (first[`read:${unit}`] ?? 0) + (all[`damaged:${unit}`] ?? 0) + total(non_html)
    const out = kept + total(removed) + total(errors) + total(non_html)
    if (read !== out)
      throw new Error(`${unit} do not add up: ${read} in, ${out} out (kept ${kept}, removed ${total(removed)}, errors ${total(errors)})`)
    return { read, kept, removed, errors, non_html }
  }
  const { name, description, pipeline: path, hash, options } = plan
  const splits = readSplits(dir, plan)
  const characters = byKind(all, 'cut', 'characters')
  const cut = Object.entries(byKind(all, 'cut', 'documents')).map(
    ([step, documents]) => [step, { documents, characters: characters[step]! }] as const,
  )
  return {
    format: fileFormats.manifest,
    decant: plan.decant,
    code: sha256(canonicalJson([plan.code, ...stepsOf(plan).map(({ code }) => code)])).slice(0, 16),
    pipeline: { name, description, path, hash },
    options,
    inputs: sealedEntries(dir, plan, plan.passes[0]!).flatMap(({ index, reads: [read] }) => {
      const split = splits[index]!
      const { path, start, end } = split
      // A split that the limit left nothing of was not read.
      return read?.stat ? [{ path, ...(isWhole(split) ? {} : { start, end }), bytes: end - start, sha256: read.sha256 }] : []
    }),
    records: { ...split('records'), other: byKind(first, 'other', 'records') },
    bytes: split('bytes'),
    text_bytes: fateOf(last, 'text_bytes'),
    tokens: plan.tokens ? fateOf(last, 'tokens') : null,
    ...(cut.length > 0 ? { cut: Object.fromEntries(cut) } : {}),
    outputs: sealedEntries(dir, plan, plan.passes.at(-1)!).flatMap(({ outputs }) =>
      outputs.map(({ path, rows, bytes, sha256 }) => ({ path, ...(rows === undefined ? {} : { rows }), bytes, sha256 })),
    ),
  }
}

/** What manifest.json holds. */
export const manifestText = (manifest: Manifest): string => `${JSON.stringify(manifest, null, 2)}\n`

/** What tasks of the last pass counted in one unit. */
export function fateOf(counts: Readonly<Record<string, number>>, unit: string): Pick<Split, 'read' | 'kept' | 'removed'> {
  const kept = counts[`kept:${unit}`] ?? 0
  const removed = byKind(counts, 'removed', unit)
  return { read: kept + total(removed), kept, removed }
}

export const total = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0)

/** Sums by name. */
export function addUp(all: readonly Record<string, number>[]): Record<string, number> {
  const totals: Record<string, number> = {}
  for (const counts of all) for (const [name, n] of Object.entries(counts)) totals[name] = (totals[name] ?? 0) + n
  return totals
}

/** From `removed:word_count.min:records` and its like: {word_count.min: n}, by name. */
function byKind(counts: Record<string, number>, prefix: string, unit: string): Record<string, number> {
  const found = Object.entries(counts).flatMap(([name, n]): [string, number][] => {
    const [start, end] = [`${prefix}:`, `:${unit}`]
    return name.startsWith(start) && name.endsWith(end) ? [[name.slice(start.length, -end.length), n]] : []
  })
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)))
}
