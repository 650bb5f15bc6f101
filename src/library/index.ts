import type { Comparison } from '../compare/comparison.ts'
import type { Measurement } from '../compare/measurement.ts'
import type { Doc } from '../core/doc.ts'
import type { Plan } from '../pipeline/plan.ts'
import type { SampleManifest } from '../sample/manifest.ts'
import type { ReadingOptions } from './documents.ts'
import type { FinishedRun, RunRequest, RunSettings } from './runs.ts'

// Loaded when they are called: rules of one's own import this library in every thread, and call none of these.

/** Check a pipeline over its inputs, and say what a run would do. Throws a UserError for whatever is wrong with either. */
export const plan = async (request: RunRequest): Promise<Plan> => await (await import('./runs.ts')).plan(request)

/**
 * Run a pipeline: data, verdicts, errors, manifest and report are in `output`. Throws a UserError for mistakes, an AbortError when it was
 * stopped, and an Error where tasks failed, the others being kept.
 */
export const run = async (options: RunSettings): Promise<FinishedRun> => await (await import('./runs.ts')).run(options)

/** Measure all that any of the pipelines measures, in one reading of the inputs. Throws where a run of `decant measure` would fail. */
export const measure = async (...given: Parameters<typeof import('./measurements.ts').measure>): Promise<Measurement> =>
  await (await import('./measurements.ts')).measure(...given)

/** What two pipelines keep of a measurement, and what each rule does. */
export const compare = async (...given: Parameters<typeof import('./measurements.ts').compare>): Promise<Comparison> =>
  await (await import('./measurements.ts')).compare(...given)

/** Draw samples of equal size of several measured pipelines into a new folder: `tokens` ("28B") for each arm and seed. */
export const sample = async (...given: Parameters<typeof import('./measurements.ts').sample>): Promise<SampleManifest> =>
  await (await import('./measurements.ts')).sample(...given)

/**
 * The documents of files, folders, patterns and URLs, in the order of their paths: WARC, WET, Parquet, Arrow and JSON Lines. Pages of WARC files
 * have no text yet, but a `page`. Throws a UserError for inputs that are not there.
 */
export async function* readDocuments(input: string | readonly string[], options: ReadingOptions = {}): AsyncGenerator<Doc> {
  yield* (await import('./documents.ts')).readDocuments(input, options)
}

/**
 * The rows of a finished run's table, file by file: `data` (what was kept), `verdicts` (a row a document) or `duplicates`. With `columns`, only
 * those are read. Throws a UserError where there is no such run.
 */
export async function* readTable(...given: Parameters<typeof import('./tables.ts').readTable>): AsyncGenerator<Record<string, unknown>> {
  yield* (await import('./tables.ts')).readTable(...given)
}
