import { z } from 'zod'
import { filter } from '../core/filter.ts'

export default filter({
  summary: 'a number that the document brought along in one of its fields, such as the score of a classifier that ran elsewhere',
  why: 'Uses a score that was computed elsewhere, such as by a model that needs a GPU, without computing it again.',
  source: 'FineWeb-Edu (Penedo et al. 2024, §4): int_score, at least 3',
  options: {
    field: z.string().min(1).describe('name of the field or column; true and false are 1 and 0'),
    missing: z.number().default(0).describe('what a document without that field, or without a number in it, measures'),
  },
  measure:
    ({ field, missing }) =>
    (doc) => {
      const value = doc.metadata[field]
      const number = typeof value === 'boolean' ? Number(value) : typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      return typeof number === 'number' && Number.isFinite(number) ? number : missing
    },
  examples: [
    { text: 'any', metadata: { int_score: 4 }, value: 4, options: { field: 'int_score' } },
    { text: 'any', metadata: { score: '2.5' }, value: 2.5, options: { field: 'score' } },
    { text: 'any', metadata: { score: 'high' }, value: 0, options: { field: 'score' } },
    { text: '', value: -1, options: { field: 'score', missing: -1 } },
  ],
})
