import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { DataError } from '../core/errors.ts'

/** How long a step of one's own may take over a document (seconds): far more than rules take, and short enough to wait for. */
const secondsPerDocument = 10

const slot = Symbol.for('decant.guarded')
const script = new Script(`globalThis[Symbol.for('decant.guarded')]()`)

/**
 * Call a function of the user's. Throws a DataError for whatever it throws, with the place in its file, and for one that does not come to an end.
 * The watch costs a third of a millisecond.
 */
export function guarded<T>(label: string, path: string, call: () => T): T {
  const held = globalThis as { [slot]?: () => T }
  held[slot] = call
  try {
    return script.runInThisContext({ timeout: secondsPerDocument * 1000 }) as T
  } catch (error) {
    const { code, message = String(error) } = (error ?? {}) as NodeJS.ErrnoException
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      throw new DataError('step_timeout', `${label}: took more than ${secondsPerDocument} s over the document`)
    throw new DataError('step_failed', `${label}: ${message}${placeIn(path, error)}`)
  } finally {
    held[slot] = undefined as never
  }
}

/** Where in the user's file an error arose: " (upper_ratio.ts:12)". */
function placeIn(path: string, error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  for (const [, url, line] of stack.matchAll(/(file:\/\/[^\s)]+?):(\d+):\d+/g))
    if (fileURLToPath(url!) === path) return ` (${basename(path)}:${line})`
  return ''
}
