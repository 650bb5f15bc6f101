import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DamagedFile, UserError } from '../core/errors.ts'
import { checkFormat } from '../core/file_format.ts'
import type { TaskInput } from '../core/task.ts'
import { beginMirror, mirrorOf, shownFolder } from '../storage/mirror.ts'
import { isPattern } from '../storage/patterns.ts'
import { StorageError } from '../storage/store.ts'
import { hasCredentials, isUrl, schemeOf, withoutCredentials } from '../storage/url.ts'
import { makeFolder, removeAttempts, removeFolder, sealed, statKey, unsealed, writeAtomically } from './ledger.ts'
import { isAlive, isLocked, lock } from './lock.ts'
import type { Plan } from './plan.ts'
import { readSplits, writeSplits } from './splits.ts'

/**
 * The local folder of a run, which for one in a store is a copy that is gone when `close` is called. Throws a UserError where the store cannot be
 * written to, or read.
 */
export function openRun(dir: string): { dir: string; close(): void } {
  if (!isUrl(dir)) return { dir, close: () => {} }
  if (schemeOf(dir) !== 's3')
    throw new UserError(`-o ${dir}: runs can be written to local folders and to s3://`, 'copy the results there with --publish')
  checkFolderUrl('-o', dir)
  const folder = mkdtempSync(join(process.env.DECANT_SCRATCH ?? tmpdir(), 'decant-'))
  const close = (): void => rmSync(folder, { recursive: true, force: true })
  try {
    const mirror = beginMirror(folder, dir)
    mirror.fetch('plan.json', 'splits', 'manifest.json')
    mirror.fetchAll('inputs')
    return { dir: folder, close }
  } catch (error) {
    close()
    if (error instanceof StorageError) throw new UserError(`-o ${dir}: ${error.message}`, error.about.hint)
    throw error
  }
}

/** Throws a UserError for a URL of a folder that would be read as a pattern, or that holds a password. */
export function checkFolderUrl(option: string, url: string): void {
  const shown = `${option} ${withoutCredentials(url)}`
  if (hasCredentials(url))
    throw new UserError(`${shown}: a URL must not hold a user or password`, 'set them in the environment (docs/remote.md)')
  if (isPattern(url)) throw new UserError(`${shown}: a folder must not be named with *, ?, (, [ or {`)
}

/** Throws a UserError for a URL where a measured run is wanted. */
export function checkIsLocal(dir: string): void {
  if (isUrl(dir)) throw new UserError(`${dir}: measured runs are read from local folders`, 'copy it to this machine first')
}

/** Look at a run, of which one in a store is fetched: its ledger and these folders. */
export async function withRun<T>(dir: string, folders: readonly string[], use: (dir: string) => T | Promise<T>): Promise<T> {
  const opened = openRun(dir)
  try {
    for (const folder of ['ledger', ...folders]) mirrorOf(opened.dir)?.fetchAll(folder)
    return await use(opened.dir)
  } finally {
    opened.close()
  }
}

/** The plan that a run's folder was made by, if it holds a run. */
export function readPlan(dir: string): Plan | undefined {
  const path = join(dir, 'plan.json')
  if (!existsSync(path)) return undefined
  const text = readFileSync(path, 'utf8')
  const hint = 'run the same command again: it writes the plan anew, and keeps what was finished'
  let plan: Plan
  try {
    plan = JSON.parse(text) as Plan
  } catch (error) {
    throw new UserError(`${path}: damaged: ${(error as Error).message}`, `delete it, and ${hint}`)
  }
  checkFormat(path, 'plan', plan)
  if (!unsealed(text)) throw new UserError(`${path}: damaged (its checksum is wrong)`, `delete it, and ${hint}`)
  return plan
}

const plans = new Map<string, { state: string; plan: Plan }>()

/** The plan of a run for its tasks, read once in a thread as long as it stays the same. */
export function planOf(dir: string): Plan {
  const state = statKey(join(dir, 'plan.json'))
  const known = plans.get(dir)
  if (known?.state === state) return known.plan
  const plan = needPlan(dir)
  plans.set(dir, { state, plan })
  return plan
}

export function needPlan(dir: string): Plan {
  const plan = readPlan(dir)
  if (!plan) throw new UserError(`${shownFolder(dir)}: no run here (no plan.json)`, 'give the folder that was named with "decant run -o"')
  return plan
}

/** What a run leaves that was killed before it had a plan. */
const unborn = /^(?:inputs|splits|plan\.json)(?:\.\d+(?:\.\w+)?\.part)?$/

/** Whether a folder without a plan holds nothing, or what is left of a run that was killed before it had a plan. */
export const isUnborn = (dir: string): boolean => !readdirSync(dir).some((name) => !name.startsWith('.') && !unborn.test(name))

/**
 * Open a folder for a run, with the splits that it reads. A folder that holds another run (another pipeline, or other input files) is refused; the same run with
 * changed options or inputs goes on with whatever still holds. Returns what releases the folder.
 */
