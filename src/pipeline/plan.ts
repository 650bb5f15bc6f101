import { existsSync, statSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import type { z } from 'zod'
import { didYouMean, UserError } from '../core/errors.ts'
import type { Bounds } from '../core/filter.ts'
import { canonicalJson, sha256 } from '../core/hash.ts'
import { isFilePath } from '../core/options.ts'
import { loadZstd } from '../formats/zstd.ts'
import { codeHash, version, versionsUsed } from './code.ts'
import type { Config, ConfigStep } from './config.ts'
import { hashFile } from './hash_file.ts'
import type { Input } from './inputs.ts'
import { loadStep, type Step } from './registry.ts'

/** A step with its options checked and its defaults filled in. */
export interface PlannedStep {
  use: string
  label: string
  kind: Step['kind']
  options: Record<string, unknown>
  /** Which part of a barrier; other steps are whole. */
  part?: 'before' | 'after'
  /** Whether it may change texts. */
  edits?: boolean
}

/** The steps between two barriers, run shard by shard. */
export interface ShardPass {
  kind: 'shards'
  name: string
  /** Hash of everything that this pass's results depend on beside the files it reads. */
  key: string
  /** The pass whose spooled documents it goes on with; null when it reads the inputs. */
  from: string | null
  last: boolean
  steps: PlannedStep[]
  /** Names of the values measured up to the end of this pass, in order. */
  columns: string[]
}

/** A barrier's job: runs once every shard has been seen. */
export interface JobPass {
  kind: 'job'
  name: string
  key: string
  /** The pass whose side files it reads. */
  from: string
  step: PlannedStep
  job: number
  tasks: number
}

export type Pass = ShardPass | JobPass

/** What the user may decide beside the pipeline. */
export interface RunOptions {
  /** Measure every rule on every document and drop nothing. */
  measure: boolean
  /** Share of the documents on which every rule is measured, chosen by hash. */
  audit: number
  keep_removed: boolean
  /** Stop after this many documents. */
  limit: number | null
}

/** Everything a run does, as plain data: any process can run any task of it. */
export interface Plan {
  decant: string
  /** Hash of decant's own code. */
  code: string
  name: string
  description: string
  pipeline: string
  /** Hash of the steps, their options and the content of the files they name. */
  hash: string
  options: RunOptions
  inputs: string[]
  /** Hashes of the files that options name (word lists, models). */
  files: Record<string, string>
  /** The step that counts tokens, when the pipeline has one. */
  tokens: PlannedStep | null
  /** Whether inputs (Parquet, Arrow, JSON Lines) or pages may carry fields of their own, which are written as a column of their own. */
  carries_metadata: boolean
  passes: Pass[]
}

/** The pipeline's steps, each once. */
export const stepsOf = (plan: Plan): PlannedStep[] =>
  plan.passes.flatMap((pass) => (pass.kind === 'shards' ? pass.steps.filter(({ part }) => part !== 'after') : []))

export const shardName = (index: number): string => String(index).padStart(5, '0')

/** Check a pipeline and cut it into passes. Throws a UserError that names file and line. */
export async function makePlan(config: Config, inputs: readonly Input[], options: RunOptions): Promise<Plan> {
  const files: Record<string, string> = {}
  const steps = await Promise.all(config.steps.map((step) => planStep(step, files)))
  await completeEnds(config, steps)
  if (inputs.some(({ format }) => format.kind === 'warc') && !steps.some(({ use }) => use.startsWith('extract_'))) {
    throw new UserError(
      `${config.path}: the inputs are WARC files, and no step of the pipeline makes text of their pages`,
      'add "- extract_html" before the rules on texts; WET texts pass through it untouched',
    )
  }
  const code = codeHash()
  const zstd = (await loadZstd()).name
  const keyed = (step: PlannedStep): unknown => ({ ...step, options: substituteFiles(step.options, files) })
  const tokens = steps.find(({ use }) => use === 'token_count') ?? null
  const tokenizer = files[String(tokens?.options['file'])] ?? tokens?.options['tokenizer'] ?? null

  const stated = steps.some(({ use, options }) => use === 'extract_html' && options['metadata'] === true)
  const carries = stated || inputs.some(({ format }) => ['parquet', 'arrow', 'jsonl'].includes(format.kind))

  const passes: Pass[] = []
  const seen: unknown[] = [{ code, versions: versionsUsed(), ...options, tokenizer }]
  const columns: string[] = []
  let current: PlannedStep[] = []
  let from: string | null = null
  const keyOf = (more: unknown): string => sha256(canonicalJson([...seen, more])).slice(0, 16)
  for (const step of steps) {
    if (step.kind !== 'barrier') {
      if (step.kind === 'filter') columns.push(step.label)
      current.push(step)
      continue
    }
    const pass = String(passes.filter(({ kind }) => kind === 'shards').length)
    current.push({ ...step, part: 'before' })
    seen.push(...current.map(keyed))
    passes.push({ kind: 'shards', name: pass, key: keyOf('spool'), from, last: false, steps: current, columns: [...columns] })
    const barrier = await loadStep(step.use)
    if (barrier.kind !== 'barrier') throw new Error(`${step.use} is not a barrier`)
    barrier.jobs.forEach((job, i) => {
      const name = `${pass}-${step.label}-${job.name}`
      passes.push({ kind: 'job', name, key: keyOf(job.name), from: pass, step, job: i, tasks: job.tasks(step.options, inputs.length) })
    })
    current = [{ ...step, part: 'after' }]
    from = pass
  }
  seen.push(...current.map(keyed))
  const name = String(passes.filter(({ kind }) => kind === 'shards').length)
  passes.push({ kind: 'shards', name, key: keyOf({ zstd, carries }), from, last: true, steps: current, columns })
  return {
    decant: version(),
    code,
    name: config.name,
    description: config.description,
    pipeline: shownPath(config.path),
    hash: sha256(canonicalJson(steps.map(keyed))),
    options,
    inputs: inputs.map(({ path }) => path),
    files,
    tokens,
    carries_metadata: carries,
    passes,
  }
}

/** Columns of the verdict table that no step may take. */
export const reservedColumns = [
  ...['id', 'url', 'shard', 'row', 'reason', 'tokens', 'bytes', 'text_bytes', 'dump', 'language'],
  ...['unedited_text_bytes', 'unedited_tokens'],
]

async function planStep(step: ConfigStep, files: Record<string, string>): Promise<PlannedStep> {
  const { use, label } = step
  const loaded = await loadStep(use)
  const { kind, schema } = loaded
  const parsed = schema.safeParse(step.options)
  if (!parsed.success) throw optionError(step, schema, parsed.error)
  if (kind === 'filter' && reservedColumns.includes(label)) {
    throw new UserError(`${step.where()}: "${label}" is a column of every verdict table`, 'give the step another name with "as"')
  }
  const options = { ...parsed.data }
  checkBounds(step, options as Bounds)
  for (const [option, type] of Object.entries(schema.shape)) {
    if (isFilePath(type as z.ZodType)) options[option] = resolveFiles(options[option], step, option, files)
  }
  const edits = loaded.kind === 'editor' || (loaded.kind === 'barrier' && loaded.edits)
  return { use, label, kind, options, ...(edits ? { edits } : {}) }
}

/** Bounds that no number keeps are a slip. */
function checkBounds(step: ConfigStep, { min, max, above, below }: Bounds): void {
  const low = Math.max(min ?? Number.NEGATIVE_INFINITY, above ?? Number.NEGATIVE_INFINITY)
  const high = Math.min(max ?? Number.POSITIVE_INFINITY, below ?? Number.POSITIVE_INFINITY)
  const isStrict = low === above || high === below
  if (low < high || (low === high && !isStrict) || Number.isNaN(low) || Number.isNaN(high)) return
  throw new UserError(
    `${step.where()}: ${step.use}: no number is ${isStrict ? 'between' : 'from'} ${low} ${isStrict ? 'and' : 'to'} ${high}`,
    'min and above say what to keep from, max and below up to where',
  )
}

function optionError(step: ConfigStep, schema: z.ZodObject, error: z.ZodError): UserError {
  const issue = error.issues[0]!
  const known = Object.keys(schema.shape)
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys as [string]
    const close = didYouMean(key, known)
    const hint = known.length > 0 ? `options of ${step.use}: ${known.join(', ')}` : `${step.use} has no options`
    return new UserError(`${step.where(key)}: ${step.use} has no option "${key}"${close ? `; did you mean ${close}?` : ''}`, hint)
  }
  const option = String(issue.path[0] ?? '')
  const given = step.options[option]
  const missing = given === undefined
  const message = missing
    ? `${step.use} needs the option "${option}"`
    : `${step.use}.${issue.path.join('.')}: ${issue.message} (got ${JSON.stringify(given)})`
  const about = (schema.shape[option] as z.ZodType | undefined)?.description
  return new UserError(`${step.where(missing ? undefined : option)}: ${message}`, about ? `${option}: ${about}` : undefined)
}

