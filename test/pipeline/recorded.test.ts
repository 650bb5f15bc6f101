import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/pipeline/config.ts'
import { resultFolder } from '../../src/pipeline/ledger.ts'
import { makePlan } from '../../src/pipeline/make_plan.ts'
import type { Plan } from '../../src/pipeline/plan.ts'
import { recordingFor } from '../../src/pipeline/recorded.ts'
import { writeSeal } from '../../src/pipeline/seal.ts'
import { spoolFile } from '../../src/pipeline/spool.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const base = ['extract_html', 'word_count: {min: 20}', 'trim_lines', 'char_count: {max: 900}', 'exact_dedup', 'token_count']
async function planOf(name: string, steps: readonly string[], limit: number | null = null): Promise<Plan> {
  const path = fileWith(dir, `${name}.yaml`, `name: ${name}\nsteps:\n${steps.map((step) => `  - ${step}\n`).join('')}`)
  const plan = await makePlan(readConfig(path), [], { measure: true, audit: 0, keep_removed: false, limit })
  return { ...plan, inputs: { files: 1, bytes: 1, splits: 1, hash: 'a' } }
}
const measured = join(dir, 'measured')
const [spooling] = (await planOf('base', base)).passes
mkdirSync(join(measured, resultFolder(spooling!, 0)), { recursive: true })
writeFileSync(join(measured, resultFolder(spooling!, 0), spoolFile), '')
writeSeal(measured, spooling!, [])

describe('what one run has recorded', () => {
  test.each([
    ['other bounds', base.with(1, 'word_count: {min: 5}'), [0, 1]],
    ['fewer rules', base.toSpliced(1, 1), [1]],
    ['another order of rules on one text', base, [0, 1]],
    ['another barrier', base.with(4, 'minhash_dedup'), [0, 1]],
    ['other steps behind the barrier', [...base, 'mask_emails'], [0, 1]],
    ['another extraction', base.with(0, 'extract_html: {preset: recall}'), undefined],
    ['another editor', base.with(2, 'trim_text'), undefined],
    ['a rule on the edited text', ['extract_html', 'trim_lines', ...base.slice(1).filter((step) => step !== 'trim_lines')], undefined],
    ['a measure of another kind', base.with(1, 'word_count: {min: 20, tokenizer: uax29}'), undefined],
    ['no barrier', base.toSpliced(4, 1), undefined],
  ])('does for %s: %j gives %j', async (name, steps, columns) => {
    const found = recordingFor(await planOf(name.replaceAll(' ', '-'), steps), await planOf('base', base), measured)
    expect(found?.columns).toEqual(columns)
  })

  test('does not do where its spool is gone, or a limit has stopped it', async () => {
    expect(recordingFor(await planOf('a', base), await planOf('base', base), join(dir, 'nowhere'))).toBe(undefined)
    expect(recordingFor(await planOf('a', base, 10), await planOf('base', base, 10), measured)).toBe(undefined)
  })
})
