import { expect, test } from 'vitest'
import { pins } from '../../src/sample/request.ts'
import { decant } from '../support.ts'

test('--pin takes these properties and no others', async () => {
  expect(pins).toEqual(['language', 'domain'])
  const { code, stderr } = await decant(['sample', 'x', '--arms', 'a', '--tokens', '1K', '-o', 'y', '--pin', 'dump'])
  expect([code, stderr]).toEqual([2, expect.stringContaining('"dump" cannot be pinned')])
  const known = await decant(['sample', 'x', '--arms', 'a', '--tokens', '1K', '-o', 'y', '--pin', pins.join(',')])
  expect([known.code, known.stderr.split('\n')[0]]).toEqual([2, 'decant: x: no run here (no plan.json)'])
})
