import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

// npm run bench:scale: what a run of many shards costs beside its data: planning, looking through what is done, starting a task. Results of the
// first passes are made up (empty spools, keys without documents), so that only the engine works. CPU seconds and resident memory, each step in a
// process of its own; the last column says how the larger run grows beside the smaller one.

async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}.js`, import.meta.url).href)) as T
}
const { planRun } = await built<typeof import('../src/commands/run.ts')>('commands/run')
const { openRunFolder, needPlan } = await built<typeof import('../src/pipeline/run_folder.ts')>('pipeline/run_folder')
const { resultFolder } = await built<typeof import('../src/pipeline/ledger.ts')>('pipeline/ledger')
const { writeSeal } = await built<typeof import('../src/pipeline/seal.ts')>('pipeline/seal')
const { readSplits } = await built<typeof import('../src/pipeline/splits.ts')>('pipeline/splits')
const { takeStock } = await built<typeof import('../src/executors/stock.ts')>('executors/stock')
const { fileFormats } = await built<typeof import('../src/core/file_format.ts')>('core/file_format')
const { statKey } = await built<typeof import('../src/pipeline/ledger.ts')>('pipeline/ledger')
const { hashFile } = await built<typeof import('../src/pipeline/hash_file.ts')>('pipeline/hash_file')
const { sha256 } = await built<typeof import('../src/core/hash.ts')>('core/hash')
const { dealtParts, writeParts } = await built<typeof import('../src/formats/part_file.ts')>('formats/part_file')

const { values } = parseArgs({
  options: {
    shards: { type: 'string', default: '20000,90000' },
    folder: { type: 'string', default: tmpdir() },
    step: { type: 'string' },
    run: { type: 'string' },
  },
})

type Entry = Parameters<typeof writeSeal>[2][number]
const pipeline = (dir: string): string => {
  const path = join(dir, 'p.yaml')
  writeFileSync(path, 'name: scale\nsteps:\n  - char_count: {min: 1}\n  - minhash_dedup\n  - word_count: {min: 1}\n')
  return path
}
const planOf = (dir: string) => planRun(pipeline(dir), { input: [join(dir, 'in')], set: [] })
const runFolder = (dir: string): string => join(dir, 'run')

/** Small files, as inputs. */
function makeInputs(dir: string, shards: number): void {
  mkdirSync(join(dir, 'in'), { recursive: true })
  for (let i = 0; i < shards; i++) writeFileSync(join(dir, 'in', `part-${String(i).padStart(6, '0')}.jsonl`), `{"id":"${i}","text":"a"}\n`)
}

/** What the first pass and the jobs would leave. */
function makeUp(dir: string): void {
  const run = runFolder(dir)
  const plan = needPlan(run)
  const splits = readSplits(run, plan)
  for (const pass of plan.passes) {
    if (pass.kind === 'shards' && pass.last) break
    const tasks = pass.kind === 'job' ? pass.tasks : splits.length
    const entries: Entry[] = []
    for (let index = 0; index < tasks; index++) {
      const folder = resultFolder(pass, index)
      mkdirSync(join(run, folder), { recursive: true })
      const texts: Record<string, string> = pass.kind === 'job' ? {} : { signed: 's', spool: '' }
      for (const [name, text] of Object.entries(texts)) writeFileSync(join(run, folder, name), text)
      if (pass.kind === 'job') writeParts(join(run, folder, 'fates'), dealtParts(splits.length, new Map()))
      const names = pass.kind === 'job' ? ['fates'] : Object.keys(texts)
      const bytesOf = (name: string): number => readFileSync(join(run, folder, name)).length
      const digestOf = (name: string): string => (texts[name] === undefined ? hashFile(join(run, folder, name)) : sha256(texts[name]))
      const { file, start, end } = splits[index]!
      entries.push({
        format: fileFormats.ledger,
        ...{ pass: pass.name, index, key: pass.key },
        reads: pass.kind === 'job' ? [] : [{ path: file, sha256: sha256(String(index)), start, end, stat: statKey(file) }],
        outputs: names.map((name) => ({ path: join(folder, name), bytes: bytesOf(name), sha256: digestOf(name) })),
        counts: { 'read:records': 25_000, 'read:bytes': 9e8, 'skipped:not_html:records': 400, 'skipped:not_html:bytes': 1e6 },
        errors: [],
        seconds: 300,
      })
    }
    writeSeal(run, pass, entries)
  }
}

const steps: Record<string, (dir: string) => Promise<unknown>> = {
  async plan(dir) {
    const { plan, splits } = await planOf(dir)
    openRunFolder(runFolder(dir), plan, splits)()
  },
  async resume(dir) {
    const run = runFolder(dir)
    const { plan, splits } = await planOf(dir)
    openRunFolder(run, plan, splits)()
    const stock = takeStock({ plan, dir: run })
    if (!('missing' in stock) || stock.missing.length !== splits.length) throw new Error('the first passes are not there')
  },
}

const cpu = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

if (values.step !== undefined) {
  await steps[values.step]!(values.run!)
  console.log(JSON.stringify({ cpu: cpu(), rss: process.resourceUsage().maxRSS / 1024 }))
} else {
  const rows = new Map<string, { cpu: number; rss: number }[]>()
  const sizes = values.shards.split(',').map(Number)
  for (const shards of sizes) {
    const dir = mkdtempSync(join(values.folder, 'decant-scale-'))
    try {
      makeInputs(dir, shards)
      const measure = (name: string, args: string[]): void => {
        const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
        if (status !== 0) throw new Error(`${name}: ${stderr}`)
        rows.set(name, [...(rows.get(name) ?? []), JSON.parse(stdout.trim().split('\n').at(-1)!) as { cpu: number; rss: number }])
      }
      const self = process.argv[1]!
      measure('plan', [self, '--step', 'plan', '--run', dir])
      makeUp(dir)
      measure('resume', [self, '--step', 'resume', '--run', dir])
      const task = new URL('../../dist/commands/task.js', import.meta.url).href
      const code = `const { task } = await import('${task}'); const code = await task(${JSON.stringify(runFolder(dir))}, { pass: '1', task: ${shards >> 1} });
        const { user, system } = process.cpuUsage(); console.log(JSON.stringify({ cpu: (user + system) / 1e6, rss: process.resourceUsage().maxRSS / 1024 })); process.exitCode = code`
      measure('one task of the last pass', ['--input-type=module', '-e', code])
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  }
  console.log(
    `| | ${sizes.map((n) => `${n.toLocaleString('en')} shards`).join(' | ')} | growth |\n|---|${sizes.map(() => '---').join('|')}|---|`,
  )
  for (const [name, found] of rows)
    console.log(
      `| ${name} | ${found.map((each) => `${each.cpu.toFixed(1)} s, ${Math.round(each.rss)} MiB`).join(' | ')} | ${(found.at(-1)!.cpu / found[0]!.cpu).toFixed(1)} |`,
    )
}
