import { constants, copyFileSync, linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { systemCode, UserError } from '../core/errors.ts'
import { type Mirror, mirrorOf } from '../storage/mirror.ts'

// The lock of a run belongs to whoever drives it: plans, seals, takes results back. Tasks need none.

/** A lock is touched this often, and one of another machine that has not been for so long is nobody's any more (milliseconds). */
const heartbeat = 30_000
const stale = 10 * heartbeat

/** The lock appears whole or not at all; one whose holder is dead is taken away, after making sure that it is still the one looked at. */
export function lock(dir: string): () => void {
  const mirror = mirrorOf(dir)
  if (mirror) return lockStored(mirror)
  const path = join(dir, '.lock')
  const mine = `${path}.${process.pid}.part`
  try {
    for (let attempt = 0; ; attempt++) {
      writeFileSync(mine, JSON.stringify({ pid: process.pid, host: hostname() }))
      if (claim(mine, path)) return keep(path)
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
  const said = (): string => JSON.stringify({ pid: process.pid, host: hostname(), at: Date.now() })
  for (let attempt = 0; !mirror.putText(name, said(), { onlyNew: true }); attempt++) {
    const text = mirror.text(name)
    const holder = holderIn(text) as { pid: number; host: string; at?: number } | undefined
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
      mirror.putText(name, said())
    } catch {
      // The store is away for a moment; the lock is not stale yet.
    }
  }, heartbeat)
  timer.unref()
  return () => {
    clearInterval(timer)
    mirror.remove(name)
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
function keep(path: string): () => void {
  const timer = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date())
    } catch {
      // Taken away by hand: then somebody else may have it.
    }
  }, heartbeat)
  timer.unref()
  return () => {
    clearInterval(timer)
    rmSync(path, { force: true })
  }
}

/** Whether a lock's holder is alive: on this machine by its process, on another by when the lock was last touched, by the file system's clock. */
function holds({ pid, host }: { pid: number; host: string }, path: string, mine: string): boolean {
  if (host === hostname()) return isAlive(pid)
  try {
    return statSync(mine).mtimeMs - statSync(path).mtimeMs < stale
  } catch {
    return true
  }
}

function holderIn(content: string | undefined): { pid: number; host: string } | undefined {
  try {
    return JSON.parse(content ?? '') as { pid: number; host: string }
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
