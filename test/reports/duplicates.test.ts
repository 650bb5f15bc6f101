import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { needPlan } from '../../src/pipeline/run_folder.ts'
import { summarizeDuplicates } from '../../src/reports/duplicates.ts'
import { allShards, shardsWithin } from '../../src/reports/verdicts.ts'
import { decant, fileWith, runHere, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const out = join(dir, 'run')
const lines =
  'The river rose in the night\nand by morning the lower meadow was a lake\nwith geese on it and a boat\nthat nobody had tied up\nor would own to.'
const other = lines.replace('a boat', 'two boats')

beforeAll(async () => {
  const documents = [
    // A source that loses most of its pages, one that loses few, and copies without an address.
    ...Array.from({ length: 30 }, (_, i) => ({
      id: `t${String(i).padStart(2, '0')}`,
      url: `https://a.templates.example/${i}`,
      text: i < 25 ? lines : `${lines} ${i}`,
    })),
    ...Array.from({ length: 30 }, (_, i) => ({
      id: `u${String(i).padStart(2, '0')}`,
      url: `https://unique.example/${i}`,
      text: Array.from({ length: 12 }, (_, n) => String.fromCharCode(97 + (i % 26), 97 + n, 97 + Math.floor(i / 26))).join(' '),
    })),
    { id: 'near-a', text: `${other}\nAnd so on, line after line.` },
    { id: 'near-b', text: `${other}\nAnd so on, line after line.\nThe end.` },
  ]
  const input = fileWith(dir, 'a.jsonl', documents.map((document) => `${JSON.stringify(document)}\n`).join(''))
  const pipeline = fileWith(dir, 'p.yaml', 'name: p\nsteps:\n  - read\n  - exact_dedup\n  - minhash_dedup: {ngram: 3}\n')
  await runHere(pipeline, input, out)
})

test('sizes, largest clusters, and sources that lose half of what they had', async () => {
  const [exact, near] = await summarizeDuplicates(out, needPlan(out), allShards(needPlan(out)))
  expect(exact).toMatchObject({
    step: 'exact_dedup',
    removed: 24,
    clusters: 1,
    sizes: { '2': 0, '3–5': 0, '6–10': 0, '11–100': 1 },
    largest: [
      {
        cluster: 't00',
        size: 25,
        removed: ['https://a.templates.example/1', 'https://a.templates.example/2', 'https://a.templates.example/3'],
      },
    ],
    sources: [{ domain: 'templates.example', removed: 24, of: 30 }],
    compared: 24,
    unlike: 0,
  })
  expect(near!.step).toBe('minhash_dedup')
  expect(near!.largest.map(({ cluster, size }) => [cluster, size])).toEqual([
    ['t00', 6],
    ['near-a', 2],
  ])
})

test('the report shows them', () => {
  const html = readFileSync(join(out, 'report.html'), 'utf8')
  expect(html).toContain('<code>exact_dedup</code> removed 24 documents of 1 cluster.')
  expect(html).toContain('<td>templates.example</td><td class="n">24</td><td class="n">30</td>')
})

describe('why', () => {
  test('names the document that stays, and shows where the texts differ', async () => {
    const { stdout } = await decant(['why', out, 'near-b'])
    expect(stdout).toMatch(/kept instead: near-a \(similarity about 0\.\d+; \d+ documents in all\)/)
    expect(stdout.slice(stdout.indexOf('- only here'))).toBe(
      `- only here, + only there\n${other.replaceAll(/^/gm, '  ')}\n  And so on, line after line.\n- The end.\n`,
    )
  })

  test('without texts, names it only', async () => {
    const { stdout } = await decant(['why', out, 't01', '--no-text'])
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('kept instead: t00 (similarity 1; 25 documents in all)')
  })
})

test('shards with so many verdicts: all where they fit, else the same ones each time, and one at least', () => {
  const plan = { ...needPlan(out), inputs: { files: 1, bytes: 1, splits: 40, hash: '' } }
  const outputs = allShards(plan).map((shard) => ({
    path: `verdicts/${String(shard).padStart(5, '0')}.parquet`,
    rows: 10,
    bytes: 1,
    sha256: '',
  }))
  const within = (rows: number): number[] => shardsWithin(plan, { outputs }, rows)
  expect(within(400)).toEqual(allShards(plan))
  expect([within(0).length, within(55).length, within(399).length]).toEqual([1, 5, 39])
  expect(within(55).every((shard) => within(200).includes(shard))).toBe(true)
})
