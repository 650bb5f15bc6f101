import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import { bounds } from '../core/filter.ts'
import { readConfig } from '../pipeline/config.ts'
import { makePlan } from '../pipeline/make_plan.ts'
import { type PlannedStep, ruleOf, stepsOf } from '../pipeline/plan.ts'
import { loadStep, type Step, stepNames } from '../pipeline/registry.ts'
import { optionRows, optionsGiven } from './option_rows.ts'
import { type NamedStep, pipelineSchema } from './schema.ts'
import { signalsFile, signalsPipeline } from './signals.ts'

/** The files that say what the code says, by path: the pipeline of all signals, the schema of pipeline files, the tables of README.md and pipelines/README.md. */
export async function generateDocs(repository: string): Promise<Record<string, string>> {
  const steps = await Promise.all(stepNames().map(async (name): Promise<NamedStep> => ({ ...(await loadStep(name)), name })))
  const pipelines = join(repository, 'pipelines')
  return {
    [`pipelines/${signalsFile}`]: await signalsPipeline(pipelines),
    'pipelines/schema.json': `${JSON.stringify(pipelineSchema(steps), null, 1)}\n`,
    'pipelines/README.md': await pipelineTables(pipelines),
    'README.md': between(readFileSync(join(repository, 'README.md'), 'utf8'), 'steps', stepTables(steps)),
  }
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const markdown = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

function stepTables(steps: readonly NamedStep[]): string {
  const sections = [
    ['Filters', 'Each measures one number; `min`, `max`, `above` and `below` in the pipeline file say what to keep.', 'filter'],
    ['Editors', 'Each rewrites the text and drops nothing.', 'editor'],
    ['Stages', 'Each sees one shard as a stream.', 'stage'],
    ['Barriers', 'Each must see all shards before it decides.', 'barrier'],
  ] as const
  return sections
    .flatMap(([title, lead, kind]) => {
      const rows = steps
        .filter((step) => step.kind === kind)
        .map((step) => [`\`${step.name}\``, step.summary, optionsOf(step), step.source ?? ''])
      if (rows.length === 0) return []
      const change = kind === 'filter' || kind === 'editor' ? (kind === 'filter' ? 'measures' : 'does') : 'does'
      return [`### ${title}\n${lead}\n\n${markdown(['step', change, 'options', 'source'], rows)}`]
    })
    .join('\n\n')
}

function optionsOf(step: Step): string {
  const rows = optionRows(step).filter(({ name }) => step.kind !== 'filter' || !(name in bounds))
  return rows
    .map((row) => `\`${row.name}\`${row.default === '–' ? '' : row.default === 'required' ? ' (required)' : ` = ${row.default}`}`)
    .join(', ')
}

/** Every shipped pipeline as a table: what each step measures, and what it keeps. */
async function pipelineTables(folder: string): Promise<string> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
  const sections = await Promise.all(
    files.sort().map(async (file) => {
      const config = readConfig(join(folder, file))
      const plan = await makePlan(config, [], { measure: false, audit: 0, keep_removed: false, limit: null })
      const rows = await Promise.all(
        stepsOf(plan).map(async (planned) => {
          const label = planned.label === planned.step ? `\`${planned.step}\`` : `\`${planned.label}\` (\`${planned.step}\`)`
          const { schema, summary } = await loadStep(planned.step)
          return [label, summary, optionsShown(planned, schema, folder), ruleOf(planned)]
        }),
      )
      return `## ${file.replace('.yaml', '')}\n${config.description}\n\n${markdown(['step', 'what it measures or does', 'with', 'keeps'], rows)}\n`
    }),
  )
  return `# Pipelines\nWritten by \`npm run docs\` from the pipeline files and the steps they name.\n${sections.map((section) => `\n${section}`).join('')}`
}

/** "n 5; tokenizer whitespace", lists as code. */
const optionsShown = (step: PlannedStep, schema: z.ZodObject, folder: string): string =>
  optionsGiven(step.options, schema, folder)
    .map(([name, values]) => `${name} ${Array.isArray(step.options[name]) ? values.map((value) => `\`${value}\``).join(' ') : values[0]}`)
    .join('; ')

/** A text with what stands between its markers `<!-- name:begin -->` and `<!-- name:end -->` replaced. */
function between(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`no ${begin} … ${end}`)
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const repository = fileURLToPath(new URL('../..', import.meta.url))
  const write = (docs: Record<string, string>): void => {
    for (const [path, text] of Object.entries(docs)) {
      const file = join(repository, path)
      if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      console.log(`wrote ${path}`)
    }
  }
  // the tables describe that pipeline too
  write({ [`pipelines/${signalsFile}`]: await signalsPipeline(join(repository, 'pipelines')) })
  write(await generateDocs(repository))
}
