import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import * as python from '../../src/models/python_hash.ts'
import { readJson } from '../support.ts'

const { hashes } = readJson<{ hashes: [text: string, hash: string, pair: string][] }>(
  fileURLToPath(new URL('../../fixtures/models/counts.json', import.meta.url)),
)
const whole = (low: number): string => String((BigInt(python.hashHigh) << 32n) | BigInt(low >>> 0))

// with PYTHONHASHSEED=42
test.each(hashes)('%j', (text, hash, pair) => {
  const key = python.hashKey(42)
  const low = python.hashString(text, key)
  const high = python.hashHigh
  expect(whole(low)).toBe(hash)
  const other = python.hashString('roses', key)
  expect(whole(python.hashPair(high, low, python.hashHigh, other))).toBe(pair)
})

test('PYTHONHASHSEED=0', () => {
  expect(whole(python.hashString('the', python.hashKey(0)))).toBe('-30821151497585103')
})
