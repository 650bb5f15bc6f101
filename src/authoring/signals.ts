import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parse, stringify } from 'yaml'
import { withoutBounds } from '../core/filter.ts'
import { canonicalJson } from '../core/hash.ts'
import { isFilePath } from '../core/options.ts'
import { type Config, type ConfigStep, readConfig } from '../pipeline/config.ts'
import { loadStep, type Step, stagesWhere } from '../pipeline/registry.ts'

export const signalsFile = 'all-signals.yaml'

/** Whose names come first where recipes measure the same. */
const first = ['redpajama-v2', 'fineweb']

interface Signal {
  entry: ConfigStep
  /** As a pipeline in `pipelines/` gives them, without bounds. */
  options: Record<string, unknown>
  recipes: string[]
}

/** A pipeline that measures, without a bound, what any of the recipes measures: each filter once for each set of options. */
export async function signalsPipeline(pipelines: string): Promise<string> {
  const files = readdirSync(pipelines).filter((file) => file.endsWith('.yaml') && file !== signalsFile)
  const names = files.map((file) => file.replace(/\.yaml$/, '')).sort()
  const signals = new Map<string, Signal>()
  for (const name of [...first, ...names.filter((name) => !first.includes(name))]) {
    const file = join(pipelines, `${name}.yaml`)
    const takesParameters = 'parameters' in (parse(readFileSync(file, 'utf8')) as object)
    if (!takesParameters) await addSignals(readConfig(file), pipelines, signals)
  }
  const labels = [...signals.values()].map(({ entry }) => entry.label)
  const lines = [...signals.values()].map(({ entry, options, recipes }) => {
    const isOnly = labels.filter((label) => label === entry.label).length === 1
    const as = isOnly ? entry.label : `${recipes[0]!.replaceAll(/[-.]/g, '_')}_${entry.label}`
    const given = stringify({ as, ...options }, { lineWidth: 0 })
      .trimEnd()
      .replace(/^/gm, '      ')
    return `  # ${recipes.join(', ')}\n  - ${entry.step}:\n${given}`
  })
  const [reader, extractor, writer] = await Promise.all([
    stagesWhere(({ role }) => role === 'reader'),
    stagesWhere(({ makes }) => makes === 'text'),
    stagesWhere(({ role }) => role === 'writer'),
  ])
  return `${head}\n  - ${reader[0]}\n  - ${extractor[0]}\n${lines.join('\n')}\n  - ${writer[0]}\n`
}

const head = `# Every signal of every recipe beside it, in one pass. Written by npm run docs from the recipes; change those.
#
# A step has the name that it has there, or where several signals are called the same, with the recipe's in front; the comment above it says which
# recipes have it. Nothing is removed but what is no page. Values are those of the text as it was extracted: C4, FineWeb, RefinedWeb, DCLM and Dolma
# measure some of theirs after they have edited lines.
# Not there: signals that need files of yours (the steps that are commented out in the recipes: copy their lines), what recipes take as parameters
# of one language (fineweb-2, ccnet), and what compares a text with what it was before.
name: all-signals
description: 'every signal of every recipe, measured on each page; nothing is removed'
steps:`

async function addSignals({ name, steps }: Config, pipelines: string, signals: Map<string, Signal>): Promise<void> {
  for (const entry of steps) {
    const loaded = await loadStep(entry.step)
    if (loaded.kind !== 'filter' || 'before' in entry.options) continue
    const options = Object.fromEntries(
      Object.entries(withoutBounds(entry.options)).map(([option, value]) => [
        option,
        fromPipelines(loaded, entry, option, value, pipelines),
      ]),
    )
    const key = canonicalJson([entry.step, loaded.schema.parse(options)])
    const known = signals.get(key)
    if (!known) signals.set(key, { entry, options, recipes: [name] })
    else if (!known.recipes.includes(name)) known.recipes.push(name)
  }
}

/** Paths of files, which are relative to the file that names them, as seen from `pipelines/`. */
function fromPipelines({ schema }: Step, entry: ConfigStep, option: string, value: unknown, pipelines: string): unknown {
  const type = schema.shape[option]
  if (!type || !isFilePath(type)) return value
  const path = (file: unknown): string => relative(pipelines, join(entry.folder(option), String(file)))
  return Array.isArray(value) ? value.map(path) : path(value)
}
