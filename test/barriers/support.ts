import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { forgetAfter, products, resultsOf, runHere } from '../support.ts'

/** Flip a bit in a file that the second task of a pass wrote. The next run has that task write it again, and gives what it gave. */
export async function expectHealed(pipeline: string, inputs: string[], out: string, name: string, pass = '0', index = 1): Promise<void> {
  const before = products(out)
  const path = join(resultsOf(out, pass), `0000${index}`, name)
  const sound = readFileSync(path)
  const bytes = Buffer.from(sound)
  bytes[bytes.length - 2]! ^= 1
  writeFileSync(path, bytes)
  forgetAfter(out, pass)
  expect((await runHere(pipeline, inputs, out)).code).toBe(0)
  expect(readFileSync(path)).toEqual(sound)
  expect(products(out)).toEqual(before)
}
