import { readdirSync } from 'node:fs'
import { z } from 'zod'
import { optionRows, optionsGiven } from '../authoring/option_rows.ts'
import { meant, UserError } from '../core/errors.ts'
import { plural } from '../core/plural.ts'
import { modelsOf } from '../models/catalog.ts'
import { isShipped, readConfig, shippedPipelines } from '../pipeline/config.ts'
import { makePlan } from '../pipeline/make_plan.ts'
import { findModule, isPath } from '../pipeline/own_steps.ts'
import { type PlannedStep, ruleOf, stepsOf } from '../pipeline/plan.ts'
import { hasStep, loadStep, type Step, shownStep, stepNames } from '../pipeline/registry.ts'
import { table } from '../reports/format.ts'
import { wrap } from '../reports/layout.ts'
import { modelTable } from './models.ts'

/** List recipes and steps, or explain one of them. */
export async function describe(name: string | undefined, flags: { json?: boolean }): Promise<void> {
  const known = name !== undefined && (hasStep(name) ? name : isPath(name) && findModule(name, process.cwd()))
  if (name === undefined) console.log(flags.json ? json(await everything()) : await overview())
  else if (known) {
    const step = await loadStep(known)
    console.log(flags.json ? json(z.toJSONSchema(step.schema, { io: 'input' })) : describeStep(shownStep(known), step))
  } else if (isShipped(name)) console.log(await (flags.json ? recipeJson(name) : describeRecipe(name)))
  else {
    const hint = 'decant describe lists all steps and recipes'
    throw new UserError(`unknown step or recipe "${name}"${meant(name, [...stepNames(), ...recipeNames()])}`, hint)
  }
}

const json = (value: unknown): string => JSON.stringify(value, null, 2)

export const recipeNames = (): string[] =>
  readdirSync(shippedPipelines)
    .flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -5)] : []))
    .sort()

type Entry = { kind: 'recipe'; recipe: string; summary: string } | { kind: Step['kind']; step: string; summary: string }

async function everything(): Promise<Entry[]> {
  const recipes = recipeNames().map((recipe): Entry => ({ recipe, kind: 'recipe', summary: readConfig(recipe).description }))
  const steps = stepNames().map(async (step): Promise<Entry> => {
    const { kind, summary } = await loadStep(step)
    return { step, kind, summary }
  })
  return [...recipes, ...(await Promise.all(steps))]
}

const groups: [Entry['kind'], string][] = [
  ['recipe', 'recipes: whole pipelines, to run by name'],
  ['filter', 'filters: each measures one number, and keeps what is within its bounds'],
  ['editor', 'editors: each rewrites the text'],
  ['stage', 'stages: each sees one shard as a stream'],
  ['barrier', 'barriers: each compares documents of all shards'],
]

async function overview(): Promise<string> {
  const all = await everything()
  const parts = groups.map(([kind, title]) => {
    const rows = all.flatMap((entry) =>
      entry.kind === kind ? [['recipe' in entry ? entry.recipe : entry.step, entry.summary.replace(/\.$/, '')]] : [],
    )
    return `${wrap(title)}\n\n${table([kind, 'what it does'], rows)}`
  })
  return parts.join('\n\n')
}

/** What a step does, its options, and examples of it. */
export function describeStep(name: string, step: Step): string {
  const about = [`${step.summary}.`, ...(step.why ? [step.why] : []), ...(step.source ? [`Source: ${step.source}.`] : [])].map((text) =>
    wrap(text),
  )
  const parts = [`${name} (${step.kind})`, about.join('\n')]
  const options = optionsShown(step)
  if (options.length > 0) parts.push(`options\n${options.join('\n')}`)
  const examples = examplesShown(step)
  if (examples.length > 0) parts.push(`examples\n${examples.map((text) => wrap(text, { indent: '  ', hanging: '    ' })).join('\n')}`)
  return parts.join('\n\n')
}

