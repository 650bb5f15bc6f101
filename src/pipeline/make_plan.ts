import { relative } from 'node:path'
import { Doc } from '../core/doc.ts'
import { allOrMistakes, UserError } from '../core/errors.ts'
import { fileFormats } from '../core/file_format.ts'
import { canonicalJson, sha256 } from '../core/hash.ts'
import type { TaskInput } from '../core/task.ts'
import { formatFile } from '../formats/detect_format.ts'
import { loadZstd } from '../formats/zstd.ts'
import type { Input } from '../inputs/input.ts'
import { codeOf, engineCode, version } from './code.ts'
import type { Config } from './config.ts'
import type { Pass, Plan, PlannedStep, RunOptions } from './plan.ts'
import { planStep } from './plan_step.ts'
import { loadStep, stagesWhere } from './registry.ts'
import { cutIntoSplits, summaryOf } from './splits.ts'

/** Check a pipeline and cut it into passes. Throws a UserError that names file and line. */
export async function makePlan(
  config: Config,
  inputs: readonly Input[],
  options: RunOptions,
  splits: readonly TaskInput[] = cutIntoSplits(inputs),
): Promise<Plan> {
  const files: Record<string, string> = {}
  const steps = await allOrMistakes(config.steps.map((step) => () => planStep(step, files)))
  await completeEnds(config, steps)
  await checkPages(config, inputs, steps)
  const tokens = steps.find(({ counts }) => counts === 'tokens') ?? null
  const carries = await carriesMetadata(inputs, steps)
  return {
    format: fileFormats.plan,
    decant: version(),
    code: engineCode(),
    name: config.name,
    description: config.description,
    pipeline: shownPath(config.path),
    hash: sha256(canonicalJson(steps.map((step) => whatRuns(step, files)))),
    options,
    inputs: summaryOf(splits),
    files,
    models: await modelsOf(steps),
    tokens,
    carries_metadata: carries,
    passes: await cutIntoPasses(steps, inputs, { files, options, tokens, carries, splits: splits.length }),
  }
}

interface Surroundings {
  files: Record<string, string>
  options: RunOptions
  tokens: PlannedStep | null
  carries: boolean
  splits: number
}

/** The passes between barriers. Each has a key: the hash of all that its results depend on, but for the inputs. */
async function cutIntoPasses(steps: readonly PlannedStep[], inputs: readonly Input[], around: Surroundings): Promise<Pass[]> {
  const { files, options, tokens, carries, splits } = around
  const passes: Pass[] = []
  const seen: unknown[] = [engineCode(), formatCode(inputs), options, tokens && keyed(tokens, files)]
  const keyOf = (more: unknown): string => sha256(canonicalJson([...seen, more])).slice(0, 16)
  const columns: string[] = []
  let current: PlannedStep[] = []
  let from: string | null = null
  const nextName = (): string => String(passes.filter(({ kind }) => kind === 'shards').length)
  for (const step of steps) {
    if (step.kind !== 'barrier') {
      if (step.kind === 'filter') columns.push(step.label)
      current.push(step)
      continue
    }
    const name = nextName()
    current.push({ ...step, part: 'before' })
    seen.push(...current.map((each) => keyed(each, files)))
    passes.push({ kind: 'shards', name, key: keyOf('spool'), from, last: false, steps: current, columns: [...columns] })
    const barrier = await loadStep(step.step)
    if (barrier.kind !== 'barrier') throw new Error(`${step.step} is not a barrier`)
    barrier.jobs.forEach((job, i) => {
      const tasks = job.tasks(step.options, splits)
      passes.push({ kind: 'job', name: `${name}-${step.label}-${job.name}`, key: keyOf(job.name), from: name, step, job: i, tasks })
    })
    current = [{ ...step, part: 'after' }]
    from = name
  }
  seen.push(...current.map((each) => keyed(each, files)))
  const zstd = (await loadZstd()).name
  passes.push({ kind: 'shards', name: nextName(), key: keyOf({ zstd, carries }), from, last: true, steps: current, columns })
  return passes
}

/** What a step does, and nothing that is only said of it. Files stand for themselves by their hashes: moving a word list changes nothing. */
function whatRuns({ step: stepName, label, kind, options, part }: PlannedStep, files: Record<string, string>): object {
  return { step: stepName, label, kind, options: substituteFiles(options, files), ...(part ? { part } : {}) }
}

const keyed = (step: PlannedStep, files: Record<string, string>): object => ({ ...whatRuns(step, files), code: step.code })

