import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { SampleManifest } from '../../src/sample/manifest.ts'
import { readSample, requestOf, runOf } from '../../src/sample/open_sample.ts'
import type { SampleRequest } from '../../src/sample/request.ts'
import { temporaryFolder } from '../support.ts'
import { armsOf, copyOf, defaults, draw, measureDocuments } from './support.ts'

const dir = temporaryFolder()
const out = join(dir, 'sample')
let [request, manifest] = [] as unknown as [SampleRequest, SampleManifest]

beforeAll(async () => {
  const documents = Array.from({ length: 40 }, (_, i) => ({ id: `d${i}`, text: 'one two three', url: `https://${i % 2}.example/` }))
  const measured = await measureDocuments(dir, [documents], 'word_count: {as: words, min: 1}', 'token_count', 'exact_dedup: {by: id}')
  const [arm] = await armsOf(measured, 'p')
  const arms = [arm!, { ...arm!, name: 'control', duplicated: 0.5 }]
  request = { ...defaults, arms, budget: 30, seeds: [3, 4], heldOut: 6, pin: ['domain'], clusters: 'p', allowShort: true }
  manifest = await draw(out, request)
})

test('a manifest says by what the sample was drawn', async () => {
  expect(readSample(out)).toEqual(manifest)
  const { arms, ...rest } = await requestOf(out, manifest)
  const { arms: given, ...asked } = request
  expect(rest).toEqual(asked)
  const facts = (all: SampleRequest['arms']) =>
    all.map(({ name, duplicated, parts }) => [
      ...[name, duplicated],
      parts.map(({ share, arm }) => [share, arm.name, arm.plan.hash, arm.rules, arm.standing]),
    ])
  expect(facts(arms)).toEqual(facts(given))
  expect(arms[0]!.parts[0]!.arm).toBe(arms[1]!.parts[0]!.arm)
})

test('a manifest whose steps were changed is refused', async () => {
  const changed = structuredClone(manifest)
  changed.arms[0]!.parts[0]!.steps[1]!.options = { min: 2 }
  await expect(requestOf(out, changed)).rejects.toThrow('p: its steps, or the files they name, are not what the sample was drawn with')
})

test('what is no sample is refused', () => {
  const copy = copyOf(out, 'broken')
  expect(() => readSample(dir)).toThrow(`${dir}: no sample here`)
  writeFileSync(join(copy, 'manifest.json'), '{')
  expect(() => readSample(copy)).toThrow('cannot be read')
  writeFileSync(join(copy, 'manifest.json'), JSON.stringify({ ...manifest, budget: 'all' }))
  expect(() => readSample(copy)).toThrow('not the manifest of a sample: budget')
  rmSync(copy, { recursive: true })
  expect(() => runOf(out, { ...manifest.sources[0]!, dir: 'gone' })).toThrow('the measured run of p is not there')
})
