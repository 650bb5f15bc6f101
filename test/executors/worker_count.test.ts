import { expect, test } from 'vitest'
import { workersFor } from '../../src/executors/worker_count.ts'

test.each<[string, { bytes: number; reads?: number }[], number]>([
  ['a small file', [{ bytes: 1 << 20 }], 1],
  ['several small files', [{ bytes: 3 << 20 }, { bytes: 2 << 20 }], 2],
  ['a large file', [{ bytes: 1 << 30 }], 8],
  ['an index of large records', [{ bytes: 1000, reads: 12 << 20 }], 3],
  ['a pipe', [{ bytes: 1000 }, { bytes: 0 }], 8],
  ['nothing', [], 1],
])('%s', (_, inputs, expected) => expect(workersFor(inputs, 8)).toBe(expected))
