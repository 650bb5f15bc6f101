import { expect, test } from 'vitest'
import { fileFormats } from '../../src/core/file_format.ts'
import { manifestSchema, sampleManifest } from '../../src/sample/manifest.ts'

interface Schema {
  required: string[]
  properties: Record<string, { const?: string | number; description?: string }>
}

test('the schema demands what every manifest has', () => {
  const { required, properties } = manifestSchema() as Schema
  expect(required).toEqual([
    ...['format', 'decant', 'code', 'budget', 'tokenizer', 'order', 'training_order'],
    ...['options', 'training', 'sources', 'duplicate_ids', 'held_out', 'held_out_copies', 'arms'],
  ])
  expect([properties['format']!.const, properties['budget']!.description]).toEqual([fileFormats.sample, 'tokens'])
})

test.each<[string, object, string]>([
  ['another format', { format: 'decant-sample/2' }, 'format'],
  ['half a token', { format: fileFormats.sample, decant: '', code: '', budget: 0.5 }, 'budget'],
])('%s is no manifest', (_, value, path) => {
  const { success, error } = sampleManifest.safeParse(value)
  expect([success, error!.issues[0]!.path]).toEqual([false, [path]])
})
