import { z } from 'zod'
import type { Metadata } from '../core/doc.ts'
import { filter } from '../core/filter.ts'

const text = z.union([z.string(), z.number(), z.boolean()])

export default filter({
  summary:
    'a number that the document brought along in one of its fields, such as the score of a classifier; or whether a text there is one of those named',
  why: 'Uses a score that was computed elsewhere, such as by a model that needs a GPU, without computing it again, or what a source says of itself.',
  source: 'FineWeb-Edu (Penedo et al. 2024, §4): int_score, at least 3',
  options: {
    field: z.string().min(1).describe('name of the field or column, or a path into it (quality.score); true and false are 1 and 0'),
    missing: z.number().default(0).describe('what a document without that field, or without a number in it, measures'),
    equals: text.optional().describe('measure 1 where the field is this, else 0'),
    in: z.array(text).min(1).optional().describe('measure 1 where the field is one of these, else 0'),
    matches: z
      .string()
      .refine(isPattern, 'not a regular expression')
      .optional()
      .describe('measure 1 where this regular expression is found in the field, else 0'),
  },
  measure({ field, missing, equals, in: list, matches }) {
    const known = new Set([...(equals === undefined ? [] : [equals]), ...(list ?? [])].map(String))
    const pattern = matches === undefined ? undefined : new RegExp(matches, 'u')
    const isAsked = known.size > 0 || pattern !== undefined
    return (doc) => {
      const value = valueAt(doc.metadata, field)
      if (!isAsked) return numberOf(value) ?? missing
      if (value === null || value === undefined) return missing
      const found = typeof value === 'object' ? JSON.stringify(value) : String(value)
      return known.has(found) || pattern?.test(found) ? 1 : 0
    }
  },
  examples: [
    { text: 'any', metadata: { int_score: 4 }, value: 4, options: { field: 'int_score' } },
    { text: 'any', metadata: { score: '2.5' }, value: 2.5, options: { field: 'score' } },
    { text: 'any', metadata: { score: 'high' }, value: 0, options: { field: 'score' } },
    { text: 'any', metadata: { quality: { score: 2 } }, value: 2, options: { field: 'quality.score' } },
    { text: 'any', metadata: { source: 'wiki' }, value: 1, options: { field: 'source', in: ['wiki', 'books'] } },
    { text: 'any', metadata: { source: 'cc-2024' }, value: 1, options: { field: 'source', matches: '^cc-' } },
    { text: '', value: -1, options: { field: 'score', missing: -1 } },
  ],
})

function isPattern(source: string): boolean {
  try {
    new RegExp(source, 'u')
    return true
  } catch {
    return false
  }
}

/** A field of that name, or else what a path of names leads to. */
function valueAt(metadata: Metadata, field: string): unknown {
  if (field in metadata || !field.includes('.')) return metadata[field]
  let value: unknown = metadata
  for (const name of field.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'boolean' ? Number(value) : typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
