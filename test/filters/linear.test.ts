import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { stepNames } from '../../src/pipeline/registry.ts'
import { repository } from '../support.ts'

const texts = {
  words: 'the river rose in the night, and by morning the lower meadow was a lake. '.repeat(15_000),
  'one word': 'x'.repeat(1_000_000),
  lines: 'a\n'.repeat(100_000),
  newlines: '\n'.repeat(100_000),
  marks: '[1].@:/-(“”…<'.repeat(20_000),
  'mistaken encoding': 'Ã©â€™ Ð¿ '.repeat(20_000),
}

/** Runs in a thread of its own, so that a rule that does not come to an end can be stopped; says what it has begun. */
const runSteps = `
  import { parentPort, workerData } from 'node:worker_threads'
  const { loadStep } = await import(workerData.dist + 'pipeline/registry.js')
  const { Doc } = await import(workerData.dist + 'core/doc.js')
  for (const name of workerData.names) {
    const step = await loadStep(name)
    if (step.kind !== 'filter' && step.kind !== 'editor') continue
    const options = step.schema.parse(step.examples[0].options ?? {})
    for (const [label, text] of Object.entries(workerData.texts)) {
      parentPort.postMessage(name + ' on ' + label)
      const run = step.kind === 'filter' ? await step.measure(options, () => () => 1) : await step.edit(options)
      run(new Doc({ id: 'linear', text, url: 'https://example.org/' }))
    }
  }
  parentPort.postMessage('the end')`

// A rule that takes time n² would be busy for minutes; bench/linear.ts has ten times as long texts, and times.
test('every filter and editor gets through long texts', { timeout: 300_000 }, async () => {
  const dist = new URL(`file://${repository}dist/`).href
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(runSteps)}`), {
    workerData: { dist, texts, names: stepNames() },
  })
  const reached = await new Promise<string>((resolve, reject) => {
    let last = 'nothing'
    let stall = setTimeout(() => resolve(last), 30_000)
    worker.on('error', (error) => reject(new Error(`${last}: ${error.message}`)))
    worker.on('message', (message: string) => {
      last = message
      clearTimeout(stall)
      if (message === 'the end') resolve(message)
      else stall = setTimeout(() => resolve(last), 30_000)
    })
  })
  await worker.terminate()
  expect(reached).toBe('the end')
})
