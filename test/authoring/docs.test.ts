import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generateDocs } from '../../src/authoring/docs.ts'
import { repository } from '../support.ts'

const docs = await generateDocs(repository)

test.each(Object.keys(docs))('%s is what the code says (npm run docs writes it)', (path) => {
  expect(readFileSync(join(repository, path), 'utf8')).toBe(docs[path])
})

test('the schema knows each step by its options', () => {
  const { anyOf } = JSON.parse(docs['pipelines/schema.json']!) as {
    anyOf: [unknown, { items: { anyOf: { required?: string[]; properties?: Record<string, { properties: Record<string, object> }> }[] } }]
  }
  const step = anyOf[1].items.anyOf.find(({ required }) => required?.[0] === 'exact_dedup')
  expect(step?.properties?.['exact_dedup']?.properties['partitions']).toEqual({
    type: 'integer',
    minimum: 1,
    maximum: 256,
    default: 4,
    description: 'tasks that the comparison is split into',
  })
})