function substituteFiles(options: Record<string, unknown>, files: Record<string, string>): unknown {
  const substitute = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(substitute) : typeof value === 'string' ? (files[value] ?? value) : value
  return Object.fromEntries(Object.entries(options).map(([option, value]) => [option, substitute(value)]))
}

/** Hash of the code that reads formats such as the inputs have. */
const formatCode = (inputs: readonly Input[]): string =>
  codeOf(...new Set(inputs.flatMap(({ detected }) => (detected.kind === 'known' ? [formatFile(detected.name)] : []))))

async function modelsOf(steps: readonly PlannedStep[]): Promise<string[]> {
  const found = await Promise.all(steps.map(async ({ step: stepName, options }) => (await loadStep(stepName)).models(options)))
  return [...new Set(found.flat())]
}

async function carriesMetadata(inputs: readonly Input[], steps: readonly PlannedStep[]): Promise<boolean> {
  if (inputs.some(({ detected }) => detected.kind === 'known' && detected.format.carriesFields)) return true
  const loaded = await Promise.all(steps.map(async ({ step: stepName, options }) => ({ step: await loadStep(stepName), options })))
  return loaded.some(({ step, options }) => step.kind === 'stage' && step.carriesMetadata?.(options) === true)
}

/** Pages need a step that turns them into text. */
async function checkPages(config: Config, inputs: readonly Input[], steps: readonly PlannedStep[]): Promise<void> {
  const pages = inputs.find(({ detected }) => detected.kind === 'known' && detected.format.holdsPages)
  if (!pages) return
  const maker = steps.findIndex(({ makes }) => makes === 'text')
  if (maker >= 0) return await checkOrder(config, steps.slice(0, maker), steps[maker]!.label)
  const makers = (await stagesWhere(({ makes }) => makes === 'text')).map((name) => `"- ${name}"`).join(' or ')
  throw new UserError(
    `${config.path}: no step turns pages into text, and ${pages.path} holds pages`,
    `add ${makers} before the rules on texts; WET texts pass through it unchanged`,
  )
}

/** Before pages have a text, rules on texts would remove or pass them all. */
async function checkOrder(config: Config, early: readonly PlannedStep[], maker: string): Promise<void> {
  await allOrMistakes(
    early.map((planned) => async () => {
      if (planned.kind !== 'editor' && !(planned.kind === 'filter' && (await readsText(planned)))) return
      const where = config.steps.find(({ label }) => label === planned.label)?.where() ?? config.path
      const does = planned.kind === 'editor' ? 'edits' : 'measures'
      throw new UserError(`${where}: ${planned.label} ${does} the text, and pages have none before ${maker}`, `move it below "- ${maker}"`)
    }),
  )
}

/** Whether a filter looks at the text of a document, as far as one without text shows. Its example's options load no lists of the user's. */
async function readsText({ step: stepName, options }: PlannedStep): Promise<boolean> {
  const step = await loadStep(stepName)
  if (step.kind !== 'filter') return false
  const [example] = step.examples
  const doc = new Doc({ id: 'example', text: '', url: 'https://example.org/', metadata: {} })
  let isRead = false
  Object.defineProperty(doc, 'text', {
    get: () => {
      isRead = true
      return ''
    },
  })
  try {
    const measure = await step.measure(example ? step.schema.parse(example.options ?? {}) : options, () => () => 0)
    measure(doc)
  } catch {
    // What it cannot measure here it may measure on a page.
  }
  return isRead
}

/** A pipeline begins with a reader and ends with a writer; either may be left out. */
async function completeEnds(config: Config, steps: PlannedStep[]): Promise<void> {
  for (const role of ['reader', 'writer'] as const) {
    const at = steps.flatMap((step, i) => (step.role === role ? [i] : []))
    if (at.length === 0) {
      const [name] = await stagesWhere((stage) => stage.role === role)
      const step = await planStep(defaultStep(name!, config), {})
      if (role === 'reader') steps.unshift(step)
      else steps.push(step)
    } else if (at.length > 1 || at[0] !== (role === 'reader' ? 0 : steps.length - 1)) {
      const { step: stepName, where } = config.steps[at.at(-1)! - (steps.length - config.steps.length)]!
      throw new UserError(`${where()}: "${stepName}" must be the ${role === 'reader' ? 'first' : 'last'} step, and appear only once`)
    }
  }
}

const defaultStep = (name: string, { path }: Config): Config['steps'][number] => ({
  step: name,
  label: name,
  options: {},
  folder: () => process.cwd(),
  where: () => path,
})

function shownPath(path: string): string {
  const shown = relative(process.cwd(), path)
  return shown.startsWith('..') ? path : shown
}
