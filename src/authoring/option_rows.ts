import { relative } from 'node:path'
import { type core, z } from 'zod'
import { withoutBounds } from '../core/filter.ts'
import { isFilePath } from '../core/options.ts'
import type { Step } from '../pipeline/registry.ts'

export interface OptionRow {
  name: string
  /** "number", "list of string"; of a choice, "one of" `values`. */
  type: string
  values: string[]
  /** As JSON; "required", or "–" where it is left out. */
  default: string
  description: string
}

type JsonSchema = core.JSONSchema.BaseSchema

/** A step's options as its schema states them. */
export function optionRows(step: Step): OptionRow[] {
  const { properties = {}, required = [] } = z.toJSONSchema(step.schema, { io: 'input', unrepresentable: 'any' })
  return Object.entries(properties).map(([name, property]) => {
    const schema = schemaOf(property)
    return {
      name,
      type: typeOf(schema),
      values: schema.enum?.map(String) ?? [],
      default: schema.default !== undefined ? JSON.stringify(schema.default) : required.includes(name) ? 'required' : '–',
      description: schema.description ?? '',
    }
  })
}

/** `true` and `false` are schemas as well: of anything, and of nothing. */
const schemaOf = (schema: JsonSchema | boolean | undefined): JsonSchema => (typeof schema === 'object' ? schema : {})

function typeOf(schema: JsonSchema): string {
  const { type, anyOf, items, prefixItems } = schema
  if (schema.enum) return 'one of'
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (anyOf) return anyOf.map((branch) => typeOf(schemaOf(branch))).join(' or ')
  if (prefixItems) return `[${prefixItems.map((branch) => typeOf(schemaOf(branch))).join(', ')}]`
  if (type === 'array') return `list of ${plural(typeOf(schemaOf(Array.isArray(items) ? items[0] : items)))}`
  if (Array.isArray(type)) return type.join(' or ')
  if (schema.format === 'file-path') return 'file'
  return type ?? 'any'
}

const plural = (type: string): string => (/^\w+$/.test(type) ? `${type}s` : type)

/** Options that a pipeline file sets to something else than the default, without bounds; paths as seen from `folder`. */
export function optionsGiven(options: Record<string, unknown>, schema: z.ZodObject, folder: string): [name: string, values: string[]][] {
  const defaults = (schema.partial().safeParse({}).data ?? {}) as Record<string, unknown>
  return Object.entries(withoutBounds(options))
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name]))
    .map(([name, value]) => {
      const shown = isFilePath(schema.shape[name]) ? (path: unknown) => relative(folder, String(path)) : spelled
      return [name, Array.isArray(value) ? value.map(shown) : [shown(value)]]
    })
}

const spelled = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
