import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { openMeasurement } from '../../src/compare/measurement.ts'
import { readClusters } from '../../src/sample/clusters.ts'
import type { Pin } from '../../src/sample/request.ts'
import { verdictRows } from '../compare/support.ts'
import { crawl, fileWith, jsonShards, temporaryFolder } from '../support.ts'
import { armsOf, draw, keyByHand, measureHere, rowsOf } from './support.ts'

const dir = temporaryFolder()
const measured = join(dir, 'measured')
const pipeline = (name: string, ...steps: string[]): string =>
  fileWith(
    dir,
    `${name}.yaml`,
    `name: ${name}\nsteps:\n  - read\n  - extract_html\n${steps.map((step) => `  - ${step}\n`).join('')}  - write\n`,
  )

beforeAll(async () => {
  const pipelines = [
    pipeline('all', 'detect_language', 'token_count'),
    pipeline('long', 'detect_language', 'word_count: {min: 80}', 'token_count'),
    pipeline('uncounted', 'detect_language', 'word_count: {min: 80}'),
    pipeline(
      'clustered',
      'detect_language',
      'minhash_dedup: {ngram: 3, cluster_metadata: true}',
      'char_count: {as: weight}',
      'token_count',
    ),
  ]
  await measureHere(pipelines, [`${crawl}*.warc.gz`], measured)
}, 120_000)

interface Measured {
  id: string
  tokens: number
  kept: boolean
}
async function documentsOf(name: string): Promise<Measured[]> {
  const rows = await verdictRows(join(measured, name), 5)
  return rows.map(({ id, reason, tokens }) => ({ id, kept: reason === null, tokens: (tokens as number | null) ?? 0 }))
}

/** Documents in order of their keys until the budget is reached. */
function byHand(documents: readonly Measured[], seed: number, budget: number): string[] {
  const ordered = documents.filter(({ kept }) => kept).sort((a, b) => keyByHand(a.id, seed) - keyByHand(b.id, seed))
  const taken: string[] = []
  let sum = 0
  for (const { id, tokens } of ordered) {
    if (sum >= budget) break
    taken.push(id)
    sum += tokens
  }
  return taken.sort()
}

test('each arm takes what it keeps in the order of the seed until it has its tokens', async () => {
  const out = join(dir, 'plain')
  const manifest = await draw(out, { arms: await armsOf(measured, 'all', 'long'), budget: 20_000, seeds: [1, 2] })
  const rows = await rowsOf(out, manifest)
  expect(Object.keys(rows)).toEqual(['all-seed1', 'long-seed1', 'all-seed2', 'long-seed2'])
  for (const [name, seed] of [
    ['all', 1],
    ['long', 1],
    ['all', 2],
    ['long', 2],
  ] as const) {
    const own = rows[`${name}-seed${seed}`]!
    expect(own.map(({ id }) => id).sort()).toEqual(byHand(await documentsOf(name), seed, 20_000))
    const drawn = manifest.arms.find((arm) => arm.name === name && arm.seed === seed)!
    const sum = own.reduce((all, { tokens }) => all + tokens, 0)
    const last = own.reduce((a, b) => (a.key > b.key ? a : b))
    expect([drawn.tokens, drawn.documents, sum >= 20_000, sum - last.tokens < 20_000]).toEqual([sum, own.length, true, true])
    expect(drawn.shards.reduce((all, { tokens }) => all + tokens, 0)).toBe(sum)
    expect(drawn.strata['language']!.reduce((all, { tokens }) => all + tokens, 0)).toBe(sum)
  }
})

test('arms agree on what both keep, and a smaller sample is part of a larger one', async () => {
  const arms = await armsOf(measured, 'all', 'long')
  const [small, large] = [join(dir, 'small'), join(dir, 'large')]
  const [few, many] = [
    await rowsOf(small, await draw(small, { arms, budget: 9000 })),
    await rowsOf(large, await draw(large, { arms, budget: 25_000 })),
  ]
  for (const name of ['all-seed1', 'long-seed1']) {
    const ids = new Set(many[name]!.map(({ id }) => id))
    expect(few[name]!.every(({ id }) => ids.has(id))).toBe(true)
    expect(few[name]!.length).toBeLessThan(many[name]!.length)
  }
  const end = Math.max(...many['all-seed1']!.map(({ key }) => key))
  const long = new Set((await documentsOf('long')).filter(({ kept }) => kept).map(({ id }) => id))
  const inBoth = many['all-seed1']!.filter(({ id }) => long.has(id)).map(({ id }) => id)
  expect(many['long-seed1']!.filter(({ key }) => key <= end).map(({ id }) => id)).toEqual(inBoth)
})

