import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { random } from '../fixtures/random.ts'
import { sha256 } from '../src/core/hash.ts'
import { caseMaker } from './fuzz/cases.ts'
import { minimise } from './fuzz/minimise.ts'
import { type Expected, type Kind, kinds, outcomeOf } from './fuzz/outcome.ts'
import { type Finding, fuzz, tryFile } from './fuzz/watchdog.ts'

// npm run bench:fuzz -- [--target KIND]… [--minutes 1] [--seed 1] [--seeds FOLDER]…
// npm run bench:fuzz -- --expect
//
// Reads mutated files of each kind in a process of its own, which is killed when it hangs or takes too much memory. Fails on any exception that
// is no message to the user, on records that are neither a document nor an error, on more than 5 s of CPU a megabyte, and on more than 1 GiB.
// A finding is made as small as it can be and written to fixtures/faults/KIND/. With --expect, says for all of those what reading them comes
// to (fixtures/faults/expected.json), which test/faults.test.ts holds the code to.

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true, default: [...kinds] },
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', multiple: true, default: [] },
    expect: { type: 'boolean', default: false },
  },
})
const faults = 'fixtures/faults'

async function fuzzKind(kind: Kind): Promise<void> {
  const make = await caseMaker(kind, values.seeds)
  const found = new Map<string, number>()
  const { executions, seconds } = await fuzz(
    kind,
    values.seed,
    Number(values.minutes) * 60,
    values.seeds,
    async (finding) => {
      const count = (found.get(finding.signature) ?? 0) + 1
      found.set(finding.signature, count)
      if (count === 1) await record(kind, finding)
    },
    (signature) => !found.has(signature),
  )
  console.log(`${kind}: ${executions} executions in ${(seconds / 60).toFixed(1)} CPU minutes, ${found.size} findings`)
  for (const [signature, count] of found) console.log(`  ${count} × ${signature}`)

  async function record(of: Kind, finding: Finding): Promise<void> {
    const { bytes, extension, ...expected } = make(random(`${values.seed}:${of}:${finding.n}`))
    console.log(`${of} ${finding.n}: ${finding.signature}\n${finding.stack.split('\n').slice(0, 6).join('\n')}`)
    const isSame = async (smaller: Buffer): Promise<boolean> => (await tryBytes(of, smaller, extension, expected)) === finding.signature
    const small = hasExpectations(expected, finding) ? bytes : await minimise(bytes, isSame)
    if (small.length > 20_000) console.log(`  ${small.length} bytes are too many to keep`)
    mkdirSync(join(faults, of), { recursive: true })
    const folder = small.length > 20_000 ? tmpdir() : join(faults, of)
    const path = join(folder, `${sha256(finding.signature).slice(0, 8)}.${extension}`)
    writeFileSync(path, small)
    console.log(`  ${path}: ${small.length} of ${bytes.length} bytes`)
  }
}

/** A file that has lost records says so only beside what was put in. */
const hasExpectations = ({ records, intact = [] }: Expected, { signature }: Finding): boolean =>
  signature.startsWith('unaccounted') && (records !== undefined || intact.length > 0)

async function tryBytes(kind: Kind, bytes: Buffer, extension: string, expected: Expected): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'decant-fuzz-'))
  const path = join(folder, `case.${extension}`)
  writeFileSync(path, bytes)
  try {
    return (await tryFile(kind, path, bytes.length, expected))?.signature
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function expectFaults(): Promise<void> {
  const expected: Record<string, unknown> = {}
  for (const kind of kinds) {
    const folder = join(faults, kind)
    for (const name of namesIn(folder)) expected[`${kind}/${name}`] = await outcomeOf(kind, join(folder, name))
  }
  writeFileSync(join(faults, 'expected.json'), `${JSON.stringify(expected, null, 2)}\n`)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

if (values.expect) await expectFaults()
else for (const target of values.target as Kind[]) await fuzzKind(target)
