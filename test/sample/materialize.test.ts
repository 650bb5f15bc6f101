import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { type FileMade, listOf, writeParquet, writeTokens } from '../../src/sample/materialize.ts'
import { placesBy } from '../../src/sample/training_order.ts'
import { tokenEncoder } from '../../src/tokenizers/token_counter.ts'
import { parquetRows, readJson, temporaryFolder } from '../support.ts'
import { type CrawlSample, rowsOf, sampleCrawl } from './support.ts'

const dir = temporaryFolder()
let sample: CrawlSample

beforeAll(async () => {
  sample = await sampleCrawl(dir)
}, 120_000)

test('texts as Parquet: the documents of the rows, as often as they say', async () => {
  for (const arm of sample.manifest.arms) {
    const to = join(dir, 'parquet', arm.name)
    expect(await writeParquet(sample.out, sample.manifest, arm, to, () => {})).toEqual({ documents: arm.documents })
    const texts = (await Promise.all(arm.shards.map((_, i) => parquetRows(join(to, `0000${i}.parquet`))))).flat()
    const rows = (await rowsOf(sample.out, sample.manifest))[`${arm.name}-seed1`]!
    expect(texts.map(({ id }) => id)).toEqual(rows.flatMap(({ id, repeats }) => Array.from({ length: repeats }, () => id)))
  }
})

describe('tokens', () => {
  const encode = tokenEncoder('gpt2')
  const expected = async (): Promise<number[][]> => {
    const rows = (await rowsOf(sample.out, sample.manifest))['control-seed1']!
    const texts = (await Promise.all([0, 1, 2].map((i) => parquetRows(join(sample.measured, `all/data/0000${i}.parquet`))))).flat()
    const byId = new Map(texts.map(({ id, text }) => [id, String(text)]))
    const placesOf = await placesBy(1)
    const placed = rows.flatMap(({ id, repeats }) =>
      placesOf(id, repeats).map((place) => ({ place, tokens: [...encode(byId.get(id)!), 50_256] })),
    )
    return placed.sort((a, b) => a.place - b.place).map(({ tokens }) => tokens)
  }
  const numbers = <T>(bytes: Buffer, kind: new (buffer: ArrayBuffer) => T): T => new kind(new Uint8Array(bytes).buffer)

  test('for datatrove and nanotron', async () => {
    const to = join(dir, 'tokens')
    const { tokens } = await writeTokens(sample.out, sample.manifest, sample.manifest.arms[2]!, {
      dir: to,
      format: 'datatrove',
      onShard: () => {},
    })
    const all = numbers(readFileSync(join(to, '00000_tokens.ds')), Uint16Array)
    const documents = await expected()
    expect(tokens).toBe(all.length)
    expect(Array.from(all)).toEqual(documents.flat())
    let end = 0
    const ends = documents.map(({ length }) => BigInt((end += length)))
    expect(Array.from(numbers(readFileSync(join(to, '00000_tokens.ds.index')), BigUint64Array))).toEqual(ends)
    expect(readFileSync(join(to, '00000_tokens.ds.metadata'), 'utf8').split('\n').slice(0, 2)).toEqual(['gpt2|2', String(tokens)])
  })

  test('for Megatron', async () => {
    const to = join(dir, 'megatron')
    await writeTokens(sample.out, sample.manifest, sample.manifest.arms[2]!, { dir: to, format: 'megatron', onShard: () => {} })
    const documents = await expected()
    const index = readFileSync(join(to, '00000_tokens.idx'))
    const n = documents.length
    expect(index.subarray(0, 9).toString('latin1')).toBe('MMIDIDX\0\0')
    expect([index.readBigUInt64LE(9), index[17], index.readBigUInt64LE(18), index.readBigUInt64LE(26)]).toEqual([
      1n,
      8,
      BigInt(n),
      BigInt(n + 1),
    ])
    const sizes = numbers(index.subarray(34, 34 + 4 * n), Int32Array)
    const starts = numbers(index.subarray(34 + 4 * n, 34 + 12 * n), BigInt64Array)
    expect(Array.from(sizes)).toEqual(documents.map(({ length }) => length))
    expect(starts.at(-1)).toBe(BigInt(2 * documents.slice(0, -1).flat().length))
    expect(Array.from(numbers(index.subarray(34 + 12 * n), BigInt64Array))).toEqual(Array.from({ length: n + 1 }, (_, i) => BigInt(i)))
  })
})

test('a folder appears whole, with a list of what is in it', async () => {
  const to = join(dir, 'listed')
  await writeTokens(sample.out, sample.manifest, sample.manifest.arms[0]!, { dir: to, format: 'megatron', onShard: () => {} })
  const { files } = readJson<{ files: FileMade[] }>(listOf(to))
  expect(files.map(({ name, bytes }) => [name, bytes])).toEqual(
    ['00000_tokens.bin', '00000_tokens.idx'].map((name) => [name, readFileSync(join(to, name)).length]),
  )
  const failing = writeTokens(sample.out, sample.manifest, sample.manifest.arms[0]!, {
    dir: join(dir, 'failing'),
    format: 'megatron',
    onShard() {
      throw new Error('stopped')
    },
  })
  await expect(failing).rejects.toThrow('stopped')
  expect([existsSync(join(dir, 'failing')), existsSync(listOf(join(dir, 'failing')))]).toEqual([false, false])
})