function resolveFiles(value: unknown, step: ConfigStep, option: string, files: Record<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveFiles(item, step, option, files))
  if (typeof value !== 'string') return value
  const path = isAbsolute(value) ? value : resolve(step.folder(option), value)
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new UserError(`${step.where(option)}: ${step.use}.${option}: no such file: ${value}`, `looked for ${path}`)
  }
  try {
    files[path] ??= hashFile(path)
  } catch (error) {
    throw new UserError(`${step.where(option)}: ${step.use}.${option}: ${value} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  return path
}

/** Paths in options as their files' hashes: moving a word list changes nothing, editing it does. */
function substituteFiles(options: Record<string, unknown>, files: Record<string, string>): unknown {
  const substitute = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(substitute) : typeof value === 'string' ? (files[value] ?? value) : value
  return Object.fromEntries(Object.entries(options).map(([option, value]) => [option, substitute(value)]))
}

/** A pipeline begins with `read` and ends with `write`; either may be left out. */
async function completeEnds(config: Config, steps: PlannedStep[]): Promise<void> {
  for (const use of ['read', 'write']) {
    const given = config.steps.filter((step) => step.use === use)
    if (given.length === 0) {
      const { schema } = await loadStep(use)
      const step: PlannedStep = { use, label: use, kind: 'stage', options: schema.parse({}) }
      if (use === 'read') steps.unshift(step)
      else steps.push(step)
    } else if (given.length > 1 || given[0] !== (use === 'read' ? config.steps[0] : config.steps.at(-1))) {
      throw new UserError(`${given.at(-1)!.where()}: "${use}" must be the ${use === 'read' ? 'first' : 'last'} step, and stand once`)
    }
  }
}

function shownPath(path: string): string {
  const shown = relative(process.cwd(), path)
  return shown.startsWith('..') ? path : shown
}
