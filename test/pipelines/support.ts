import { fileURLToPath } from 'node:url'
import { Doc } from '../../src/core/doc.ts'
import type { Task } from '../../src/core/task.ts'
import { readConfig } from '../../src/pipeline/config.ts'
import { makePlan } from '../../src/pipeline/make_plan.ts'
import type { ShardPass } from '../../src/pipeline/plan.ts'
import { compileRule } from '../../src/pipeline/rules.ts'
import { crawl, runHere } from '../support.ts'

/** Where a shipped file of `pipelines/` lies. */
export const pipelineFile = (path: string): string => fileURLToPath(new URL(`../../pipelines/${path}`, import.meta.url))

/** What a shipped pipeline makes of the small crawl: documents removed by reason, by name, and those kept. */
export async function funnelOf(pipeline: string, output: string): Promise<{ removed: Record<string, number>; kept: number }> {
  const { manifest } = await runHere(pipelineFile(`${pipeline}.yaml`), `${crawl}*.warc.gz`, output)
  const { removed, kept } = manifest.records
  return { removed, kept }
}

export type Chain = (text: string) => { text: string; reason: string | null; values: Record<string, number> }

/** The filters and editors of one pass of a shipped pipeline, from one label to another, run on a text as they would be on a page's. */
export async function chainOf(pipeline: string, from: string, to: string, shardPass = 0): Promise<Chain> {
  const plan = await makePlan(readConfig(pipelineFile(`${pipeline}.yaml`)), [], {
    measure: false,
    audit: 0,
    keep_removed: false,
    limit: null,
  })
  const { steps, columns } = plan.passes.filter((pass): pass is ShardPass => pass.kind === 'shards')[shardPass]!
  const labels = steps.map(({ label }) => label)
  const chain = steps
    .slice(labels.indexOf(from), labels.indexOf(to) + 1)
    .filter(({ kind, step }) => kind !== 'stage' && step !== 'language_score')
  let reason: string | null = null
  const refuse = (_: Doc, why: string): null => {
    reason = why
    return null
  }
  // Rules ask nothing else of the task; barriers do.
  const alone = { shared: (_: string, compute: unknown) => compute } as Task
  const rules = await Promise.all(chain.map((step) => compileRule(step, columns, refuse, alone)))
  return (text) => {
    reason = null
    const values = new Float64Array(columns.length).fill(Number.NaN)
    let doc = new Doc({ id: 'test', text, verdict: { row: 0, bytes: 0, reason: null, values, full: false } })
    for (const { run } of rules) {
      const next = run(doc)
      if (next === null) break
      doc = next
    }
    const measured = columns.map((label, i): [string, number] => [label, values[i]!]).filter(([, value]) => !Number.isNaN(value))
    return { text: doc.text, reason, values: Object.fromEntries(measured) }
  }
}

/** 127 words in 8 lines that no rule objects to. */
export const article = [
  'When the river rose in the spring of that year, the people of the lower town carried their furniture upstairs and waited.',
  'Nobody had seen such water before, and the oldest of them could only remember a story that their parents had told.',
  'By the third day a boat was tied to the church door, with two boys in it who sold bread.',
  'It took a week until the mud could be shovelled out of the cellars.',
  'Many houses have a mark beside the window now, to show how high it was.',
  'Visitors ask about them, and some will not believe what they hear.',
  'The dam was built soon after, from stone that came by rail.',
  'Since then the meadows have been dry in summer and useful.',
].join('\n')