function optionsShown(step: Step): string[] {
  /** Which option has listed these values already. */
  const listed = new Map<string, string>()
  return optionRows(step).map(({ name, type, values, default: preset, description }) => {
    const presetShown = preset === '–' ? '' : preset === 'required' ? ', required' : `, default ${preset}`
    const lines = [
      wrap(`${name}  ${type}${values.length > 0 ? ` ${values.length}` : ''}${presetShown}`, { indent: '  ', hanging: '      ' }),
    ]
    lines.push(wrap(description, { indent: '      ' }))
    if (values.length > 0) {
      const all = values.join(', ')
      const before = listed.get(all)
      lines.push(wrap(before === undefined ? all : `the same as ${before}`, { indent: '      values: ', hanging: '        ' }))
      if (before === undefined) listed.set(all, name)
    }
    return lines.join('\n')
  })
}

function examplesShown(step: Step): string[] {
  const given = (options: object | undefined): string => (options ? ` with ${JSON.stringify(options)}` : '')
  if (step.kind === 'filter')
    return step.examples.map(({ text, url, options, value }) => `${JSON.stringify(url ?? text)}${given(options)} measures ${value}`)
  if (step.kind === 'editor')
    return step.examples.map(({ text, options, becomes }) => `${JSON.stringify(text)}${given(options)} becomes ${JSON.stringify(becomes)}`)
  return []
}

interface RecipeStep {
  planned: PlannedStep
  /** Options that differ from the defaults, without bounds. */
  options: [name: string, values: string[]][]
  keeps: string
}

async function stepsOfRecipe(name: string): Promise<RecipeStep[]> {
  const plan = await makePlan(readConfig(name), [], { measure: false, audit: 0, keep_removed: false, limit: null })
  return Promise.all(
    stepsOf(plan).map(async (planned) => {
      const { schema } = await loadStep(planned.step)
      return { planned, options: optionsGiven(planned.options, schema, shippedPipelines), keeps: ruleOf(planned) }
    }),
  )
}

/** What a recipe is: its steps in order, and the models that it uses or has steps for. */
export async function describeRecipe(name: string): Promise<string> {
  const steps = await stepsOfRecipe(name)
  const column = Math.max(...steps.map(({ planned }) => planned.label.length))
  const shown = steps.map(({ planned: { label, step: stepName }, options, keeps }) => {
    const given = options.map(([option, values]) => `${option} ${listShown(values)}`).join('; ')
    const about = label === stepName ? given : given === '' ? stepName : `${stepName}: ${given}`
    const head = keeps === '' ? label : `${label.padEnd(column)}  keeps ${keeps}`
    return [wrap(head, { indent: '  ', hanging: '      ' }), ...(about === '' ? [] : [wrap(about, { indent: '      ' })])].join('\n')
  })
  const models = modelsOf(name)
  return [
    `${name} (recipe of ${plural(steps.length, 'step')})`,
    wrap(`${readConfig(name).description.replace(/\.$/, '')}.`),
    `steps, with the options that differ from the defaults\n${shown.join('\n')}`,
    models.length === 0
      ? 'models\n  none'
      : `models\n${modelTable(models, '  ')}\n\n${wrap('To use a model that is not bundled, put its file beside the pipeline and uncomment its step. "decant models check FILE" verifies it.')}`,
  ].join('\n\n')
}

/** Long lists, such as phrases to look for, by their first values. */
const listShown = (values: readonly string[]): string =>
  values.length <= 6 ? values.map(quoted).join(', ') : `${values.slice(0, 5).map(quoted).join(', ')}, … ${values.length - 5} more`
const quoted = (value: string): string => (/^\S+(?: \S+)*$/.test(value) ? value : JSON.stringify(value))

async function recipeJson(name: string): Promise<string> {
  const steps = (await stepsOfRecipe(name)).map(({ planned: { label, step: stepName, kind, options }, keeps }) => ({
    label,
    step: stepName,
    kind,
    options,
    keeps,
  }))
  return json({ name, description: readConfig(name).description, steps, models: modelsOf(name) })
}