test('tokens that no run has counted are counted for what is drawn: the same sample', async () => {
  const [counted, uncounted] = [join(dir, 'counted'), join(dir, 'uncounted-sample')]
  const one = await rowsOf(counted, await draw(counted, { arms: await armsOf(measured, 'long'), budget: 15_000 }))
  const other = await rowsOf(uncounted, await draw(uncounted, { arms: await armsOf(measured, 'uncounted'), budget: 15_000 }))
  const facts = (rows: { id: string; tokens: number }[]) => rows.map(({ id, tokens }) => [id, tokens])
  expect(facts(other['uncounted-seed1']!)).toEqual(facts(one['long-seed1']!))
  const small = await draw(join(dir, 'cl100k'), { arms: await armsOf(measured, 'long'), budget: 5000, tokenizer: 'cl100k_base' })
  expect([small.tokenizer, small.arms[0]!.tokens >= 5000]).toEqual(['cl100k_base', true])
})

test('too little is an error that says how much there is, unless it is allowed', async () => {
  const arms = await armsOf(measured, 'all', 'long')
  const all = (await documentsOf('long')).filter(({ kept }) => kept).reduce((sum, { tokens }) => sum + tokens, 0)
  await expect(draw(join(dir, 'short'), { arms, budget: 10 ** 9 })).rejects.toThrow(
    /all: there are [\d,]+ tokens, 1,000,000,000 are wanted|long: there are/,
  )
  const { arms: drawn } = await draw(join(dir, 'short'), { arms, budget: 10 ** 9, allowShort: true })
  expect(drawn.map(({ is_short }) => is_short)).toEqual([true, true])
  expect(drawn[1]!.tokens).toBe(all)
})

test('pinned shares are those of the first arm', async () => {
  const out = join(dir, 'pinned')
  const { arms } = await draw(out, { arms: await armsOf(measured, 'all', 'long'), budget: 30_000, pin: ['language'], allowShort: true })
  const [all, long] = arms as [(typeof arms)[0], (typeof arms)[0]]
  const share = ({ strata }: typeof all, name: string): number => strata['language']!.find((part) => part.name === name)?.share ?? 0
  const corpus = await draw(join(dir, 'corpus'), { arms: await armsOf(measured, 'all'), budget: 10 ** 9, allowShort: true })
  expect(Math.abs(share(all, 'en') - share(corpus.arms[0]!, 'en'))).toBeLessThan(0.05)
  expect(Math.abs(share(long, 'en') - share(corpus.arms[0]!, 'en'))).toBeLessThan(0.08)
  expect(Math.abs(all.tokens - 30_000)).toBeLessThan(3000)
})

test('the control arm repeats a share of its text', async () => {
  const arms = await armsOf(measured, 'all')
  for (const duplicated of [0.25, 0.5, 0.75]) {
    const out = join(dir, `control-${duplicated}`)
    const manifest = await draw(out, { arms: [...arms, { ...arms[0]!, name: 'control', duplicated }], budget: 20_000 })
    const { tokens, repeated } = manifest.arms[1]!
    const rows = await rowsOf(out, manifest)
    const first = new Set(rows['all-seed1']!.map(({ id }) => id))
    expect(rows['control-seed1']!.every(({ id }) => first.has(id))).toBe(true)
    expect(Math.abs(repeated.tokens / tokens - duplicated)).toBeLessThan(0.12)
    expect(Math.abs(tokens - 20_000)).toBeLessThan(6000)
  }
})

test.each([[], ['language']] as Pin[][])('the held-out slice is in no arm of any seed (pinned: %s)', async (...pin) => {
  const out = join(dir, `held-out-${pin}`)
  const arms = await armsOf(measured, 'all', 'long')
  const manifest = await draw(out, { arms, budget: 20_000, seeds: [1, 2, 3], heldOut: 5000, pin, allowShort: pin.length > 0 })
  const { 'held-out': held, ...others } = await rowsOf(out, manifest)
  const ids = new Set(held!.map(({ id }) => id))
  expect(Math.abs(manifest.held_out!.tokens - 5000)).toBeLessThan(1000)
  expect(
    Object.values(others)
      .flat()
      .filter(({ id }) => ids.has(id)),
  ).toEqual([])
})

test('copies of held-out documents are in no arm', async () => {
  const arms = await armsOf(measured, 'all')
  const request = { arms, budget: 10 ** 9, heldOut: 20_000, allowShort: true }
  const { of } = await readClusters(openMeasurement(measured).runs.find(({ name }) => name === 'clustered')!)
  const leaking = async (out: string, clusters: string | null): Promise<number> => {
    const rows = await rowsOf(join(dir, out), await draw(join(dir, out), { ...request, clusters }))
    const held = new Set(rows['held-out']!.flatMap(({ id }) => of(id) ?? []))
    return rows['all-seed1']!.filter(({ id }) => held.has(of(id) ?? '')).length
  }
  expect(await leaking('leaking', null)).toBeGreaterThan(0)
  expect(await leaking('not-leaking', 'clustered')).toBe(0)
})

