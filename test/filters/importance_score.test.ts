import { expect, test } from 'vitest'
import importanceScore from '../../src/filters/importance_score.ts'
import { fileWith, measured, readJson, repository, temporaryFolder } from '../support.ts'

const models = `${repository}fixtures/models/`
const { scores } = readJson<{ scores: [text: string, score: number][] }>(`${models}counts.json`)
const options = { target: `${models}garden.counts.npy`, source: `${models}all.counts.npy`, tokenizer: 'wordpunct' }

test.each(scores)('%j: %d', async (text, score) => {
  expect(await measured(importanceScore, text, options)).toBeCloseTo(score, 10)
})

test('a domain against itself', async () => {
  expect(await measured(importanceScore, 'The roses grew.', { ...options, source: options.target })).toBe(0)
})

test('files that do not belong together', async () => {
  const header = `{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }\n`
  const bytes = Buffer.from(`\x93NUMPY\x01\0${String.fromCharCode(header.length, 0)}${header}${'\0'.repeat(8)}`, 'latin1')
  const source = fileWith(temporaryFolder(), 'one.npy', bytes)
  await expect((async () => measured(importanceScore, 'a', { ...options, source }))()).rejects.toThrow(/has 100 buckets, .*one\.npy 1$/)
})
