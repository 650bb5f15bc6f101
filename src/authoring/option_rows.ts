import { z } from 'zod'
import type { Step } from '../pipeline/registry.ts'

export interface OptionRow {
  name: string
  type: string
  default: string
  description: string
}

/** A step's options as its schema states them. */
export function optionRows(step: Step): OptionRow[] {
  const schema = z.toJSONSchema(step.schema, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, { type?: string; enum?: unknown[]; items?: { type?: string }; description?: string; default?: unknown }>
    required?: string[]
  }
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    type: property.enum
      ? property.enum.join(' | ')
      : property.type === 'array'
        ? `list of ${property.items?.type ?? 'values'}`
        : (property.type ?? 'any'),
    default: property.default !== undefined ? JSON.stringify(property.default) : schema.required?.includes(name) ? 'required' : '–',
    description: property.description ?? '',
  }))
}