test('the overlap of seeds is the largest share of tokens that another seed of the arm has too', async () => {
  const out = join(dir, 'overlap')
  const manifest = await draw(out, { arms: await armsOf(measured, 'all', 'long'), budget: 20_000, seeds: [1, 2, 3] })
  const rows = await rowsOf(out, manifest)
  for (const { name, seed, overlap } of manifest.arms) {
    const own = rows[`${name}-seed${seed}`]!
    const tokens = (of: typeof own): number => of.reduce((sum, row) => sum + Number(row.tokens), 0)
    const shares = [1, 2, 3].flatMap((other) => {
      const ids = new Set(rows[`${name}-seed${other}`]!.map(({ id }) => id))
      return other === seed ? [] : [tokens(own.filter(({ id }) => ids.has(id))) / tokens(own)]
    })
    expect(overlap).toBeCloseTo(Math.max(...shares), 10)
  }
  expect(Math.max(...manifest.arms.map(({ overlap }) => overlap))).toBeGreaterThan(0)
})

test('clusters are counted, and drawn whole where that is wanted', async () => {
  const arms = await armsOf(measured, 'all')
  const corpus = await draw(join(dir, 'clusters'), { arms, budget: 10 ** 9, allowShort: true, clusters: 'clustered' })
  const { in_corpus, in_sample } = corpus.arms[0]!.duplicates!
  expect(in_sample).toEqual(in_corpus)
  expect(in_corpus['1']).toBeLessThan(corpus.arms[0]!.documents)
  const whole = await draw(join(dir, 'whole'), { arms, budget: 20_000, clusters: 'clustered', wholeClusters: true })
  const { documents, duplicates } = whole.arms[0]!
  const plain = await draw(join(dir, 'not-whole'), { arms, budget: 20_000, clusters: 'clustered' })
  const single = plain.arms[0]!.duplicates!.in_sample['1']! / plain.arms[0]!.documents
  expect(duplicates!.in_sample['1']! / documents).not.toBeGreaterThan(single)
  // Copies have one key.
  const rows = (await rowsOf(join(dir, 'whole'), whole))['all-seed1']!
  expect(new Set(rows.map(({ key }) => key)).size).toBeLessThan(rows.length)
})

test('weights repeat documents, by their fraction at random', async () => {
  const weighted = fileWith(
    dir,
    'weighted.yaml',
    'name: weighted\nsteps:\n  - read: {}\n  - field_value: {as: weight, field: weight}\n  - token_count\n  - write\n',
  )
  const documents = Array.from({ length: 300 }, (_, i) => ({ id: `d${i}`, text: 'one two three four', weight: [0, 1, 2.5][i % 3] }))
  const out = join(dir, 'weighted')
  await measureHere([weighted], jsonShards(dir, [documents]), out)
  const manifest = await draw(join(dir, 'weighted-sample'), {
    arms: await armsOf(out, 'weighted'),
    budget: 10 ** 6,
    allowShort: true,
    weight: 'weight',
  })
  const rows = (await rowsOf(join(dir, 'weighted-sample'), manifest))['weighted-seed1']!
  const of = (kind: number): number[] => rows.filter(({ id }) => Number(id.slice(1)) % 3 === kind).map(({ repeats }) => repeats)
  expect([of(0).length, new Set(of(1))]).toEqual([0, new Set([1])])
  const mean = of(2).reduce((a, b) => a + b, 0) / 100
  expect([of(2).length, new Set(of(2)), mean > 2.35 && mean < 2.65]).toEqual([100, new Set([2, 3]), true])
})

test('how documents are cut into shards changes nothing', async () => {
  const documents = Array.from({ length: 120 }, (_, i) => ({ id: `id-${i}`, text: `word ${'more '.repeat(i % 17)}` }))
  const counted = fileWith(dir, 'counted.yaml', 'name: counted\nsteps:\n  - read\n  - token_count\n  - write\n')
  const samples: unknown[] = []
  for (const [n, cuts] of [
    [0, [120]],
    [1, [7, 60, 53]],
    [2, [1, 1, 100, 18]],
  ] as const) {
    let at = 0
    const shards = cuts.map((length) => documents.slice(at, (at += length)))
    const out = join(dir, `sharded-${n}`)
    await measureHere([counted], jsonShards(dir, shards), out)
    const sample = join(dir, `sharded-sample-${n}`)
    const rows = await rowsOf(sample, await draw(sample, { arms: await armsOf(out, 'counted'), budget: 300, seeds: [5] }))
    samples.push(rows['counted-seed5']!.map(({ id, key, tokens }) => [id, key, tokens]).sort())
  }
  expect(samples[1]).toEqual(samples[0])
  expect(samples[2]).toEqual(samples[0])
})
