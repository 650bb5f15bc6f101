import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { systemCode, UserError } from '../core/errors.ts'
import { checkFormat } from '../core/file_format.ts'
import { refuseRemote } from './inputs.ts'
import { sealed, unsealed, writeAtomically } from './ledger.ts'
import type { Plan } from './plan.ts'

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

export function needPlan(dir: string): Plan {
  const plan = readPlan(dir)
  if (!plan) throw new UserError(`${dir}: no run here (no plan.json)`, 'give the folder that was named with "decant run -o"')
  return plan
}

/** What a run leaves that was killed before it had a plan. */
const unborn = /^plan\.json\.\d+\.part$/

/** Whether a folder holds nothing, or what is left of a run that was killed before it had a plan. */
export const isUnborn = (dir: string): boolean => !readdirSync(dir).some((name) => !name.startsWith('.') && !unborn.test(name))

/**
 * Take a folder for a run. A folder that holds another run (another pipeline, or other input files) is refused; the same run with
 * changed options or inputs goes on with whatever still holds. Returns what releases the folder.
 */
export function openRunFolder(dir: string, plan: Plan): () => void {
  refuseRemote('-o', dir)
  if (existsSync(dir) && !statSync(dir).isDirectory()) throw new UserError(`-o ${dir}: is a file, not a folder`, 'choose a new folder')
  const earlier = readPlan(dir)
  if (earlier) refuseOther(dir, earlier, plan)
  else if (existsSync(dir) && !isUnborn(dir)) {
    throw new UserError(`-o ${dir}: the folder is not empty and holds no run`, 'choose a new folder')
  }
  try {
    makeFolder(dir)
  } catch (error) {
    throw new UserError(`-o ${dir}: cannot be made (${(error as NodeJS.ErrnoException).code})`)
  }
  const release = lock(dir)
  removeLeftovers(dir)
  writeAtomically(join(dir, 'plan.json'), sealed(plan, 2))
  return () => {
    // Threads that Ctrl-C ended may have left something half-written.
    removeLeftovers(dir)
    release()
  }
}

/** As `mkdir -p`; Node's own never ends where a folder cannot be made, as in /proc. */
function makeFolder(dir: string): void {
  if (existsSync(dir)) return
  makeFolder(dirname(resolve(dir)))
  try {
    mkdirSync(dir)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function refuseOther(dir: string, earlier: Plan, plan: Plan): void {
  const hint = `choose another folder with -o, or delete ${dir}`
  if (earlier.name !== plan.name) throw new UserError(`-o ${dir}: holds a run of "${earlier.name}", not of "${plan.name}"`, hint)
  const missing = earlier.inputs.find((path) => !plan.inputs.includes(path))
  const added = plan.inputs.find((path) => !earlier.inputs.includes(path))
  if (missing ?? added) {
    const change = missing ? `without ${missing}` : `with ${added}`
    throw new UserError(`-o ${dir}: holds a run on other inputs (this one is ${change})`, hint)
  }
}

const lockPath = (dir: string): string => join(dir, '.lock')

/** The lock appears whole or not at all; one whose holder is dead is taken away, after making sure that it is still the one looked at. */
function lock(dir: string): () => void {
  const path = lockPath(dir)
  const mine = `${path}.${process.pid}.part`
  try {
    for (let attempt = 0; ; attempt++) {
      writeFileSync(mine, JSON.stringify({ pid: process.pid, host: hostname() }))
      if (claim(mine, path)) return () => rmSync(path, { force: true })
      const found = contentOf(path)
      const holder = holderIn(found)
      if (attempt === 9 || (holder && isAlive(holder))) {
        const who = holder ? `process ${holder.pid} on ${holder.host}` : 'a process'
        throw new UserError(
          `-o ${dir}: another decant (${who}) is working in it`,
          `wait for it, or stop it; if there is none any more, delete ${path}`,
        )
      }
      const aside = `${path}.${process.pid}.stale.part`
      if (!moved(path, aside)) continue
      if (contentOf(aside) !== found) claim(aside, path)
      rmSync(aside, { force: true })
    }
  } catch (error) {
    const code = systemCode(error)
    throw code && code !== 'ENOSPC' ? new UserError(`-o ${dir}: cannot be written to (${code})`) : error
  } finally {
    rmSync(mine, { force: true })
  }
}

/** Give a file a second name, unless that is taken. */
function claim(file: string, name: string): boolean {
  try {
    linkSync(file, name)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Another process that tidies up may have taken the file away.
    if (code === 'EEXIST' || code === 'ENOENT') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
  }
  // File systems without hard links.
  try {
    copyFileSync(file, name, constants.COPYFILE_EXCL)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch {
    return false
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function holderIn(content: string | undefined): { pid: number; host: string } | undefined {
  try {
    return JSON.parse(content ?? '') as { pid: number; host: string }
  } catch {
    return undefined
  }
}

function isAlive({ pid, host }: { pid: number; host: string }): boolean {
  if (host !== hostname()) return true
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  try {
    // A killed process whose parent has not yet looked is still listed, as a zombie.
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true
  }
}

/** Folders and files that a killed run left half-written; nothing under a final name is touched. */
function removeLeftovers(dir: string): void {
  for (const name of existsSync(dir) ? readdirSync(dir) : []) if (name.endsWith('.part')) rmSync(join(dir, name), { force: true })
  for (const folder of ['work', 'ledger']) {
    const root = join(dir, folder)
    if (!existsSync(root)) continue
    for (const pass of readdirSync(root)) {
      for (const name of readdirSync(join(root, pass)))
        if (name.endsWith('.part')) rmSync(join(root, pass, name), { recursive: true, force: true })
    }
  }
}
