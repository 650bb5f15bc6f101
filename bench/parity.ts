import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Command } from 'commander'
import { compare, fail, newTally } from './parity/comparison.ts'
import { type Answer, built, type Peer, packageNames, repository } from './parity/peer.ts'
import { type Comparison, snapshot } from './parity/snapshot.ts'

const { meant, UserError } = await built<typeof import('../src/core/errors.ts')>('core/errors')
const { findInputs } = await built<typeof import('../src/inputs/find_inputs.ts')>('inputs/find_inputs')
const { loadStep } = await built<typeof import('../src/pipeline/registry.ts')>('pipeline/registry')
const { standIn } = await built<typeof import('../src/pipeline/replay.ts')>('pipeline/replay')
const { wholeFile } = await built<typeof import('../src/pipeline/splits.ts')>('pipeline/splits')

interface Text {
  id: string
  text: string
}

const folder = join(repository, 'bench/parity')
/** A peer is a pair of files. */
const peers = readdirSync(folder)
  .filter((file) => file.endsWith('.py'))
  .map((file) => file.slice(0, -'.py'.length))
  .sort()

const help = `
Each peer is installed into .parity/PEER, a Python virtual environment of its own.

Peers: ${peers.join(', ')}

Examples:
  decant run raw -i 'crawl/*.warc.gz' -o runs/raw      texts of a crawl
  npm run parity -- --texts runs/raw/data              compare with every peer
  npm run parity -- --texts runs/raw/data --peer ftfy  compare with one`

async function main(): Promise<void> {
  const program = new Command('npm run parity --')
    .description('Compare what decant and other programs make of texts, and rewrite bench/parity/PEER.snap')
    .requiredOption('--texts <dir>', 'Parquet, JSON Lines or Arrow files with texts, such as the data folder of a run')
    .option('--peer <name...>', 'compare with this peer only (repeatable)')
    .option('--python <program>', 'Python to make virtual environments with', 'python3')
    .addHelpText('after', help)
    .parse()
  const { texts: dir, peer: wanted = peers, python } = program.opts<{ texts: string; peer?: string[]; python: string }>()
  for (const name of wanted)
    if (!peers.includes(name)) throw new UserError(`unknown peer "${name}"${meant(name, peers)}`, `peers: ${peers.join(', ')}`)
  const texts = await readTexts(dir)
  for (const name of wanted) {
    const comparison = await compareWith(name, texts, python)
    const file = join(folder, `${name}.snap`)
    writeFileSync(file, snapshot(comparison))
    const different = comparison.tallies.reduce((sum, tally) => sum + tally.different, 0)
    console.log(`${name}: ${comparison.tallies.length} checks, ${different} differences → bench/parity/${name}.snap`)
  }
}

async function readTexts(dir: string): Promise<Text[]> {
  const read = await loadStep('read')
  if (read.kind !== 'stage') throw new Error('read is no stage')
  const texts: Text[] = []
  for (const { path } of await inputsIn(dir)) {
    for await (const { id, text, page } of read.run(none(), read.schema.parse({}), standIn(wholeFile(path), 0, []))) {
      if (page) throw new UserError(`${path} holds pages, not texts`, `decant run raw -i ${dir} -o OUTPUT extracts texts to OUTPUT/data`)
      texts.push({ id, text })
    }
  }
  if (texts.length === 0) throw new UserError(`--texts ${dir}: no texts found`)
  return texts
}

async function inputsIn(dir: string): ReturnType<typeof findInputs> {
  try {
    return await findInputs([dir])
  } catch (error) {
    if (error instanceof UserError) throw new UserError(error.message.replace(/^-i /, '--texts '), error.hint)
    throw error
  }
}

async function* none(): AsyncGenerator<never> {}

