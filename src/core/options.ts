import { z } from 'zod'

/** The options of a step: named zod types. Every one needs a description; defaults stand only here. */
export type Shape = Record<string, z.ZodType>
export type Options<S extends Shape> = z.output<z.ZodObject<S>>

/** Schemas whose value is the path of a file that the user gives (a word list, a model). */
const filePaths = new WeakSet<object>()

/**
 * An option that names a file. Relative paths are taken from the pipeline file's folder (or, for shipped lists, from `pipelines/`);
 * the file's hash is part of the plan, so a changed list re-runs what depends on it.
 */
export function filePath(description: string): z.ZodString {
  const schema = z.string().min(1).describe(description).meta({ format: 'file-path' })
  filePaths.add(schema)
  return schema
}

/** Whether an option's schema (or what it wraps) was made by `filePath`. */
export function isFilePath(schema: z.ZodType): boolean {
  const inner = (schema as { def?: { innerType?: z.ZodType; element?: z.ZodType } }).def
  if (filePaths.has(schema) || z.globalRegistry.get(schema)?.['format'] === 'file-path') return true
  const next = inner?.innerType ?? inner?.element
  return next ? isFilePath(next) : false
}

type Condition = string | Readonly<Record<string, unknown>>

/**
 * Options that need another one.
 * - `[{ survivor: 'best' }, 'by']`: where `survivor` is best, `by` must be given.
 * - `['stop_words', { method: 'justext' }]`: where `stop_words` is given, `method` must be justext.
 * - `[{}, 'words', 'list']`: one of them must be given.
 */
export type Need = readonly [where: Condition, ...oneOf: Condition[]]

/** The first need that options do not meet: the option that has it, if one does, and what is needed. */
export function unmetNeed(
  needs: readonly Need[],
  options: Readonly<Record<string, unknown>>,
): { option: string | undefined; needed: string } | undefined {
  const holds = (condition: Condition): boolean =>
    typeof condition === 'string'
      ? options[condition] !== undefined
      : Object.entries(condition).every(([name, value]) => options[name] === value)
  const unmet = needs.find(([where, ...oneOf]) => holds(where) && !oneOf.some(holds))
  if (!unmet) return undefined
  const [where, ...oneOf] = unmet
  return { option: typeof where === 'string' ? where : Object.keys(where)[0], needed: oneOf.map(spelled).join(' or ') }
}

const spelled = (condition: Condition): string =>
  typeof condition === 'string'
    ? `"${condition}"`
    : Object.entries(condition)
        .map(([name, value]) => `"${name}: ${String(value)}"`)
        .join(' and ')
