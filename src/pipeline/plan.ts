import { boundsOf, boundsShown } from '../core/filter.ts'
import type { Stage } from '../core/stage.ts'
import type { Step } from './registry.ts'

/** A step with its options checked and its defaults filled in, and what it declares of itself. */
export interface PlannedStep {
  step: string
  label: string
  kind: Step['kind']
  options: Record<string, unknown>
  /** Hash of the step's own code. */
  code: string
  /** Which part of a barrier; other steps are whole. */
  part?: 'before' | 'after'
  /** Whether it may change texts. */
  edits?: boolean
  role?: NonNullable<Stage['role']>
  makes?: 'text'
  counts?: 'tokens'
  finds?: 'clusters'
  /** What a barrier keeps, for tables. */
  keeps?: string
}

/** The steps between two barriers, run shard by shard. */
export interface ShardPass {
  kind: 'shards'
  name: string
  /** Hash of everything that this pass's results depend on beside the files it reads. */
  key: string
  /** The pass whose spooled documents it goes on with; null when it reads the inputs. */
  from: string | null
  last: boolean
  steps: PlannedStep[]
  /** Names of the values measured up to the end of this pass, in order. */
  columns: string[]
}

/** A barrier's job: runs once every shard has been seen. */
export interface JobPass {
  kind: 'job'
  name: string
  key: string
  /** The pass whose side files it reads. */
  from: string
  step: PlannedStep
  job: number
  tasks: number
}

export type Pass = ShardPass | JobPass

/** What the user may decide beside the pipeline. */
export interface RunOptions {
  /** Measure every rule on every document and drop nothing. */
  measure: boolean
  /** Share of the documents on which every rule is measured, chosen by hash. */
  audit: number
  keep_removed: boolean
  /** Stop after this many documents. */
  limit: number | null
}

/** What a run reads, in numbers; its splits are listed in a file beside the plan. */
export interface InputSummary {
  files: number
  bytes: number
  splits: number
  /** Hash of which files these are, and where they are cut. */
  hash: string
}

/** Everything a run does, as plain data: any process can run any task of it. */
export interface Plan {
  format: number
  decant: string
  /** Hash of the code that runs tasks, whatever their steps. */
  code: string
  name: string
  description: string
  pipeline: string
  /** The command that makes the run again, as a shell would be told; without what changes no result. */
  command?: string
  /** Hash of the steps, their options and the content of the files they name. */
  hash: string
  options: RunOptions
  inputs: InputSummary
  /** Hashes of the files that options name (word lists, models). */
  files: Record<string, string>
  /** Model files that steps read although no option names them. */
  models: string[]
  /** The step that counts tokens, when the pipeline has one. */
  tokens: PlannedStep | null
  /** Whether inputs (Parquet, Arrow, JSON Lines) or pages may carry fields of their own, which are written as a column of their own. */
  carries_metadata: boolean
  passes: Pass[]
}

/** How many tasks a pass has. */
export const tasksOf = ({ inputs }: Pick<Plan, 'inputs'>, pass: Pass): number => (pass.kind === 'job' ? pass.tasks : inputs.splits)

export const passNamed = ({ passes }: Pick<Plan, 'passes'>, name: string): Pass => passes.find((pass) => pass.name === name)!

/** The pipeline's steps, each once. */
export const stepsOf = (plan: Pick<Plan, 'passes'>): PlannedStep[] =>
  plan.passes.flatMap((pass) => (pass.kind === 'shards' ? pass.steps.filter(({ part }) => part !== 'after') : []))

export const shardName = (index: number): string => String(index).padStart(5, '0')

/** What a step keeps, as a reader would write it: a filter's bounds ("≥ 50 and ≤ 100000"), or what a barrier says. '' for others. */
export function ruleOf({ kind, options, keeps = '' }: Pick<PlannedStep, 'kind' | 'options' | 'keeps'>): string {
  return kind === 'filter' ? boundsShown(boundsOf(options)) : keeps
}