/** The Python of a peer's virtual environment, which is made or brought up to date first. */
function install(name: string, { packages, withoutDependencies = [] }: Peer, python: string): string {
  const environment = join(repository, '.parity', name)
  const interpreter = join(environment, 'bin/python')
  const stamp = join(environment, 'packages.txt')
  const list = `${[...packages, ...withoutDependencies].join('\n')}\n`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === list) return interpreter
  console.log(`${name}: installing ${packages.join(' ')}`)
  rmSync(environment, { recursive: true, force: true })
  mkdirSync(environment, { recursive: true })
  call(python, ['-m', 'venv', environment], 'install Python 3.10 or later, or name it: --python python3.12')
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check']
  call(interpreter, [...pip, ...packages], 'a package that has no wheel for this Python needs a C++ compiler and cmake')
  if (withoutDependencies.length > 0) call(interpreter, [...pip, '--no-deps', ...withoutDependencies])
  writeFileSync(stamp, list)
  return interpreter
}

function call(program: string, args: string[], hint?: string): void {
  const { error, status, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') throw new UserError(`${program} not found`, hint)
  if (error || status !== 0) throw new UserError(`${program} ${args[0]} ${args[1]} failed: ${(error?.message ?? stderr).trim()}`, hint)
}

async function compareWith(name: string, texts: readonly Text[], python: string): Promise<Comparison> {
  const { default: peer } = (await import(`./parity/${name}.js`)) as { default: Peer }
  const interpreter = install(name, peer, python)
  const checks = await peer.checks()
  const tallies = checks.map(newTally)
  const packages = packageNames(peer)
  const program = spawn(interpreter, [join(repository, 'bench/parity.py'), join(folder, `${name}.py`)], {
    cwd: repository,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => program.on('close', resolve))
  const asked = texts.map((_, i) => checks.filter(({ every = 1 }) => i % every === 0))
  const ask = async (): Promise<void> => {
    const write = async (line: object): Promise<void> => {
      if (!program.stdin.write(`${JSON.stringify(line)}\n`)) await new Promise((resolve) => program.stdin.once('drain', resolve))
    }
    await write({ packages, settings: (await peer.settings?.()) ?? null })
    for (const [i, { text }] of texts.entries())
      if (asked[i]!.length > 0) await write({ text, checks: asked[i]!.map((check) => check.name) })
    program.stdin.end()
  }
  // A program that stops early says why; that its pipe broke adds nothing.
  program.stdin.on('error', () => {})
  void ask()

  const answers = createInterface({ input: program.stdout, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  const next = async <T>(): Promise<T> => {
    const { value, done } = await answers.next()
    if (done) throw new UserError(`${name}: bench/parity/${name}.py ended early (exit code ${await ended})`)
    return JSON.parse(value) as T
  }
  const { packages: versions, version, unicode } = await next<{ packages: string[]; version: string; unicode: string }>()
  for (const [i, { id, text }] of texts.entries()) {
    if (asked[i]!.length === 0) continue
    const answered = await next<Record<string, { answer?: Answer; failed?: string }>>()
    for (const check of asked[i]!) {
      const tally = tallies[checks.indexOf(check)]!
      const { answer, failed } = answered[check.name]!
      if (failed !== undefined) fail(tally, failed)
      else compare(tally, id, answer, check.answer(text), check.within)
    }
  }
  const hash = createHash('sha256')
  for (const { id, text } of texts) hash.update(`${JSON.stringify([id, text])}\n`)
  return {
    peer: name,
    packages: [...(peer.commit === undefined ? [] : [`${name} ${peer.commit.slice(0, 7)}`]), ...versions],
    python: { version, unicode },
    node: { version: process.versions.node, unicode: process.versions['unicode'] ?? 'unknown' },
    texts: {
      count: texts.length,
      bytes: texts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
      sha256: hash.digest('hex'),
    },
    tallies,
  }
}

try {
  await main()
} catch (error) {
  if (!(error instanceof UserError)) throw error
  console.error(`parity: ${error.message}${error.hint ? `\n  ${error.hint}` : ''}`)
  process.exitCode = 2
}
