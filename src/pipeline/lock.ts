import { randomUUID } from 'node:crypto'
import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { systemCode, UserError } from '../core/errors.ts'
import { type Mirror, mirrorOf, shownFolder } from '../storage/mirror.ts'

// The lock of a run belongs to whoever drives it: plans, seals, takes results back. Tasks need none.

/** A lock is touched this often, and one of another machine that has not been for so long is nobody's any more (milliseconds). */
const heartbeat = 30_000
const stale = 10 * heartbeat

interface Holder {
  pid: number
  host: string
  /** Of this lock alone: a machine that starts anew may give a number of a process again. */
  id?: string
  /** In a store: when it was written last. */
  at?: number
}

/** A lock that this process has taken. */
interface Taken {
  id: string
  /** Who holds it now. */
  holder(): Holder | undefined
}

/** By the real path of the run's folder. */
const taken = new Map<string, Taken>()
const takenOf = (dir: string): Taken | undefined => taken.get(existsSync(dir) ? realpathSync(dir) : dir)

/** Whether this process still holds a lock that it has taken: after a long sleep, another one may have it. */
const isMine = (mine: Taken | undefined): boolean => mine !== undefined && mine.holder()?.id === mine.id
export const isLocked = (dir: string): boolean => isMine(takenOf(dir))

/** Throw a UserError where this process has taken the lock of a run, and lost it. */
export function checkLock(dir: string): void {
  const mine = takenOf(dir)
  if (!mine || isMine(mine)) return
  const holder = mine.holder()
  throw new UserError(
    `-o ${shownFolder(dir)}: ${holder ? `another decant (process ${holder.pid} on ${holder.host})` : 'somebody'} has taken the lock away, because this one gave no sign for too long`,
    'let the other one go on; if there is none, run the same command again',
  )
}

function take(dir: string, id: string, holder: () => Holder | undefined, letGo: () => void): () => void {
  const path = realpathSync(dir)
  const mine = { id, holder }
  taken.set(path, mine)
  return () => {
    taken.delete(path)
    if (isMine(mine)) letGo()
  }
}

/** The lock appears whole or not at all; one whose holder is dead is taken away, after making sure that it is still the one looked at. */
export function lock(dir: string): () => void {
  const mirror = mirrorOf(dir)
  if (mirror) return lockStored(mirror)
  const path = join(dir, '.lock')
  const mine = `${path}.${process.pid}.part`
  const id = randomUUID()
  try {
    for (let attempt = 0; ; attempt++) {
      writeFileSync(mine, JSON.stringify({ pid: process.pid, host: hostname(), id }))
      if (claim(mine, path)) return keep(dir, path, id)
      const found = contentOf(path)
      const holder = holderIn(found)
      if (attempt === 9 || (holder && holds(holder, path, mine))) {
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

/** The same in a store, where the holder writes the time every now and then. */
function lockStored(mirror: Mirror): () => void {
  const name = '.lock'
  const id = randomUUID()
  const said = (): string => JSON.stringify({ pid: process.pid, host: hostname(), id, at: Date.now() })
  for (let attempt = 0; !mirror.putText(name, said(), { onlyNew: true }); attempt++) {
    const text = mirror.text(name)
    const holder = holderIn(text)
    if (text === undefined) continue
    const isHeld = holder && (holder.host === hostname() ? isAlive(holder.pid) : Date.now() - (holder.at ?? 0) < stale)
    if (isHeld || attempt === 9)
      throw new UserError(
        `-o ${mirror.url}: another decant (${holder ? `process ${holder.pid} on ${holder.host}` : 'a process'}) is working in it`,
        `wait for it, or stop it; if there is none any more, delete ${mirror.urlOf(name)}`,
      )
    // Somebody else may find it stale at the same time: whoever writes first then has it.
    mirror.remove(name)
  }
  const timer = setInterval(() => {
    try {
      if (holderIn(mirror.text(name))?.id === id) mirror.putText(name, said())
    } catch {
      // The store is away for a moment; the lock is not stale yet.
    }
  }, heartbeat)
  timer.unref()
  const release = take(
    mirror.dir,
    id,
    () => holderIn(mirror.text(name)),
    () => mirror.remove(name),
  )
  return () => {
    clearInterval(timer)
    release()
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

/** Show that the holder is alive; returns what lets go. */
function keep(dir: string, path: string, id: string): () => void {
  const holder = (): Holder | undefined => holderIn(contentOf(path))
  const timer = setInterval(() => {
    try {
      if (holder()?.id === id) utimesSync(path, new Date(), new Date())
    } catch {
      // Taken away by hand: then somebody else may have it.
    }
  }, heartbeat)
  timer.unref()
  const release = take(dir, id, holder, () => rmSync(path, { force: true }))
  return () => {
    clearInterval(timer)
    release()
  }
}

/** Whether a lock's holder is alive: on this machine by its process, on another by when the lock was last touched, by the file system's clock. */
function holds({ pid, host }: Holder, path: string, mine: string): boolean {
  if (host === hostname()) return isAlive(pid)
  try {
    return statSync(mine).mtimeMs - statSync(path).mtimeMs < stale
  } catch {
    return true
  }
}

function holderIn(content: string | undefined): Holder | undefined {
  try {
    return JSON.parse(content ?? '') as Holder
  } catch {
    return undefined
  }
}

export function isAlive(pid: number): boolean {
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
