import { existsSync, statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import type { z } from 'zod'
import { didYouMean, UserError } from '../core/errors.ts'
import { type Bounds, boundsOf, contradiction, unreachableBound } from '../core/filter.ts'
import { issueText } from '../core/issue.ts'
import { isFilePath, unmetNeed } from '../core/options.ts'
import { reservedColumns } from '../core/verdict_record.ts'
import { codeOf } from './code.ts'
import type { ConfigStep } from './config.ts'
import { hashFile } from './hash_file.ts'
import type { PlannedStep } from './plan.ts'
import { loadStep, type Step, shownStep, stepFile } from './registry.ts'

/** Check the options of one step. Throws a UserError that names file and line. `files` gets the hashes of the files that it names. */
export async function planStep(entry: ConfigStep, files: Record<string, string>): Promise<PlannedStep> {
  const { step: stepName, label } = entry
  const loaded = await loadStep(stepName)
  const { kind, schema } = loaded
  const parsed = schema.safeParse(entry.options)
  if (!parsed.success) throw optionError(entry, schema, parsed.error)
  if (kind === 'filter' && reservedColumns.includes(label)) {
    throw new UserError(`${entry.where()}: "${label}" is a column of every verdict table`, 'give the step another name with "as"')
  }
  const options = { ...parsed.data }
  checkBounds(entry, boundsOf(options), loaded)
  checkNeeds(entry, options, loaded)
  for (const [option, type] of Object.entries(schema.shape)) {
    if (isFilePath(type as z.ZodType)) options[option] = resolveFiles(options[option], entry, option, files)
  }
  return { step: stepName, label, kind, options, code: codeOf(stepFile(stepName)), ...declared(loaded, options) }
}

/** What the step declares of itself, for those who must not know it by name. */
function declared(step: Step, options: unknown): Partial<PlannedStep> {
  switch (step.kind) {
    case 'filter':
      return step.counts ? { counts: step.counts } : {}
    case 'editor':
      return { edits: true }
    case 'stage':
      return { ...(step.role ? { role: step.role } : {}), ...(step.makes ? { makes: step.makes } : {}) }
    case 'barrier':
      return { keeps: step.keeps(options), ...(step.edits ? { edits: true } : {}), ...(step.finds ? { finds: step.finds } : {}) }
  }
}

function checkNeeds(entry: ConfigStep, options: Record<string, unknown>, { needs, schema }: Step): void {
  const unmet = unmetNeed(needs, options)
  if (!unmet) return
  const { option, needed } = unmet
  const about = option === undefined ? undefined : (schema.shape[option] as z.ZodType | undefined)?.description
  const subject = option === undefined ? shownStep(entry.step) : `${shownStep(entry.step)}.${option}`
  throw new UserError(`${entry.where(option)}: ${subject} needs ${needed}`, about ? `${option}: ${about}` : undefined)
}

/** Bounds that keep no number are a slip. */
function checkBounds(entry: ConfigStep, bounds: Bounds, step: Step): void {
  const wrong = contradiction(bounds)
  if (wrong)
    throw new UserError(
      `${entry.where()}: ${shownStep(entry.step)}: ${wrong}, so nothing would be kept`,
      'min and above are lower bounds, max and below upper ones',
    )
  const bound = step.kind === 'filter' && step.range ? unreachableBound(bounds, step.range) : undefined
  if (bound === undefined) return
  const [least, most] = (step as { range: readonly [number, number] }).range
  const value = bounds[bound]!
  const limit = bound === 'min' || bound === 'above' ? `${most} at most` : `${least} at least`
  throw new UserError(
    `${entry.where(bound)}: ${shownStep(entry.step)}.${bound}: it measures ${limit}, so ${bound} ${value} keeps nothing`,
    most === 1 && value > 1 && value <= 100 ? `a share is written as ${value / 100}, not as ${value} %` : undefined,
  )
}

/** Bounds as other programs call them. */
const otherWords: Record<string, string> = {
  minimum: 'min',
  at_least: 'min',
  gte: 'min',
  ge: 'min',
  maximum: 'max',
  at_most: 'max',
  lte: 'max',
  le: 'max',
  gt: 'above',
  more_than: 'above',
  lt: 'below',
  less_than: 'below',
}

function optionError(entry: ConfigStep, schema: z.ZodObject, error: z.ZodError): UserError {
  const issue = error.issues[0]!
  const known = Object.keys(schema.shape)
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
    const [key] = issue.keys as [string]
    const close = didYouMean(key, known) ?? (known.includes(otherWords[key] ?? '') ? otherWords[key] : undefined)
    const hint = known.length > 0 ? `options of ${shownStep(entry.step)}: ${known.join(', ')}` : `${shownStep(entry.step)} has no options`
    return new UserError(
      `${entry.where(key)}: ${shownStep(entry.step)} has no option "${key}"${close ? `; did you mean ${close}?` : ''}`,
      close ? undefined : hint,
    )
  }
  const option = String(issue.path[0] ?? '')
  const missing = entry.options[option] === undefined
  const message = missing
    ? `${shownStep(entry.step)} needs the option "${option}"`
    : `${shownStep(entry.step)}.${issueText(error, entry.options)}`
  const share = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(String(entry.options[option]))?.[1]
  const about =
    share === undefined ? (schema.shape[option] as z.ZodType | undefined)?.description : `write ${Number(share) / 100} for ${share} %`
  if (share !== undefined) return new UserError(`${entry.where(option)}: ${message}`, about)
  return new UserError(`${entry.where(missing ? undefined : option)}: ${message}`, about ? `${option}: ${about}` : undefined)
}

function resolveFiles(value: unknown, entry: ConfigStep, option: string, files: Record<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveFiles(item, entry, option, files))
  if (typeof value !== 'string') return value
  const path = isAbsolute(value) ? value : resolve(entry.folder(option), value)
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new UserError(`${entry.where(option)}: ${shownStep(entry.step)}.${option}: no such file: ${value}`, `looked for ${path}`)
  }
  try {
    files[path] ??= hashFile(path)
  } catch (error) {
    throw new UserError(
      `${entry.where(option)}: ${shownStep(entry.step)}.${option}: ${value} cannot be read (${(error as NodeJS.ErrnoException).code})`,
    )
  }
  return path
}
