import { readdirSync } from 'node:fs'
import { z } from 'zod'
import { optionRows } from '../authoring/option_rows.ts'
import { didYouMean, UserError } from '../core/errors.ts'
import { modelsOf } from '../models/catalog.ts'
import { readConfig, shippedPipelines } from '../pipeline/config.ts'
import { hasStep, loadStep, type Step, stepNames } from '../pipeline/registry.ts'
import { table } from '../reports/format.ts'
import { modelTable } from './models.ts'

/** List all steps, or explain one. */
export async function describe(name: string | undefined, flags: { json?: boolean }): Promise<void> {
  if (name === undefined) {
    const steps = await Promise.all(stepNames().map(async (step) => ({ step, ...(await loadStep(step)) })))
    if (flags.json)
      return console.log(
        JSON.stringify(
          steps.map(({ step, kind, summary }) => ({ step, kind, summary })),
          null,
          2,
        ),
      )
    console.log(
      table(
        ['step', 'kind', 'what it does'],
        steps.map(({ step, kind, summary }) => [step, kind, summary]),
      ),
    )
    return
  }
  if (!hasStep(name) && isShipped(name)) {
    describeRecipe(name, flags)
    return
  }
  if (!hasStep(name)) {
    const close = didYouMean(name, [...stepNames(), ...shippedNames()])
    throw new UserError(`unknown step "${name}"${close ? `; did you mean ${close}?` : ''}`, 'decant describe lists all steps')
  }
  const step = await loadStep(name)
  if (flags.json) return console.log(JSON.stringify(z.toJSONSchema(step.schema, { io: 'input' }), null, 2))
  console.log(explanation(name, step))
}

const shippedNames = (): string[] => readdirSync(shippedPipelines).flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -5)] : []))
const isShipped = (name: string): boolean => shippedNames().includes(name)

/** What a shipped pipeline is, and the models that it uses or has steps for. */
function describeRecipe(name: string, flags: { json?: boolean }): void {
  const { description, steps } = readConfig(name)
  const models = modelsOf(name)
  if (flags.json) {
    console.log(JSON.stringify({ name, description, models }, null, 2))
    return
  }
  console.log(`${name} (pipeline of ${steps.length} steps)\n\n${description.replace(/\.$/, '')}.\n`)
  console.log(
    models.length === 0
      ? 'It uses no models.'
      : `${modelTable(models)}\n\nPut a file beside the pipeline and uncomment its step. decant models check FILE verifies it.`,
  )
}

function explanation(name: string, step: Step): string {
  const lines = [`${name} (${step.kind})`, '', `${step.summary}.`]
  if (step.source) lines.push(`Source: ${step.source}.`)
  const options = optionRows(step)
  if (options.length > 0)
    lines.push(
      '',
      table(
        ['option', 'type', 'default', 'meaning'],
        options.map((row) => [row.name, row.type, row.default, row.description]),
      ),
    )
  if (step.kind === 'filter') {
    lines.push('', 'examples')
    for (const { text, url, options: given, value } of step.examples) {
      lines.push(`  ${JSON.stringify(url ?? text)}${given ? ` with ${JSON.stringify(given)}` : ''} measures ${value}`)
    }
  }
  if (step.kind === 'editor') {
    lines.push('', 'examples')
    for (const { text, options: given, becomes } of step.examples) {
      lines.push(`  ${JSON.stringify(text)}${given ? ` with ${JSON.stringify(given)}` : ''} becomes ${JSON.stringify(becomes)}`)
    }
  }
  return lines.join('\n')
}
