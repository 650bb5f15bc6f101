import { z } from 'zod'
import type { Doc } from '../core/doc.ts'
import { DataError, type Location } from '../core/errors.ts'
import type { ReadingTask, TaskInput } from '../core/task.ts'
import { openSplit } from '../formats/byte_source.ts'
import { detectFormat } from '../formats/detect_format.ts'
import { readOptions } from '../formats/input_format.ts'
import { findInputs } from '../inputs/find_inputs.ts'

const options = z.strictObject(readOptions)

export interface ReadingOptions extends z.input<typeof options> {
  /** Called with what cannot be used, and where it is; without it, the first such record throws. */
  onError?(error: DataError, where: Partial<Location> & { file: string }): void
}

/**
 * The documents of files, folders, patterns and URLs, in the order of their paths: WARC, WET, Parquet, Arrow and JSON Lines. Pages of WARC files
 * have no text yet, but a `page`. Throws a UserError for inputs that are not there.
 */
export async function* readDocuments(input: string | readonly string[], given: ReadingOptions = {}): AsyncGenerator<Doc> {
  const { onError, ...named } = given
  const reading = options.parse(named)
  for (const { path, bytes } of await findInputs(typeof input === 'string' ? [input] : [...input])) {
    const split: TaskInput = { file: path, path, name: path.split('/').at(-1)!, start: 0, end: bytes, size: bytes }
    const source = openSplit(split)
    try {
      const detected = await detectFormat(source)
      const task = taskOf(split, onError)
      if (detected.kind === 'unknown')
        task.quarantine(new DataError('unknown_format', `looks like ${detected.looksLike}`), { start: 0, end: bytes })
      if (detected.kind === 'known') yield* detected.format.read(source, detected.compression, reading, task)
    } finally {
      source.close()
    }
  }
}

/** A task that reads a whole file, for nobody's run. */
function taskOf(input: TaskInput, onError: ReadingOptions['onError']): ReadingTask {
  let documents = 0
  return {
    input,
    get documents() {
      return documents
    },
    full: () => false,
    advance() {},
    begin: (bytes) => ({ row: documents++, bytes, reason: null, values: new Float64Array(0), full: false }),
    skip() {},
    passOver() {},
    reject() {},
    quarantine(error, where = {}) {
      if (!onError) throw new DataError(error.kind, `${input.path}: ${error.message}`)
      onError(error, { ...where, file: input.path })
    },
    hashed() {},
    seam() {},
  }
}
