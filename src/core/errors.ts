/**
 * Three kinds of trouble, and three ways they end (design promise 3):
 * - `UserError`: configuration or paths. Exit code 2, one line, a hint, no stack.
 * - `DataError`: one record. Counted, located, written to `errors/`, the run goes on.
 * - anything else is a bug, or the machine (full disk): the task fails.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message)
  }
}

/**
 * Where in which file a record lies; offsets are bytes of the file as stored, `end` exclusive. With `member`, they are of what the gzip member (or
 * zstd frame) that begins there holds, decompressed.
 */
export interface Location {
  file: string
  start?: number
  end?: number
  member?: number
  row?: number
  /** How many rows from `row` on, when more than one. */
  rows?: number
}

/** One record that cannot be used, and why. `kind` is a short stable name such as `corrupt_member`. */
export class DataError extends Error {
  override readonly name = 'DataError'
  constructor(
    readonly kind: string,
    message: string,
  ) {
    super(message)
  }
}

/** The kind of a DataError that a file in a store could not be fetched to its end: whoever runs the pipeline again tries again. */
export const unreachable = 'unreachable'

/** The code of an error that says of a file between passes that it is not what its task wrote; its `path` is the file. */
export const damagedFile = 'EDAMAGED'

/** A file between passes that is not what its task wrote: that task must run again. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile'
  readonly code = damagedFile
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(`${path} is damaged: ${message}`)
  }
}

/** What an error file holds, one JSON object a line. */
export interface ErrorEntry extends Location {
  kind: string
  message: string
  id?: string
  url?: string
}

/** The code of an error of the operating system, such as ENOSPC: of the disk or the network, not of the data. */
export function systemCode(error: unknown): string | undefined {
  const { code } = error as NodeJS.ErrnoException
  return typeof code === 'string' && /^E[A-Z]+$/.test(code) ? code : undefined
}

/** What the machine lacks, where the code of an error says so, and what to do. */
export function shortageOf(code: string | undefined): { what: string; remedy: string } | undefined {
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return { what: 'the disk is full', remedy: 'Free some space' }
  if (code === 'EMFILE' || code === 'ENFILE') return { what: 'too many files are open', remedy: 'Allow more ("ulimit -n 4096")' }
  return undefined
}

/** Several mistakes of the user, to be told together. */
export class UserErrors extends UserError {
  constructor(readonly errors: readonly UserError[]) {
    super(errors.map(({ message }) => message).join('\n'))
  }
}

/** Do all of these; throws the mistake that was found, or all of them together, the same one once. */
export async function allOrMistakes<T>(all: readonly (() => T | Promise<T>)[]): Promise<T[]> {
  const results: T[] = []
  const errors = new Map<string, UserError>()
  for (const each of all) {
    try {
      results.push(await each())
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      for (const one of error instanceof UserErrors ? error.errors : [error]) errors.set(one.message, one)
    }
  }
  if (errors.size === 0) return results
  throw errors.size === 1 ? [...errors.values()][0]! : new UserErrors([...errors.values()])
}

/** The closest of `candidates` to a misspelt `word`, when one is close enough to be meant. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(word, candidate)
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best
}

/** "; did you mean X?" when one of `candidates` is close to a misspelt word, else nothing. */
export function meant(word: string, candidates: Iterable<string>): string {
  const close = didYouMean(word, candidates)
  return close === undefined ? '' : `; did you mean ${close}?`
}

/** An error about a name that is not known: says which one was probably meant, and gives the hint (the list of names) only where none is close. */
export function unknownName(message: string, word: string, candidates: Iterable<string>, hint: string): UserError {
  const close = didYouMean(word, candidates)
  return close === undefined ? new UserError(message, hint) : new UserError(`${message}; did you mean ${close}?`)
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitute = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(substitute, previous[j]! + 1, row[j - 1]! + 1))
    }
    previous = row
  }
  return previous[b.length]!
}
