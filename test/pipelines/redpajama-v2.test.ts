import { expect, test } from 'vitest'
import { parquetRows, temporaryFolder, vectors } from '../support.ts'
import { chainOf, funnelOf } from './support.ts'

const dir = temporaryFolder()

test('the small crawl: everything is measured, and nothing removed by it', async () => {
  await funnelOf('redpajama-v2', `${dir}/run`)
  const rows = await parquetRows(`${dir}/run/verdicts/00000.parquet`)
  const withText = rows.filter(({ reason }) => reason === null || reason === 'exact_dedup.duplicate')
  const signals = Object.keys(rows[0]!).filter((name) => /^(rps|ccnet)_/.test(name))
  expect(signals.length).toBe(32)
  for (const row of withText) expect(signals.filter((name) => !Number.isFinite(row[name]))).toEqual([])
})

test('every signal is what the reference computes', async () => {
  const chain = await chainOf('redpajama-v2', 'ccnet_length', 'rps_lines_uppercase_letter_fraction')
  for (const { text, signals } of vectors<{ text: string; signals: Record<string, number | null> }>('reference/redpajama_signals.jsonl')) {
    const { values } = chain(text)
    for (const [name, expected] of Object.entries(signals)) {
      // Theirs are rounded to 8 digits.
      expect([text, name, values[name]]).toEqual([text, name, expect.closeTo(expected ?? 0, 7)])
    }
  }
})
