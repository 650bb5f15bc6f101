import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, YAMLMap } from 'yaml'
import { didYouMean, meant, UserError, UserErrors, unknownName } from '../core/errors.ts'
import { findModule, isPath } from './own_steps.ts'
import { fillIn, type Parameters, readParameters } from './parameters.ts'
import { hasStep, shownStep, stepNames } from './registry.ts'
import { keyThatIsNoText } from './yaml_keys.ts'

/** One entry of a pipeline file, before its options are checked. */
export interface ConfigStep {
  step: string
  /** The step's name in this pipeline: its column and the first part of its reasons. */
  label: string
  options: Record<string, unknown>
  /** Folder that a relative path in this option starts from: the file's, or for `--set` the working directory. */
  folder(option: string): string
  /** `file:line` of the entry, or of one of its options. */
  where(option?: string): string
}

export interface Config {
  name: string
  description: string
  path: string
  /** The file that fills in what the pipeline leaves open. */
  parameters?: string | undefined
  steps: ConfigStep[]
}

/** The pipelines that come with decant. */
export const shippedPipelines = fileURLToPath(new URL('../../pipelines/', import.meta.url))

/** Whether a pipeline of that name comes with decant. */
export const isShipped = (name: string): boolean => /^[\w.-]+$/.test(name) && existsSync(join(shippedPipelines, `${name}.yaml`))

/**
 * Read a pipeline file (a path, or the name of a shipped one), its includes and `--set` changes. `parametersFile` takes the place of the
 * one that the pipeline names.
 */
export function readConfig(pipeline: string, settings: readonly string[] = [], parametersFile?: string): Config {
  const path = findPipeline(pipeline)
  const file = parseFile(path)
  const root = file.document.contents
  if (!isMap(root))
    throw new UserError(`${file.at(root)}: a pipeline is a map with name, description and steps`, 'begin with "name: my-pipeline"')
  const known = ['name', 'description', 'parameters', 'steps', 'tests']
  for (const { key } of root.items) {
    const name = String(isScalar(key) ? key.value : key)
    if (!known.includes(name)) throw new UserError(`${file.at(key as Node)}: unknown key "${name}"${meant(name, known)}`)
  }
  const value = (key: string): unknown => {
    const node = root.get(key, true)
    return isScalar(node) ? node.value : undefined
  }
  const steps = root.get('steps', true)
  if (!isSeq(steps))
    throw new UserError(
      `${file.at(steps ?? root)}: "steps" must be a list`,
      'each entry is "- step", "- step: {option: value}" or "- include: FILE"',
    )
  file.parameters = parametersOf(file, root.get('parameters', true), parametersFile)
  const name = String(value('name') ?? basename(path).replace(/\.ya?ml$/, ''))
  // Runs and reports have files and folders of this name.
  if (!/^[^./\\\p{C}-][^/\\\p{C}]*$/u.test(name))
    throw new UserError(
      `${file.at(root.get('name', true) ?? root)}: "${name}" cannot name a folder`,
      'write a name without "/", such as "name: my-pipeline"',
    )
  const config: Config = {
    name,
    description: String(value('description') ?? ''),
    path,
    parameters: file.parameters?.path,
    steps: readSteps(file, steps, [path]),
  }
  if (parametersFile !== undefined && !file.parameters?.used) {
    const hint = `options such as "min: $name" take values from it; --set changes others`
    throw new UserError(`--parameters ${parametersFile}: ${basename(path)} leaves no value open`, hint)
  }
  nameSteps(config.steps)
  for (const setting of settings) applySetting(config.steps, setting)
  return config
}

