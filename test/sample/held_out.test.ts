import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { SampleRequest } from '../../src/sample/request.ts'
import { fileWith, jsonShards, temporaryFolder } from '../support.ts'
import { armsOf, checksOf, draw, measureHere, rowsOf } from './support.ts'

const dir = temporaryFolder()
const rules = ['word_count: {min: 1}', 'mean_word_length', 'line_count', 'char_count', 'unique_word_ratio']
const words = 'river mountain house of the and tree light paper to with stone window garden that'.split(' ')
const text = (n: number): string => Array.from({ length: 8 + n }, (_, k) => words[(n * 7 + k * (n + 1)) % words.length]).join(' ') + n

/** Forty texts, of which every fourth stands a second time under another id. */
const documents = Array.from({ length: 40 }, (_, n) => ({ id: `d${n}`, text: text(n) }))
const copies = documents.filter((_, n) => n % 4 === 0).map(({ id, text: same }) => ({ id: `${id}-copy`, text: same }))
let folders = 0

async function measured(...pipelines: [string, string[]][]): Promise<string> {
  const inputs = jsonShards(dir, [documents, copies])
  const out = join(dir, `m${folders++}`)
  const files = pipelines.map(([name, steps]) =>
    fileWith(dir, `${name}.yaml`, `name: ${name}\nsteps:\n${['read', ...steps, 'write'].map((step) => `  - ${step}\n`).join('')}`),
  )
  await measureHere(files, inputs, out)
  return out
}

async function drawn(folder: string, more: Partial<SampleRequest> = {}, arms = ['plain']) {
  const out = join(dir, `s${folders++}`)
  const request = { arms: await armsOf(folder, ...arms), budget: 10 ** 6, heldOut: 200, seeds: [1, 2], allowShort: true, ...more }
  const manifest = await draw(out, request)
  const rows = await rowsOf(out, manifest)
  const held = rows['held-out']!.map(({ id }) => id)
  const twin = (id: string): string => (id.endsWith('-copy') ? id.slice(0, -5) : `${id}-copy`)
  const others = new Set([...documents, ...copies].map(({ id }) => id).filter((id) => !held.includes(id)))
  return { out, manifest, held, rows, leaking: held.filter((id) => others.has(twin(id))).length }
}

test('copies of held-out documents are counted by what a run recorded, though no arm is of that run', async () => {
  const folder = await measured(['plain', ['token_count']], ['dedup', ['token_count', 'exact_dedup']])
  const { out, manifest, leaking } = await drawn(folder)
  expect(leaking).toBeGreaterThan(1)
  expect(manifest.held_out_copies).toEqual({ documents: leaking, clusters_of: ['dedup'], values: 0 })
  // All there is was drawn, so every copy is in the arm.
  expect(manifest.arms.map(({ held_out_copies }) => held_out_copies)).toEqual([leaking, leaking])
  expect(await checksOf(out)).toMatchObject({ 'rows and counts': true })
})

test('without such a record, documents that measure the same are copies', async () => {
  const { out, manifest, leaking } = await drawn(await measured(['plain', [...rules, 'token_count']]))
  expect(leaking).toBeGreaterThan(1)
  expect(manifest.held_out_copies).toEqual({ documents: leaking, clusters_of: [], values: 6 })
  expect(manifest.arms[0]!.held_out_copies).toBe(leaking)
  expect(await checksOf(out)).toMatchObject({ 'rows and counts': true })
})

test('a copy that the deduplication of an arm removes measures the same before it', async () => {
  const folder = await measured(['plain', ['token_count']], ['dedup', [...rules, 'exact_dedup', 'token_count']])
  const { manifest, leaking } = await drawn(folder, {}, ['dedup', 'plain'])
  expect(leaking).toBeGreaterThan(1)
  expect(manifest.held_out_copies).toEqual({ documents: leaking, clusters_of: ['dedup'], values: 5 })
  // The arm that was deduplicated has the other one of each pair removed.
  expect(manifest.arms.filter(({ seed }) => seed === 1).map(({ held_out_copies }) => held_out_copies)).toEqual([0, leaking])
})

test('what --clusters leaves out leaks no more', async () => {
  const folder = await measured(['plain', ['token_count']], ['dedup', ['token_count', 'exact_dedup']])
  const { out, manifest, rows, held } = await drawn(folder, { clusters: 'dedup' })
  expect(manifest.held_out_copies).toEqual({ documents: 0, clusters_of: ['dedup'], values: 0 })
  expect(rows['plain-seed1']!.filter(({ id }) => held.includes(`${id}-copy`))).toEqual([])
  expect(await checksOf(out)).toMatchObject({ 'rows and counts': true })
})

test('where nothing tells copies from others, none are known', async () => {
  const { manifest } = await drawn(await measured(['plain', ['token_count']]))
  expect(manifest.held_out_copies).toEqual({ documents: 0, clusters_of: [], values: 0 })
})

test('a sample without a held-out slice says nothing of copies, and has no source more', async () => {
  const folder = await measured(['plain', ['token_count']], ['dedup', ['token_count', 'exact_dedup']])
  const manifest = await draw(join(dir, 'no-slice'), { arms: await armsOf(folder, 'plain'), budget: 100 })
  expect([manifest.held_out_copies, manifest.sources.map(({ pipeline }) => pipeline)]).toEqual([null, ['plain']])
})
