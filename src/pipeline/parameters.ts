import { readFileSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { parseDocument } from 'yaml'
import { UserError, unknownName } from '../core/errors.ts'
import { keyThatIsNoText } from './yaml_keys.ts'

/** Values that a pipeline file leaves open, such as the thresholds of one language: a YAML map. */
export interface Parameters {
  path: string
  values: Record<string, unknown>
  /** Whether any option has asked for one. */
  used?: true
}

/** Read a file of parameters. `$file` stands for the file's own name without its ending. */
export function readParameters(path: string, where: string): Parameters {
  let values: unknown
  try {
    const document = parseDocument(readFileSync(path, 'utf8'))
    if (document.errors[0]) throw document.errors[0]
    if (keyThatIsNoText(document)) throw new Error('a key is a list or a map')
    values = document.toJS()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UserError(`${where}: cannot be read (${code ?? message.split('\n')[0]})`, `looked for ${path}`)
  }
  if (values === null || typeof values !== 'object' || Array.isArray(values))
    throw new UserError(`${where}: not a map of parameters`, 'write "name: value" lines')
  return { path, values: { file: basename(path, extname(path)), ...values } }
}

/**
 * Options with parameters filled in, at any depth:
 * - `$name` is the parameter's value, `$name.key` one entry of a map or of a list of pairs (`[[2, 0.2], [3, 0.18]]`);
 * - `{ parameter: name, off: 0 }` as an option leaves the option out when the parameter has that value;
 * - `$$` begins a text that is no parameter.
 */
export function fillIn(
  options: Record<string, unknown>,
  parameters: Parameters | undefined,
  where: (option: string) => string,
): Record<string, unknown> {
  const filled: Record<string, unknown> = {}
  for (const [option, value] of Object.entries(options)) {
    if (isSwitch(value)) {
      const known = lookUp(value.parameter, parameters, where(option))
      if (known !== value.off) filled[option] = known
    } else filled[option] = fill(value, parameters, where(option))
  }
  return filled
}

interface Switch {
  parameter: string
  off: unknown
}

const isSwitch = (value: unknown): value is Switch =>
  value !== null && typeof value === 'object' && Object.keys(value).sort().join() === 'off,parameter'

function fill(value: unknown, parameters: Parameters | undefined, where: string): unknown {
  if (Array.isArray(value)) return value.map((item) => fill(item, parameters, where))
  if (typeof value !== 'string' || !value.startsWith('$')) return value
  if (value.startsWith('$$')) return value.slice(1)
  return /^\$[a-z]\w*(\.\w+)?$/.test(value) ? lookUp(value.slice(1), parameters, where) : value
}

function lookUp(path: string, parameters: Parameters | undefined, where: string): unknown {
  if (!parameters)
    throw new UserError(`${where}: $${path} is a parameter, and no file of parameters is given`, 'name one with --parameters FILE')
  parameters.used = true
  const [name, key] = path.split('.') as [string, string?]
  const value = parameters.values[name]
  if (value === undefined) {
    const names = Object.keys(parameters.values)
    throw unknownName(`${where}: ${parameters.path} has no parameter "${name}"`, name, names, `it has ${names.join(', ')}`)
  }
  if (key === undefined) return value
  const entries: [unknown, unknown][] = Array.isArray(value)
    ? value.filter(Array.isArray).map(([k, v]) => [k, v])
    : Object.entries(Object(value))
  const entry = entries.find(([k]) => String(k) === key)
  if (!entry) throw new UserError(`${where}: parameter "${name}" in ${parameters.path} has no entry ${key}`)
  return entry[1]
}
