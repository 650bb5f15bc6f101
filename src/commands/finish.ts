import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { plural } from '../core/plural.ts'
import { type Stock, takeStock } from '../executors/stock.ts'
import { below } from '../inputs/lists.ts'
import { lock } from '../pipeline/lock.ts'
import { type Plan, tasksOf } from '../pipeline/plan.ts'
import { needPlan, openRun } from '../pipeline/run_folder.ts'
import { count } from '../reports/format.ts'
import { funnelTable } from '../reports/funnel.ts'
import { isUrl } from '../storage/url.ts'
import { unfinish, finish as writeManifest } from './run.ts'
import { exitCodes, passIndex } from './task.ts'

/** List the tasks that the first incomplete pass of a run lacks, as arguments of `decant task`. Returns the exit code. */
export async function missing(run: string, flags: { pass?: string; json?: boolean }): Promise<number> {
  const { plan, stock, release } = look(run)
  release()
  const wanted = passIndex(run, plan, flags.pass)
  const lacks = 'missing' in stock && (wanted === undefined || wanted === stock.pass) ? stock : undefined
  const pass = lacks && plan.passes[lacks.pass]!
  if (flags.json) console.log(JSON.stringify({ pass: pass?.name ?? null, missing: lacks?.missing ?? [] }))
  else if (lacks && pass) for (const index of lacks.missing) console.log(flags.pass === undefined ? `${pass.name} ${index}` : String(index))
  return 0
}

/** Put the results of a run whose tasks are all done in their places; write manifest and report. Returns the exit code. */
export async function finish(run: string, flags: { json?: boolean }): Promise<number> {
  const { dir, plan, stock, release } = look(run)
  try {
    if ('missing' in stock) {
      const pass = plan.passes[stock.pass]!
      console.error(`decant: pass ${pass.name} lacks ${stock.missing.length} of ${plural(tasksOf(plan, pass), 'task')}`)
      console.error(`  hint: "decant missing ${run}" lists them, "decant task ${run} --pass ${pass.name}" runs them`)
      return exitCodes.again
    }
    if (!existsSync(join(dir, 'manifest.json'))) unfinish(dir)
    const manifest = await writeManifest(plan, dir)
    if (flags.json) console.log(JSON.stringify({ manifest: below(run, 'manifest.json'), records: manifest.records }))
    else
      console.log(
        `${funnelTable(plan, manifest)}\n\n${count(manifest.records.read)} records read · manifest ${below(run, 'manifest.json')}`,
      )
    return exitCodes.done
  } finally {
    release()
  }
}

/** Take stock of a run, holding its lock until it is released. */
function look(run: string): { dir: string; plan: Plan; stock: Stock; release(): void } {
  const { dir, close } = openRun(isUrl(run) ? run : resolve(run))
  let unlock = (): void => {}
  const release = (): void => {
    unlock()
    close()
  }
  try {
    const plan = needPlan(dir)
    unlock = lock(dir)
    return { dir, plan, stock: takeStock({ plan, dir }), release }
  } catch (error) {
    release()
    throw error
  }
}
