import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Arm, Measurement } from '../compare/measurement.ts'
import { rulesIn } from '../compare/rules.ts'
import { UserError } from '../core/errors.ts'
import { runTogether } from '../executors/local.ts'
import { workersFor } from '../executors/worker_count.ts'
import { findInputs } from '../inputs/find_inputs.ts'
import { changedConfig } from '../pipeline/config.ts'
import { makePlan } from '../pipeline/make_plan.ts'
import { stepsOf } from '../pipeline/plan.ts'
import { recordingFor } from '../pipeline/recorded.ts'
import { openRunFolder } from '../pipeline/run_folder.ts'
import { readSplits } from '../pipeline/splits.ts'
import { finish } from './run.ts'

/**
 * Repeat the barriers (deduplication) of an arm on what its own rules keep, from the texts that the measured run has recorded, without reading and
 * measuring again. `use` is called with the new arm; its run is in a hidden folder of the measurement and is deleted afterwards.
 */
export async function decidedAnew<T>({ dir }: Measurement, arm: Arm, use: (arm: Arm) => Promise<T>): Promise<T> {
  if (arm.standing.length === 0) return await use(arm)
  const { run } = arm
  const config = changedConfig(arm.plan, stepsOf(arm.plan), [])
  const splits = readSplits(run.dir, run.plan)
  const inputs = await findInputs([...new Set(splits.map(({ file }) => file))])
  const plan = await makePlan(config, inputs, run.plan.options, splits)
  const record = recordingFor(plan, run.plan, run.dir)
  if (!record)
    throw new UserError(
      `--exact: ${run.dir} has not recorded what ${arm.standing.join(' and ')} of ${arm.name} would see`,
      'its work/ folder is gone, it was made by another version, or it read with --limit: measure the changed pipeline as one of its own',
    )
  const folder = mkdtempSync(join(dir, '.exact-'))
  const release = openRunFolder(folder, plan, splits)
  try {
    const { failed } = await runTogether([{ plan, dir: folder, record }], { workers: workersFor(inputs) })
    if (failed.length > 0) throw new Error(failed[0]!.message)
    await finish(plan, folder)
    return await use({ ...arm, plan, run: { name: arm.name, dir: folder, plan }, rules: rulesIn(plan, plan), standing: [] })
  } finally {
    release()
    rmSync(folder, { recursive: true, force: true })
  }
}
