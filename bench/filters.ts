import assert from 'node:assert/strict'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { Bounds } from '../src/core/filter.ts'
import type { Task } from '../src/core/task.ts'

// npm run bench:filters -- [PIPELINE] -i FILES… [--repeats 5] [--megabytes 40] [--language en]
//
// Takes the texts that reach the first rule on texts of a pipeline (after extraction and language) and times its filters and editors in this
// thread: the chain as it runs, each document up to its first broken bound, and every rule on every document, rule by rule. The first rule of a
// kind pays for what is shared with the rules after it (words, lines). Asserts that both ways give each document the same verdict.

async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}.js`, import.meta.url).href)) as T
}
const { Doc } = await built<typeof import('../src/core/doc.ts')>('core/doc')
const { brokenBound } = await built<typeof import('../src/core/filter.ts')>('core/filter')
const { standIn } = await built<typeof import('../src/pipeline/replay.ts')>('pipeline/replay')
const { wholeFile } = await built<typeof import('../src/pipeline/splits.ts')>('pipeline/splits')
const { planRun } = await built<typeof import('../src/commands/run.ts')>('commands/run')
const { loadStep } = await built<typeof import('../src/pipeline/registry.ts')>('pipeline/registry')
const { stepsOf } = await built<typeof import('../src/pipeline/plan.ts')>('pipeline/plan')
const { count } = await built<typeof import('../src/reports/format.ts')>('reports/format')

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    input: { type: 'string', short: 'i', multiple: true, default: ['fixtures/crawl/*.warc.gz'] },
    repeats: { type: 'string', default: '5' },
    megabytes: { type: 'string', default: '40' },
    language: { type: 'string', default: 'en' },
  },
})
const { plan, inputs } = await planRun(positionals[0] ?? 'fineweb', { input: values.input, set: [] })

/** Texts as extraction leaves them, in the wanted language, until there are enough. */
async function readTexts(): Promise<string[]> {
  const [read, extract, detect] = await Promise.all(['read', 'extract_html', 'detect_language'].map(loadStep))
  assert(read?.kind === 'stage' && extract?.kind === 'stage' && detect?.kind === 'stage')
  const texts: string[] = []
  let bytes = 0
  for (const { path } of inputs) {
    const task: Task = standIn(wholeFile(path), 0, [])
    const pages = read.run(none(), read.schema.parse({}), task)
    const docs = detect.run(extract.run(pages, extract.schema.parse({}), task), detect.schema.parse({}), task)
    for await (const { text, metadata } of docs) {
      if (metadata['language'] !== values.language || Number(metadata['language_score']) < 0.65) continue
      texts.push(text)
      if ((bytes += Buffer.byteLength(text)) > Number(values.megabytes) * 1e6) return texts
    }
  }
  return texts
}
async function* none() {}

type Doc = InstanceType<typeof Doc>
interface Rule {
  label: string
  /** The document to go on with, and whether it broke a bound. */
  run(doc: Doc): { doc: Doc; broken: boolean }
}

/** Values of the document at hand, for rules that go on from an earlier one's. */
const measured = new Map<string, number>()
const unmeasured = new Set(['language_score', 'token_count'])
const rules: Rule[] = []
for (const { step: stepName, label, options } of stepsOf(plan)) {
  const step = await loadStep(stepName)
  if (stepName.startsWith('url_') || unmeasured.has(stepName)) continue
  if (step.kind === 'filter') {
    const measure = await step.measure(options, (earlier) => () => measured.get(earlier) ?? Number.NaN)
    const run = (doc: Doc): ReturnType<Rule['run']> => {
      const value = measure(doc)
      measured.set(label, value)
      return { doc, broken: brokenBound(value, options as Bounds) !== undefined }
    }
    rules.push({ label, run })
  } else if (step.kind === 'editor') {
    const edit = await step.edit(options)
    rules.push({ label, run: (doc) => ({ doc: doc.withText(edit(doc)), broken: false }) })
  }
}

const texts = await readTexts()
const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)

/** Verdicts of all texts: the number of the first rule that each breaks, or -1. */
function chain(stopEarly: boolean, spent?: Float64Array): Int32Array {
  return Int32Array.from(texts, (text) => {
    let doc = new Doc({ id: '', text })
    let first = -1
    for (const [i, { run }] of rules.entries()) {
      const start = spent ? performance.now() : 0
      const result = run(doc)
      if (spent) spent[i] = spent[i]! + performance.now() - start
      doc = result.doc
      if (result.broken && first < 0) first = i
      if (first >= 0 && stopEarly) break
    }
    return first
  })
}

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1]!
const row = (...cells: (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`)
const speed = (milliseconds: number): string => (bytes / 1e3 / milliseconds).toFixed(1)

const expected = chain(true)
const early: number[] = []
const full: number[] = []
for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
  for (const [stopEarly, times] of [
    [true, early],
    [false, full],
  ] as const) {
    const start = performance.now()
    const verdicts = chain(stopEarly)
    times.push(performance.now() - start)
    assert.deepEqual(verdicts, expected, 'the chain and the full measurement disagree')
  }
}
console.log(`${plan.name}: ${count(texts.length)} texts, ${(bytes / 1e6).toFixed(1)} MB, ${rules.length} rules`)
console.log(
  `Node ${process.version}, ${cpus()[0]?.model ?? '?'}, one thread; median of ${values.repeats} interleaved runs, same verdicts in all\n`,
)
row('what', 'seconds', 'texts/s', 'MB/s')
row('---', '--:', '--:', '--:')
for (const [name, times] of [
  ['chain, up to the first broken bound', early],
  ['every rule on every text', full],
] as const) {
  const time = median(times)
  row(name, (time / 1000).toFixed(2), count((1000 * texts.length) / time), speed(time))
}

const spent = new Float64Array(rules.length)
chain(false, spent)
console.log('\nEvery rule on every text, rule by rule\n')
row('rule', 'milliseconds', 'share', 'MB/s')
row('---', '--:', '--:', '--:')
const sum = spent.reduce((a, b) => a + b, 0)
rules.forEach(({ label }, i) => {
  row(`\`${label}\``, spent[i]!.toFixed(0), `${((100 * spent[i]!) / sum).toFixed(1)} %`, speed(spent[i]!))
})
