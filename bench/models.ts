import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import type { Task } from '../src/core/task.ts'

// npm run bench:models -- [-i CRAWL…] [--languages FILE…] [--model FILE] [--repeats 5] [--megabytes 20]
//
// On the texts of a crawl: fastText's documents a second beside the `fasttext` program (Debian: fasttext; skipped where it is missing) and
// fasttext.wasm.js; the default language model's hits for each language of labelled texts (JSON Lines, gzipped, with `text` and `lang`); the
// memory that eight threads take with one model; tokens counted in a second beside gpt-tokenizer. Equal results are asserted before anything is timed.

async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}.js`, import.meta.url).href)) as T
}
const { planRun } = await built<typeof import('../src/commands/run.ts')>('commands/run')
const { loadStep } = await built<typeof import('../src/pipeline/registry.ts')>('pipeline/registry')
const { standIn } = await built<typeof import('../src/pipeline/replay.ts')>('pipeline/replay')
const { wholeFile } = await built<typeof import('../src/pipeline/splits.ts')>('pipeline/splits')
const { loadFastText } = await built<typeof import('../src/models/fasttext/fasttext.ts')>('models/fasttext/fasttext')
const { defaultLanguageModel } = await built<typeof import('../src/models/language.ts')>('models/language')
const { tokenCounter } = await built<typeof import('../src/tokenizers/token_counter.ts')>('tokenizers/token_counter')

const { values } = parseArgs({
  options: {
    input: { type: 'string', short: 'i', multiple: true, default: ['fixtures/crawl/*.warc.gz'] },
    languages: { type: 'string', multiple: true, default: [] },
    model: { type: 'string' },
    repeats: { type: 'string', default: '5' },
    megabytes: { type: 'string', default: '20' },
  },
})
const modelPath = values.model ?? defaultLanguageModel()
const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]!
const row = (...cells: (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`)
const bytesOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)

const texts = (await readTexts()).map((text) => text.replaceAll('\n', ' '))
console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? '?'}, ${texts.length} texts, ${(bytesOf(texts) / 1e6).toFixed(1)} MB; median processor time of ${values.repeats} interleaved runs\n`,
)
async function readTexts(): Promise<string[]> {
  const { inputs } = await planRun('fineweb', { input: values.input, set: [] })
  const [read, extract] = await Promise.all(['read', 'extract_html'].map(loadStep))
  assert(read?.kind === 'stage' && extract?.kind === 'stage')
  const found: string[] = []
  let bytes = 0
  for (const { path } of inputs) {
    const task: Task = standIn(wholeFile(path), 0, [])
    for await (const { text } of extract.run(read.run(none(), read.schema.parse({}), task), extract.schema.parse({}), task)) {
      found.push(text)
      if ((bytes += Buffer.byteLength(text)) > Number(values.megabytes) * 1e6) return found
    }
  }
  return found
}

async function* none(): AsyncGenerator<never> {}

/** Something to be timed: milliseconds of processor time, so that other processes on the machine do not count. */
type Way = () => number

/** The processor time of this process while `run` runs. */
const inProcess =
  (run: () => unknown): Way =>
  () => {
    const start = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
  }

/** The processor time of a command. */
const inShell =
  (command: string): Way =>
  () => {
    const { stderr } = spawnSync('bash', ['-c', `TIMEFORMAT='%U %S'; time ${command} > /dev/null`], { encoding: 'utf8' })
    const [user, system] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
    return 1000 * (user! + system!)
  }

/** Run all ways in turn, as often as asked for: the median of each. */
function timed(ways: readonly Way[]): number[] {
  const times = ways.map((): number[] => [])
  for (let repeat = 0; repeat < Number(values.repeats); repeat++) for (const [i, way] of ways.entries()) times[i]!.push(way())
  return times.map(median)
}

async function speedOfFastText(): Promise<void> {
  const model = loadFastText(modelPath)
  const ours = (): string[] => texts.map((text) => model.predict(text)[0]?.label ?? '')
  const expected = ours()
  const ways: [name: string, way: Way][] = [['decant', inProcess(ours)]]
  const file = join(tmpdir(), `decant-bench-${process.pid}.txt`)
  writeFileSync(file, `${texts.join('\n')}\n`)
  if (spawnSync('fasttext').error) console.log('the fasttext program is not there: skipped\n')
  else {
    const { stdout } = spawnSync('fasttext', ['predict', modelPath, file, '1'], { encoding: 'utf8', maxBuffer: 2 ** 30 })
    assert.deepEqual(stdout.split('\n').slice(0, -1), expected)
    ways.push(['fasttext program, reading model and texts included', inShell(`fasttext predict '${modelPath}' '${file}' 1`)])
  }
  if (values.model === undefined) {
    const { getLIDModel } = await import('fasttext.wasm.js')
    const rival = await getLIDModel()
    await rival.load()
    const predict = (text: string): string => {
      const found = rival.model!.predict(text, 1, 0) as unknown as { size(): number; get(i: number): [number, string] }
      return found.size() > 0 ? found.get(0)[1] : ''
    }
    assert.deepEqual(texts.map(predict), expected)
    ways.push(['fasttext.wasm.js', inProcess(() => texts.map(predict))])
  }
  const times = timed(ways.map(([, way]) => way))
  rmSync(file)
  console.log(`Language of each text by ${modelPath.split('/').at(-1)}, same top label in all\n`)
  row('what', 'texts/s', 'MB/s', 'times as fast is decant')
  row('---', '--:', '--:', '--:')
  for (const [i, [name]] of ways.entries()) {
    const time = times[i]!
    row(name, ((1000 * texts.length) / time).toFixed(0), (bytesOf(texts) / 1e3 / time).toFixed(1), (time / times[0]!).toFixed(2))
  }
}

async function speedOfTokenizers(): Promise<void> {
  console.log('\nTokens counted, one thread\n')
  row('tokenizer', 'tokens', 'decant, MB/s', 'gpt-tokenizer, MB/s', 'texts with another count')
  row('---', '--:', '--:', '--:', '--:')
  // gpt-tokenizer takes quadratic time on long pieces
  const short = texts.filter((text) => !/\S{2000}|\s{2000}/.test(text))
  for (const name of ['gpt2', 'cl100k_base', 'o200k_base'] as const) {
    const rival = (await import(`gpt-tokenizer/encoding/${name === 'gpt2' ? 'r50k_base' : name}`)) as {
      countTokens(text: string, options: object): number
    }
    const count = tokenCounter(name)
    const options = { disallowedSpecial: new Set<string>() }
    const counts = short.map(count)
    // its \s has U+FEFF and lacks U+0085; cl100k's white space at the end is as in older versions of tiktoken
    const differ = short.filter((text, i) => counts[i] !== rival.countTokens(text, options)).length
    const [ours, theirs] = timed([
      inProcess(() => short.map(count)),
      inProcess(() => short.map((text) => rival.countTokens(text, options))),
    ]) as [number, number]
    const speed = (time: number): string => (bytesOf(short) / 1e3 / time).toFixed(1)
    row(
      name,
      counts.reduce((a, b) => a + b, 0),
      speed(ours),
      speed(theirs),
      differ,
    )
  }
}

/** Resident memory (MiB) with no model, with one that is shared, and with eight threads that use it; and what eight take without sharing. */
async function memoryOfThreads(): Promise<void> {
  console.log(`\nMemory of eight threads with ${modelPath.split('/').at(-1)}, MiB\n`)
  row('', 'before', 'model read', '1 thread', '8 threads')
  row('---', '--:', '--:', '--:', '--:')
  for (const share of [true, false]) {
    const code = `
      const { shareModels } = await import(${JSON.stringify(new URL('../../dist/models/shared_models.js', import.meta.url).href)})
      const { Worker } = await import('node:worker_threads')
      const { readFileSync } = await import('node:fs')
      const memory = () => Math.round(Number(/VmRSS:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024)
      const found = [memory()]
      if (${share}) await shareModels([${JSON.stringify(modelPath)}])
      found.push(memory())
      for (let i = 0; i < 8; i++) {
        const worker = new Worker(\`import(${JSON.stringify(new URL('../../dist/models/fasttext/fasttext.js', import.meta.url).href)}).then(({ loadFastText }) => {
          loadFastText(${JSON.stringify(modelPath)}).predict('The river rose in the night.')
          import('node:worker_threads').then(({ parentPort }) => parentPort.postMessage('ready'))
          setInterval(() => {}, 1000)
        })\`, { eval: true })
        await new Promise((resolve) => worker.once('message', resolve))
        if (i === 0 || i === 7) found.push(memory())
      }
      console.log(found.join(' '))
      process.exit()`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })
    assert(stdout !== '', stderr)
    row(share ? 'shared, as runs do' : 'each reads it', ...stdout.trim().split(' '))
  }
}

