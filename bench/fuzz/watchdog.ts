import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Expected, Kind } from './outcome.ts'
import type { Said } from './worker.ts'

export interface Finding {
  /** The number of its case. */
  n: number
  /** The same for findings of the same cause, as far as one can tell. */
  signature: string
  stack: string
}

const maxMemory = 1 << 30
/** Beyond what a worker itself calls slow: such a case never ends. */
const hangSeconds = (bytes: number): number => 4 + (10 * bytes) / 1e6
const heap = ['--max-old-space-size=400', '--max-semi-space-size=16']

interface Worker {
  child: ChildProcess
  said: AsyncIterator<string>
}

function startWorker(args: readonly string[]): Worker {
  const file = fileURLToPath(new URL('./worker.js', import.meta.url))
  const child = spawn(process.execPath, [...heap, file, ...args], { stdio: ['pipe', 'ignore', 'pipe', 'pipe'] })
  child.stderr!.resume()
  return { child, said: createInterface({ input: child.stdio[3] as Readable })[Symbol.asyncIterator]() }
}

/** CPU seconds and resident bytes of a process, as Linux counts them. */
function usage(pid: number): { seconds: number; memory: number } | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ')
    return { seconds: (Number(fields[11]) + Number(fields[12])) / 100, memory: Number(fields[21]) * 4096 }
  } catch {
    return undefined
  }
}

/** Watch over one process: it is killed when the case at hand takes too long, or memory grows. */
class Watch {
  n = -1
  bytes = 0
  reason: string | undefined
  seconds = 0
  #began = 0
  #seen = -1
  readonly #timer: NodeJS.Timeout

  constructor(child: ChildProcess) {
    this.#timer = setInterval(() => {
      const now = child.pid === undefined ? undefined : usage(child.pid)
      if (!now) return
      if (this.#seen !== this.n) [this.#seen, this.#began] = [this.n, now.seconds]
      this.seconds = now.seconds
      if (this.n < 0) return
      if (now.seconds - this.#began > hangSeconds(this.bytes)) this.reason = 'hang'
      else if (now.memory > maxMemory) this.reason = 'memory'
      if (this.reason) child.kill('SIGKILL')
    }, 200)
  }

  end(): void {
    clearInterval(this.#timer)
  }
}

/** Try cases for some CPU seconds, going on behind every one that had to be stopped. */
export async function fuzz(
  kind: Kind,
  seed: string,
  limit: number,
  folders: readonly string[],
  found: (finding: Finding) => Promise<void>,
  isNew: (signature: string) => boolean,
): Promise<{ executions: number; seconds: number }> {
  let [n, seconds] = [0, 0]
  while (seconds < limit) {
    const { child, said } = startWorker([kind, seed, String(n), ...folders])
    const watch = new Watch(child)
    const exited = new Promise<string>((resolve) => child.on('exit', (code, signal) => resolve(signal ?? `exit ${code}`)))
    const findings: Finding[] = []
    const hasNew = (): boolean => findings.some(({ signature }) => isNew(signature))
    for (let line = await said.next(); !line.done; line = await said.next()) {
      const what = JSON.parse(line.value) as Said
      if ('begins' in what) [watch.n, watch.bytes] = [what.begins, what.bytes]
      else if ('fails' in what) findings.push({ n: what.fails, signature: signatureOf(what), stack: what.stack })
      if (hasNew() || seconds + watch.seconds > limit) break
    }
    const stopped = hasNew() || seconds + watch.seconds > limit
    if (stopped) child.kill('SIGTERM')
    await Promise.race([exited, setTimeout(2000)])
    child.kill('SIGKILL')
    watch.end()
    seconds += Math.max(watch.seconds, 0.1)
    if (!stopped) findings.push({ n: watch.n, signature: watch.reason ?? `process ends: ${await exited}`, stack: '' })
    n = Math.max(n, watch.n) + 1
    for (const finding of findings) await found(finding)
  }
  return { executions: n, seconds }
}

/** What is wrong with one file, if anything is. */
export async function tryFile(kind: Kind, path: string, bytes: number, expected: Expected): Promise<Finding | undefined> {
  const { child, said } = startWorker([kind, 'check'])
  const watch = new Watch(child)
  child.stdin!.end(`${JSON.stringify({ path, bytes, expected })}\n`)
  let finding: Finding | undefined
  let ended = false
  for (let line = await said.next(); !line.done && !ended; line = await said.next()) {
    const what = JSON.parse(line.value) as Said
    if ('begins' in what) [watch.n, watch.bytes] = [what.begins, what.bytes]
    else if ('fails' in what) finding ??= { n: what.fails, signature: signatureOf(what), stack: what.stack }
    else ended = true
  }
  child.kill('SIGKILL')
  watch.end()
  if (!finding && !ended) finding = { n: 0, signature: watch.reason ?? 'process ends', stack: '' }
  return finding
}

/** What was said, without numbers and quoted values, and the place in decant's own code. */
function signatureOf({ message, stack }: { message: string; stack: string }): string {
  const place = /\/(?:src|node_modules)\/[^\s:)]+/.exec(stack.split('\n').filter((line) => /\/src\//.test(line))[0] ?? '')?.[0] ?? ''
  const said = message
    .split('\n')[0]!
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '…')
    .replace(/<urn[^>]*>|\d+(?:\.\d+)?/g, '#')
  return `${said.slice(0, 120)} ${place}`.trim()
}
