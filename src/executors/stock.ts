import { readFailures } from '../pipeline/ledger.ts'
import { PassResults } from '../pipeline/pass_results.ts'
import type { Run } from './local.ts'
import { takeBackDamaged } from './local.ts'
import { orderOf } from './share.ts'

/** How far a run is: the first pass that lacks results, with the tasks that it lacks in their order; or that it lacks nothing. */
export type Stock = { pass: number; missing: number[] } | { isComplete: true }

/**
 * Look through a run as whoever drives it: take back what no longer holds, seal passes that are complete, and put the results of the last one in
 * their places.
 */
export function takeStock(run: Run, options: { fetchesAgain?: boolean } = {}): Stock {
  const { plan, dir } = run
  for (const pass of plan.passes) for (const failure of readFailures(dir, pass)) if (failure.path) takeBackDamaged(run, failure)
  for (const [p, pass] of plan.passes.entries()) {
    const results = new PassResults(dir, plan, pass, options)
    const isComplete = results.entries.every((entry) => entry !== undefined) && results.finish().length === 0
    if (!isComplete) return { pass: p, missing: orderOf(dir, plan, pass).filter((index) => !results.entries[index]) }
  }
  return { isComplete: true }
}