/** Hits of the default model for each language of labelled texts; languages that it has no label for are left out. */
function accuracy(file: string): void {
  const model = loadFastText(defaultLanguageModel())
  const found = new Map<string, { texts: number; right: number; sure: number; wrongs: Map<string, number> }>()
  for (const line of gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')) {
    const { text, lang } = JSON.parse(line) as { text: string; lang: string }
    if (!model.labels.includes(`__label__${lang}`)) continue
    const best = model.predict(text)[0]
    const said = best?.label.replace('__label__', '') ?? 'nothing'
    const entry = found.get(lang) ?? { texts: 0, right: 0, sure: 0, wrongs: new Map<string, number>() }
    found.set(lang, entry)
    entry.texts++
    if (said !== lang) entry.wrongs.set(said, (entry.wrongs.get(said) ?? 0) + 1)
    else {
      entry.right++
      if (best!.probability >= 0.65) entry.sure++
    }
  }
  const all = [...found].sort(([a], [b]) => (a < b ? -1 : 1))
  const sum = (of: (entry: { texts: number; right: number; sure: number }) => number): number =>
    all.reduce((total, [, entry]) => total + of(entry), 0)
  const share = (part: number, whole: number): string => ((100 * part) / whole).toFixed(1)
  console.log(`\n${file.split('/').at(-1)}: languages that lid.176.ftz knows\n`)
  row('language', 'texts', 'right, %', 'right with P ≥ 0.65, %', 'mostly mistaken for')
  row('---', '--:', '--:', '--:', '---')
  for (const [language, { texts: n, right, sure, wrongs }] of all) {
    const [wrong] = [...wrongs].sort((a, b) => b[1] - a[1])
    row(language, n, share(right, n), share(sure, n), wrong ? `${wrong[0]} (${wrong[1]})` : '')
  }
  const n = sum((entry) => entry.texts)
  row(
    '**all**',
    n,
    share(
      sum((entry) => entry.right),
      n,
    ),
    share(
      sum((entry) => entry.sure),
      n,
    ),
    '',
  )
  const mean = (of: (entry: { texts: number; right: number; sure: number }) => number): string =>
    share(
      sum((entry) => of(entry) / entry.texts),
      all.length,
    )
  row(
    '**mean of languages**',
    all.length,
    mean((entry) => entry.right),
    mean((entry) => entry.sure),
    '',
  )
}

await speedOfFastText()
await speedOfTokenizers()
await memoryOfThreads()
for (const file of values.languages) accuracy(file)
