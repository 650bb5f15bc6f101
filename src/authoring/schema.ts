import { z } from 'zod'
import { canonicalJson } from '../core/hash.ts'
import type { Need } from '../core/options.ts'
import type { Step } from '../pipeline/registry.ts'

type Schema = Record<string, unknown>
export type NamedStep = Step & { name: string }

const ref = (name: string): Schema => ({ $ref: `#/$defs/${name}` })

const fixed: Record<string, Schema> = {
  as: {
    type: 'string',
    pattern: '^[a-z][a-z0-9_]*$',
    description: "the step's name in this pipeline: its column and the first part of its reasons",
  },
  parameter: { type: 'string', pattern: '^\\$[a-z]\\w*(\\.\\w+)?$', description: 'a value of the file of parameters: $name or $name.key' },
  switch: {
    type: 'object',
    additionalProperties: false,
    required: ['parameter', 'off'],
    properties: {
      parameter: { type: 'string', description: 'a value of the file of parameters' },
      off: { description: 'the value that leaves the option out' },
    },
  },
}

/** JSON Schema with which editors complete and check pipeline files: `# yaml-language-server: $schema=schema.json` on the first line. */
export function pipelineSchema(steps: readonly NamedStep[]): Schema {
  const shared = sharedOptions(steps)
  const include = { type: 'string', description: 'a file with a list of steps, relative to this one' }
  const properties = Object.fromEntries(steps.map((step): [string, Schema] => [step.name, stepSchema(step, shared)]))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'decant pipeline, or a list of steps to include in one',
    anyOf: [ref('pipeline'), ref('steps')],
    $defs: {
      pipeline: {
        type: 'object',
        additionalProperties: false,
        required: ['steps'],
        properties: {
          name: { type: 'string', description: 'what runs of this pipeline are called' },
          description: { type: 'string', description: 'one line on what it is for' },
          parameters: { type: 'string', description: 'a YAML file with the values that $name stands for in options' },
          steps: ref('steps'),
        },
      },
      steps: {
        type: 'array',
        items: {
          anyOf: [
            { enum: steps.map(({ name }) => name) },
            {
              type: 'object',
              additionalProperties: false,
              minProperties: 1,
              maxProperties: 1,
              properties: { ...properties, include },
            },
            {
              type: 'object',
              required: ['use'],
              properties: {
                use: { type: 'string', description: 'a module with a step of your own: a file, a folder or a package' },
                as: ref('as'),
              },
            },
          ],
        },
      },
      ...fixed,
      ...Object.fromEntries([...shared.values()].map(({ name, schema }) => [name, schema])),
    },
  }
}

/** What a schema says of one option. A value may also come from the file of parameters. */
function optionSchemas({ schema }: Step): Record<string, Schema> {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as { properties?: Record<string, Schema> }
  return Object.fromEntries(
    Object.entries(properties).map(([option, { description, default: preset, ...type }]) => [
      option,
      {
        ...(description === undefined ? {} : { description }),
        ...(preset === undefined ? {} : { default: preset }),
        anyOf: [withParameters(type), ref('parameter'), ref('switch')],
      },
    ]),
  )
}

/** Items of a list may be parameters as well. */
const withParameters = (type: Schema): Schema =>
  type['type'] === 'array' && type['items'] ? { ...type, items: { anyOf: [type['items'], ref('parameter')] } } : type

/** Options that several steps have, word for word, by their content; named after the option. */
function sharedOptions(steps: readonly NamedStep[]): Map<string, { name: string; schema: Schema }> {
  const found = new Map<string, { option: string; schema: Schema; times: number }>()
  for (const step of steps) {
    for (const [option, schema] of Object.entries(optionSchemas(step))) {
      const key = canonicalJson([option, schema])
      const known = found.get(key)
      if (known) known.times++
      else found.set(key, { option, schema, times: 1 })
    }
  }
  const taken = new Map<string, number>(Object.keys(fixed).map((name) => [name, 1]))
  const shared = new Map<string, { name: string; schema: Schema }>()
  for (const [key, { option, schema, times }] of found) {
    if (times === 1) continue
    const n = (taken.get(option) ?? 0) + 1
    taken.set(option, n)
    shared.set(key, { name: n === 1 ? option : `${option}_${n}`, schema })
  }
  return shared
}

function stepSchema(step: NamedStep, shared: ReturnType<typeof sharedOptions>): Schema {
  const options = Object.entries(optionSchemas(step)).map(([option, schema]): [string, Schema] => {
    const known = shared.get(canonicalJson([option, schema]))
    return [option, known ? ref(known.name) : schema]
  })
  const { required } = z.toJSONSchema(step.schema, { io: 'input', unrepresentable: 'any' }) as { required?: string[] }
  const needs = step.needs.flatMap((need) => needSchema(need, step))
  return {
    description: step.summary,
    type: required ? 'object' : ['object', 'null'],
    additionalProperties: false,
    ...(required ? { required } : {}),
    properties: { ...Object.fromEntries(options), as: ref('as') },
    ...(needs.length > 0 ? { allOf: needs } : {}),
  }
}

/** Needs as JSON Schema has them. An option that is left out has its default. */
function needSchema([where, ...oneOf]: Need, { schema }: Step): Schema {
  const defaults = (schema.partial().safeParse({}).data ?? {}) as Record<string, unknown>
  const holds = (condition: Need[0]): Schema => {
    if (typeof condition === 'string') return { required: [condition] }
    const entries = Object.entries(condition)
    return {
      properties: Object.fromEntries(entries.map(([option, value]) => [option, { anyOf: [{ const: value }, ref('parameter')] }])),
      required: entries.flatMap(([option, value]) => (defaults[option] === value ? [] : [option])),
    }
  }
  return { anyOf: [{ not: holds(where) }, ...oneOf.map(holds)] }
}