/** The pipeline that a plan was made of, with `--set` changes. */
export function changedConfig(
  { name, description, pipeline }: { name: string; description: string; pipeline: string },
  steps: readonly Pick<ConfigStep, 'step' | 'label' | 'options'>[],
  settings: readonly string[],
): Config {
  const own = steps.map(
    ({ step: stepName, label, options }): ConfigStep => ({
      step: stepName,
      label,
      options,
      folder: () => process.cwd(),
      where: () => pipeline,
    }),
  )
  for (const setting of settings) applySetting(own, setting)
  return { name, description, path: pipeline, steps: own }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true

/** Where a bundled file may be that "decant:rules/gopher_quality" names; undefined for other names. */
function bundledPlaces(named: string): string[] | undefined {
  const inside = /^decant:([\w./-]+)$/.exec(named)?.[1]
  if (inside === undefined || inside.split('/').includes('..')) return undefined
  return ['', '.yaml', '.yml'].map((ending) => join(shippedPipelines, inside + ending))
}

/** Parameters from the command line, else from the file that the pipeline names, relative to the pipeline. */
function parametersOf(file: PipelineFile, named: unknown, given: string | undefined): Parameters | undefined {
  if (given !== undefined) return readParameters(bundledPlaces(given)?.find(isFile) ?? given, `--parameters ${given}`)
  if (named === undefined) return undefined
  if (!isScalar(named) || typeof named.value !== 'string') throw new UserError(`${file.at(named)}: "parameters" must name a file`)
  const path = bundledPlaces(named.value)?.find(isFile) ?? resolve(dirname(file.path), named.value)
  return readParameters(path, `${file.at(named)}: parameters: ${named.value}`)
}

function findPipeline(pipeline: string): string {
  const shipped = join(shippedPipelines, `${pipeline}.yaml`)
  if (existsSync(pipeline)) return resolve(pipeline)
  if (/^[\w.-]+$/.test(pipeline) && existsSync(shipped)) return shipped
  const names = (existsSync(shippedPipelines) ? readdirSync(shippedPipelines) : []).flatMap((file) => /^(.+)\.yaml$/.exec(file)?.[1] ?? [])
  const close = /[/\\]|\.ya?ml$/.test(pipeline) ? undefined : didYouMean(pipeline, names)
  throw new UserError(
    `${pipeline}: no such pipeline file`,
    close ? `did you mean ${close}? "decant describe" lists all recipes` : `bundled recipes: ${names.join(', ')}`,
  )
}

/** Includes that a pipeline may have in all: those that name two others each would go on for ever. */
const maxIncludes = 1000

interface PipelineFile {
  path: string
  /** Included so far, by all files of the pipeline. */
  includes: { count: number }
  parameters?: Parameters | undefined
  document: Document.Parsed
  at(node: unknown): string
}

function parseFile(path: string): PipelineFile {
  const shown = relative(process.cwd(), path).startsWith('..') ? path : relative(process.cwd(), path)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`${shown}: cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const at = (node: unknown): string => {
    const offset = (node as Node | undefined)?.range?.[0] ?? 0
    return `${shown}:${lines.linePos(offset).line || 1}`
  }
  const [error] = document.errors
  if (error)
    throw new UserError(
      `${shown}:${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0]!.replace(/ at line \d+.*$/, '')}`,
      isAboutLayout(error.message)
        ? 'check the indentation of this line and of the one before it, and the space after each colon'
        : undefined,
    )
  const key = keyThatIsNoText(document)
  if (key) throw new UserError(`${at(key)}: a key that is a list or a map`)
  return { path, includes: { count: 0 }, document, at }
}

/** Whether an error of the YAML parser is one that wrong indentation or a missing space leads to. */
const isAboutLayout = (message: string): boolean => /implicit (map )?key|indent|same column|nested mappings|block collection/i.test(message)

/** What may name a step. */
const labelShape = /^[a-z][a-z0-9_]*$/

function readSteps(file: PipelineFile, list: unknown, trail: string[]): ConfigStep[] {
  if (!isSeq(list)) throw new UserError(`${file.at(list)}: expected a list of steps`)
  const mistakes: UserError[] = []
  const steps = list.items.flatMap((item): ConfigStep[] => {
    try {
      return stepsOfItem(file, item, trail)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      mistakes.push(...(error instanceof UserErrors ? error.errors : [error]))
      return []
    }
  })
  if (mistakes.length > 0) throw mistakes.length === 1 ? mistakes[0]! : new UserErrors(mistakes)
  return steps
}

function stepsOfItem(file: PipelineFile, item: unknown, trail: string[]): ConfigStep[] {
  if (isScalar(item) && typeof item.value === 'string') return [stepAt(file, item.value, item, undefined)]
  if (isMap(item) && isScalar(item.items[0]?.key) && item.items[0].key.value === 'use') return [ownStepAt(file, item)]
  if (!isMap(item) || item.items.length !== 1) {
    throw new UserError(
      `${file.at(item)}: a step is a name, or a name with its options`,
      'write "- step: {option: value}", or indent the options deeper than their step',
    )
  }
  const { key, value } = item.items[0] as Pair
  const stepName = String(isScalar(key) ? key.value : key)
  if (stepName !== 'include') return [stepAt(file, stepName, key as Node, value as Node | null)]
  const target = isScalar(value) ? String(value.value) : ''
  // Beside the file that names it, or among the bundled ones.
  const places = bundledPlaces(target) ?? [resolve(dirname(file.path), target), resolve(shippedPipelines, target)]
  const path = places.find(isFile)
  if (path === undefined)
    throw new UserError(`${file.at(key)}: include: no such file: ${target}`, `looked for ${[...new Set(places)].join(' and ')}`)
  if (trail.includes(path)) throw new UserError(`${file.at(key)}: include: ${target} includes itself`)
  if (++file.includes.count > maxIncludes) throw new UserError(`${file.at(key)}: include: more than ${maxIncludes} includes in all`)
  const included = parseFile(path)
  included.parameters = file.parameters
  included.includes = file.includes
  return readSteps(included, included.document.contents, [...trail, path])
}

function unknownStep(where: string, name: string): UserError {
  const [, bare, colon] = /^(\w+)\s*(:?)\{/.exec(name) ?? []
  if (bare !== undefined && hasStep(bare))
    return new UserError(
      `${where}: a ${colon ? 'space' : 'colon'} is missing behind "${bare}${colon ?? ''}"`,
      `write "- ${bare}: { option: value }"`,
    )
  const group = ['rules/', ''].map((folder) => `${folder}${name}.yaml`).find((file) => existsSync(join(shippedPipelines, file)))
  if (group?.startsWith('rules/') && /^[\w-]+$/.test(name))
    return new UserError(`${where}: "${name}" is a group of rules, not a step`, `write "- include: decant:rules/${name}"`)
  if (group !== undefined && /^[\w.-]+$/.test(name))
    return new UserError(`${where}: "${name}" is a whole recipe, not a step`, `run it by name, or copy its steps: decant describe ${name}`)
  return new UserError(`${where}: unknown step "${name}"${meant(name, stepNames())}`, 'decant describe lists all steps')
}

/** "use: ./upper_ratio.ts", with the options of the step below it. */
function ownStepAt(file: PipelineFile, item: YAMLMap): ConfigStep {
  const [{ key, value }, ...rest] = item.items as [Pair<Node, Node | null>, ...Pair[]]
  const named = isScalar(value) ? String(value.value) : ''
  const folder = dirname(file.path)
  const path = findModule(named, folder)
  if (path === undefined)
    throw new UserError(
      `${file.at(key)}: use: no such file or package: ${named}`,
      isPath(named)
        ? `looked for ${resolve(folder, named)}`
        : `write ./${named} for a file, or npm install the package beside the pipeline`,
    )
  const options = new YAMLMap()
  options.items.push(...rest)
  options.range = item.range ?? null
  return configStep(file, path, key, options)
}

function stepAt(file: PipelineFile, stepName: string, key: Node, given: Node | null | undefined): ConfigStep {
  if (!hasStep(stepName)) throw unknownStep(file.at(key), stepName)
  return configStep(file, stepName, key, isAlias(given) ? given.resolve(file.document) : given)
}

function configStep(file: PipelineFile, stepName: string, key: Node, value: Node | null | undefined): ConfigStep {
  const empty = value === undefined || value === null || (isScalar(value) && value.value === null)
  if (!empty && !isMap(value))
    throw new UserError(`${file.at(value)}: the options of ${shownStep(stepName)} must be a map, such as {min: 50}`)
  const where = (option?: string): string => {
    const node = option !== undefined && isMap(value) ? value.items.find(({ key: k }) => isScalar(k) && k.value === option) : undefined
    return file.at(node?.key ?? key)
  }
  const options = empty ? {} : fillIn(plainOptions(file, value), file.parameters, where)
  const { as: label, ...rest } = options
  if (label !== undefined && (typeof label !== 'string' || !labelShape.test(label))) {
    throw new UserError(`${file.at(value)}: "as" must be a name in lower case, digits and _`)
  }
  return {
    step: stepName,
    label: label ?? '',
    options: rest,
    folder: () => dirname(file.path),
    where,
  }
}

/** The options of a step, with what aliases stand for. */
function plainOptions(file: PipelineFile, options: Node): Record<string, unknown> {
  try {
    const plain = options.toJS(file.document) as Record<string, unknown>
    JSON.stringify(plain)
    return plain
  } catch (error) {
    const { message } = error as Error
    throw new UserError(
      `${file.at(options)}: ${message.startsWith('Unresolved') ? message : 'aliases that lead to themselves, or stand for too much'}`,
      'write the values out, or put them into a file of parameters',
    )
  }
}

/** Unnamed steps take their own name; a second one of the same name becomes `name_2`. */
function nameSteps(steps: ConfigStep[]): void {
  const taken = new Set<string>()
  for (const step of steps.filter(({ label }) => label !== '')) {
    if (taken.has(step.label)) throw new UserError(`${step.where('as')}: two steps are named "${step.label}"`)
    taken.add(step.label)
  }
  for (const entry of steps.filter(({ label }) => label === '')) {
    const own = shownStep(entry.step)
    if (!labelShape.test(own))
      throw new UserError(`${entry.where()}: "${own}" cannot name a column`, 'add "as: name", in lower case, digits and _')
    let label = own
    for (let n = 2; taken.has(label); n++) label = `${own}_${n}`
    entry.label = label
    taken.add(label)
  }
}

/** Apply one `--set step.option=value`; the value is YAML, `null` takes the option away. */
function applySetting(steps: ConfigStep[], setting: string): void {
  const match = /^([\w-]+)\.([\w-]+)=([\s\S]*)$/.exec(setting)
  if (!match) throw new UserError(`--set ${setting}: expected step.option=value`, 'for example --set word_count.min=100')
  const [, label, option, value] = match as unknown as [string, string, string, string]
  const wanted = steps.filter((step) => step.label === label)
  const found = wanted.length > 0 ? wanted : steps.filter(({ step }) => shownStep(step) === label)
  if (found.length === 0) {
    const names = steps.map((step) => step.label)
    throw unknownName(`--set ${setting}: no step named "${label}" in this pipeline`, label, names, `its steps: ${names.join(', ')}`)
  }
  if (found.length > 1) {
    throw new UserError(
      `--set ${setting}: ${found.length} steps are "${label}"`,
      `name one of ${found.map((step) => step.label).join(', ')}`,
    )
  }
  if (value.trim() === '') throw new UserError(`--set ${setting}: no value`, `write ${label}.${option}=null to take the option away`)
  const step = found[0]!
  const document = parseDocument(value)
  if (document.errors.length > 0) throw new UserError(`--set ${setting}: "${value}" is not a YAML value`)
  let parsed: unknown
  try {
    parsed = document.toJS()
  } catch {
    throw new UserError(`--set ${setting}: too many aliases`)
  }
  step.options = { ...step.options, [option]: parsed }
  if (parsed === null) delete step.options[option]
  const { where, folder } = step
  step.where = (name) => (name === option ? `--set ${setting}` : where(name))
  step.folder = (name) => (name === option ? process.cwd() : folder(name))
}
