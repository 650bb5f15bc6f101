import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { z } from 'zod'
import { readConfig } from '../pipeline/config.ts'
import { makePlan } from '../pipeline/make_plan.ts'
import { type PlannedStep, ruleOf, stepsOf } from '../pipeline/plan.ts'
import { loadStep, stepNames } from '../pipeline/registry.ts'
import { optionsGiven } from './option_rows.ts'
import { type NamedStep, pipelineSchema } from './schema.ts'
import { signalsFile, signalsPipeline } from './signals.ts'
import { stepPages } from './step_pages.ts'

/** The files that say what the code says, by path: the pipeline of all signals, the schema of pipeline files, the tables of recipes, and a page for each step. */
export async function generateDocs(repository: string): Promise<Record<string, string>> {
  const steps = await Promise.all(stepNames().map(async (name): Promise<NamedStep> => ({ ...(await loadStep(name)), name })))
  const pipelines = join(repository, 'pipelines')
  const recipes = await readRecipes(pipelines)
  return {
    [`pipelines/${signalsFile}`]: await signalsPipeline(pipelines),
    'pipelines/schema.json': `${JSON.stringify(pipelineSchema(steps), null, 1)}\n`,
    'pipelines/README.md': recipeTables(recipes),
    ...Object.fromEntries(Object.entries(stepPages(steps, recipes.usedBy)).map(([name, text]) => [`docs/steps/${name}`, text])),
  }
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const markdown = (header: readonly string[], rows: readonly (readonly string[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

/** What recipes are made of: their own steps, and groups of rules that several include. */
interface RecipeTable {
  name: string
  description: string
  rows: string[][]
}

/** Every bundled recipe as a table, and every group of rules once. */
async function readRecipes(
  folder: string,
): Promise<{ recipes: RecipeTable[]; groups: Map<string, string[][]>; usedBy: Map<string, Set<string>> }> {
  const groups = new Map<string, string[][]>()
  const usedBy = new Map<string, Set<string>>()
  const recipes: RecipeTable[] = []
  for (const file of readdirSync(folder).sort()) {
    if (!file.endsWith('.yaml') || file === signalsFile) continue
    const config = readConfig(join(folder, file))
    const planned = stepsOf(await makePlan(config, [], { measure: false, audit: 0, keep_removed: false, limit: null }))
    const rows: string[][] = []
    for (const { label, where } of config.steps) {
      const step = planned.find((each) => each.label === label)!
      const from = relative(folder, resolve(where().replace(/:\d+$/, '')))
      usedBy.set(step.step, (usedBy.get(step.step) ?? new Set()).add(from))
      const row = await stepRow(step, folder)
      if (from === file) rows.push(row)
      else if (rows.at(-1)?.[0] !== groupLink(from)) rows.push([groupLink(from), '', ''])
      if (from !== file) addOnce(groups, from, row)
    }
    recipes.push({ name: file.replace('.yaml', ''), description: config.description, rows })
  }
  return { recipes, groups, usedBy }
}

const groupLink = (file: string): string => `rules of [\`${file}\`](#${file.replaceAll(/[^a-z0-9_]/g, '')})`

function addOnce(groups: Map<string, string[][]>, group: string, row: string[]): void {
  const rows = groups.get(group) ?? []
  if (!rows.some((known) => known.join() === row.join())) rows.push(row)
  groups.set(group, rows)
}

async function stepRow(planned: PlannedStep, folder: string): Promise<string[]> {
  const page = `[\`${planned.step}\`](../docs/steps/${planned.step}.md)`
  const { schema } = await loadStep(planned.step)
  return [planned.label === planned.step ? page : `${page} as \`${planned.label}\``, optionsShown(planned, schema, folder), ruleOf(planned)]
}

function recipeTables({ recipes, groups }: Awaited<ReturnType<typeof readRecipes>>): string {
  const table = (rows: string[][]): string => markdown(['step', 'with', 'keeps'], rows)
  return [
    '# Recipes\nWritten by `npm run docs` from the pipeline files and the steps they name. What a step measures is on its page.\n',
    ...recipes.map(({ name, description, rows }) => `## ${name}\n${description}\n\n${table(rows)}\n`),
    '# Groups of rules\nFor `include:` in a pipeline of yours.\n',
    ...[...groups].sort().map(([file, rows]) => `## ${file}\n${table(rows)}\n`),
  ].join('\n')
}

/** "n 5; tokenizer whitespace", lists as code. */
const optionsShown = (step: PlannedStep, schema: z.ZodObject, folder: string): string =>
  optionsGiven(step.options, schema, folder)
    .map(([name, values]) => `${name} ${Array.isArray(step.options[name]) ? values.map((value) => `\`${value}\``).join(' ') : values[0]}`)
    .join('; ')

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