export function openRunFolder(dir: string, plan: Plan, splits: readonly TaskInput[]): () => void {
  // One in a store is opened by its local copy: nothing may become a folder that is called like a URL.
  if (isUrl(dir)) throw new UserError(`-o ${dir}: not a local path`)
  if (existsSync(dir) && !statSync(dir).isDirectory()) throw new UserError(`-o ${dir}: is a file, not a folder`, 'choose a new folder')
  const earlier = readPlan(dir)
  if (earlier) refuseOther(dir, earlier, plan, splits)
  else if (existsSync(dir) && !isUnborn(dir) && !holdsResultsOf(dir, plan)) {
    throw new UserError(`-o ${shownFolder(dir)}: the folder is not empty and holds no run`, 'choose a new folder')
  }
  try {
    makeFolder(dir)
  } catch (error) {
    throw new UserError(`-o ${dir}: cannot be made (${(error as NodeJS.ErrnoException).code})`)
  }
  const release = lock(dir)
  removeLeftovers(dir)
  // Results are numbered by split: with another number of splits, they are of other stretches.
  removeOtherResults(dir, isCutAlike(dir, earlier, plan) ? plan.passes : [])
  writeSplits(dir, earlier ? namedAsBefore(dir, earlier, plan, splits) : splits)
  writeAtomically(join(dir, 'plan.json'), sealed(plan, 2))
  mirrorOf(dir)?.push('plan.json')
  return () => {
    // Threads that Ctrl-C ended may have left something half-written.
    if (isLocked(dir)) removeLeftovers(dir)
    release()
  }
}

/** Where a run keeps inputs that can be read only once, and indexes of records. */
export function inputFolder(dir: string): string {
  const folder = join(dir, 'inputs')
  makeFolder(folder)
  return folder
}

/** Whether a folder whose plan is gone holds results of this one. */
const holdsResultsOf = (dir: string, { passes }: Plan): boolean =>
  ['ledger', 'work'].some((folder) => passes.some(({ name, key }) => existsSync(join(dir, folder, `${name}.${key}`))))

/** Whether the inputs were cut into as many splits. */
function isCutAlike(dir: string, earlier: Plan | undefined, plan: Plan): boolean {
  if (earlier) return earlier.inputs.splits === plan.inputs.splits
  try {
    return readSplits(dir, plan).length === plan.inputs.splits
  } catch (error) {
    if (error instanceof DamagedFile) return false
    throw error
  }
}

function refuseOther(dir: string, earlier: Plan, plan: Plan, splits: readonly TaskInput[]): void {
  const shown = shownFolder(dir)
  const hint = `choose another folder with -o, or delete ${shown}`
  if (earlier.name !== plan.name) throw new UserError(`-o ${shown}: holds a run of "${earlier.name}", not of "${plan.name}"`, hint)
  if (earlier.inputs.hash === plan.inputs.hash) return
  const filesOf = (all: readonly TaskInput[]): Map<string, string> => new Map(all.map(({ file, path }) => [file, path]))
  const [before, now] = [filesOf(readSplits(dir, earlier)), filesOf(splits)]
  const missing = [...before].find(([file]) => !now.has(file))?.[1]
  const added = [...now].find(([file]) => !before.has(file))?.[1]
  if (missing === undefined && added === undefined) return
  const change = missing ? `without ${missing}` : `with ${added}`
  throw new UserError(`-o ${shown}: holds a run on other inputs (this one is ${change})`, hint)
}

/** Files are called what they were called first, so that a run that is resumed from another folder goes on with the same names. */
function namedAsBefore(dir: string, earlier: Plan, plan: Plan, splits: readonly TaskInput[]): readonly TaskInput[] {
  if (earlier.inputs.hash !== plan.inputs.hash) return splits
  try {
    return readSplits(dir, earlier).map((split, i) => ({ ...splits[i]!, path: split.path }))
  } catch (error) {
    if (error instanceof DamagedFile) return splits
    throw error
  }
}

/** Files that a killed run left half-written; nothing under a final name is touched, nor what tasks that are running work on. */
function removeLeftovers(dir: string): void {
  for (const folder of ['', 'ledger']) {
    const root = join(dir, folder)
    for (const name of existsSync(root) ? readdirSync(root) : []) if (name.endsWith('.part')) rmSync(join(root, name), { force: true })
  }
  removeAttempts(dir, isAlive)
}

/** Results of all passes but these. */
function removeOtherResults(dir: string, passes: Plan['passes']): void {
  const wanted = new Set(passes.map(({ name, key }) => `${name}.${key}`))
  const mirror = mirrorOf(dir)
  for (const folder of ['ledger', 'work'])
    mirror?.remove(...[...mirror.list(folder).keys()].filter((path) => !wanted.has(path.split('/')[1]!)))
  for (const folder of ['work', 'ledger']) {
    const root = join(dir, folder)
    for (const name of existsSync(root) ? readdirSync(root) : [])
      if (!wanted.has(name) && folder === 'work') removeFolder(dir, join(folder, name))
      else if (!wanted.has(name)) rmSync(join(root, name), { recursive: true, force: true })
  }
}
