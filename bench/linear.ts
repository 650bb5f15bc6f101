import { parseArgs } from 'node:util'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import type { Doc as DocType } from '../src/core/doc.ts'

// npm run bench:linear -- [STEP…] [--seconds 60]
//
// Times every filter and editor, with the options of each of its examples, on texts that are hard on careless rules, and prints the slowest
// options of each. A rule that is not done after --seconds is stopped and reported. Each step has a thread of its own and nothing to share: what
// rules have in common (words, lines) is made for each.

const megabytes = 10
const million = 1_000_000
const words = 'the river rose in the night, and by morning the lower meadow was a lake. '
const texts: Record<string, () => string> = {
  words: () => words.repeat(Math.ceil((megabytes * million) / words.length)),
  'one word': () => 'x'.repeat(megabytes * million),
  lines: () => 'a\n'.repeat(million),
  newlines: () => '\n'.repeat(million),
}

async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}.js`, import.meta.url).href)) as T
}
const { loadStep, stepNames } = await built<typeof import('../src/pipeline/registry.ts')>('pipeline/registry')

interface Timing {
  text: string
  milliseconds: number
  options: string
}

async function timeStep(name: string): Promise<void> {
  const { Doc } = await built<typeof import('../src/core/doc.ts')>('core/doc')
  const step = await loadStep(name)
  if (step.kind !== 'filter' && step.kind !== 'editor') return
  const options = new Map(step.examples.map(({ options = {} }) => [JSON.stringify(options), options]))
  for (const [label, make] of Object.entries(texts)) {
    const text = make()
    let slowest: Timing = { text: label, milliseconds: 0, options: '' }
    for (const [shown, given] of options) {
      const run: (doc: DocType) => unknown =
        step.kind === 'filter' ? await step.measure(step.schema.parse(given), () => () => 1) : await step.edit(step.schema.parse(given))
      const doc = new Doc({ id: 'linear', text, url: 'https://example.org/' })
      const start = performance.now()
      run(doc)
      const milliseconds = performance.now() - start
      if (milliseconds > slowest.milliseconds) slowest = { text: label, milliseconds, options: shown }
    }
    parentPort!.postMessage(slowest)
  }
}

async function timeAll(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { seconds: { type: 'string', default: '60' } } })
  console.log(['step'.padEnd(32), ...Object.keys(texts).map((label) => label.padStart(9)), '  options of the slowest'].join(''))
  for (const name of positionals.length > 0 ? positionals : stepNames()) {
    const timings: Timing[] = []
    const worker = new Worker(new URL(import.meta.url), { workerData: { name } })
    worker.on('message', (timing: Timing) => timings.push(timing))
    const stop = setTimeout(() => void worker.terminate(), Number(values.seconds) * 1000)
    const error = await new Promise<unknown>((resolve) => worker.on('error', resolve).on('exit', () => resolve(undefined)))
    clearTimeout(stop)
    const kind = (await loadStep(name)).kind
    if (kind !== 'filter' && kind !== 'editor') continue
    const cells = Object.keys(texts).map((label) => {
      const timing = timings.find(({ text }) => text === label)
      return (timing ? timing.milliseconds.toFixed(0) : error ? 'error' : 'stopped').padStart(9)
    })
    const slowest = timings.reduce((a, b) => (b.milliseconds > a.milliseconds ? b : a), { milliseconds: 0, options: '' })
    console.log([name.padEnd(32), ...cells, `  ${error ?? slowest.options}`].join(''))
  }
}

await (parentPort === null ? timeAll() : timeStep((workerData as { name: string }).name))
