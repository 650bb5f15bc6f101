import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { generateDocs } from '../../src/authoring/docs.ts'
import { repository } from '../support.ts'

const docs = await generateDocs(repository)

test.each(Object.keys(docs))('%s is what the code says (npm run docs writes it)', (path) => {
  expect(readFileSync(join(repository, path), 'utf8')).toBe(docs[path])
})
