/** The first pass of a measured run that did all that the first pass of another plan does, but for bounds: its spool stands for the inputs. */
export interface Recording {
  dir: string
  /** Name of that pass, how many values it measured, and which of them each value of the other plan is. */
  pass: string
  values: number
  columns: number[]
}

/** One task, for any process that can read the run's folder. */
export interface TaskRequest {
  /** The run's folder, which holds its plan. */
  dir: string
  /** Index of the pass in the plan. */
  pass: number
  /** Index of the task in its pass. */
  index: number
  /** How many documents may still be read; only for runs with a limit, which read shard after shard. */
  limit?: number
  /** Three numbers that the task keeps up to date for whoever shows progress: bytes behind the reader, documents, documents kept. */
  progress?: Float64Array
  /** One number in memory that threads share: not 0 once the task is to end early. */
  stop?: Int32Array
  /** Measure the time spent in each step. */
  timings?: boolean
  /** Where what the first pass reads and measures has been recorded. */
  record?: Recording
}
