import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Checked, checkExamples } from '../authoring/check_examples.ts'
import { UserError } from '../core/errors.ts'
import { issueText } from '../core/issue.ts'
import { plural } from '../core/plural.ts'
import { openParquet } from '../formats/parquet_reader.ts'
import { readConfig } from '../pipeline/config.ts'
import { findModule, isOwn, isPath } from '../pipeline/own_steps.ts'
import { loadStep } from '../pipeline/registry.ts'
import { run } from './run.ts'

const testShape = z.strictObject({
  name: z.string().optional(),
  text: z.string().optional(),
  html: z.string().optional(),
  url: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
  kept: z.literal(true).optional(),
  removed: z.string().optional(),
  becomes: z.string().optional(),
})
type PipelineTest = z.output<typeof testShape>

/** Run the examples of rules and the tests of pipelines. Returns the exit code. */
export async function testRules(paths: readonly string[], flags: { json?: boolean }): Promise<number> {
  const results: { path: string; checked: Checked[] }[] = []
  for (const path of paths.length > 0 ? paths : filesHere())
    for (const result of await testFile(path))
      if (!results.some((earlier) => resolve(earlier.path) === resolve(result.path))) results.push(result)
  const all = results.flatMap(({ checked }) => checked)
  if (all.length === 0) throw new UserError('nothing to test', 'a rule has examples, a pipeline has "tests:"')
  const failed = all.filter(({ problem }) => problem !== undefined).length
  if (flags.json) console.log(JSON.stringify(results, null, 2))
  else {
    for (const { path, checked } of results) {
      const wrong = checked.filter(({ problem }) => problem !== undefined)
      console.log(`${wrong.length === 0 ? '✓' : '✗'} ${path}: ${checked.length - wrong.length} of ${checked.length}`)
      for (const { name, problem } of wrong) console.log(`  ✗ ${name}: ${problem}`)
    }
    console.log(`\n${plural(all.length - failed, 'test')} passed, ${failed} failed`)
  }
  return failed === 0 ? 0 : 1
}

/** Rules and pipelines of this folder. */
const filesHere = (): string[] =>
  readdirSync('.').filter((name) => /\.(?:ya?ml|m?js|m?ts)$/.test(name) && !/\.(?:test|config)\.\w+$/.test(name))

/** Tests of a file, and of the rules of its own that a pipeline uses. */
async function testFile(path: string): Promise<{ path: string; checked: Checked[] }[]> {
  if (!/\.ya?ml$/.test(path)) {
    const file = findModule(isPath(path) ? path : `./${path}`, process.cwd())
    if (file === undefined) throw new UserError(`${path}: no such file`)
    return [{ path, checked: await checkExamples(await loadStep(file)) }]
  }
  const { steps } = readConfig(path)
  const own = [...new Set(steps.flatMap(({ step }) => (isOwn(step) ? [step] : [])))]
  const examples = own.map(async (file) => ({ path: relative('.', file), checked: await checkExamples(await loadStep(file)) }))
  return [{ path, checked: await testPipeline(path) }, ...(await Promise.all(examples))].filter(({ checked }) => checked.length > 0)
}

function testsOf(path: string): PipelineTest[] {
  const { tests = [] } = parse(readFileSync(path, 'utf8')) as { tests?: unknown[] }
  if (!Array.isArray(tests))
    throw new UserError(`${path}: "tests" must be a list`, 'write "- {text: …, kept: true}" or "- {text: …, removed: word_count.min}"')
  return tests.map((test, i) => {
    const parsed = testShape.safeParse(test)
    if (!parsed.success) throw new UserError(`${path}: test ${i + 1}: ${issueText(parsed.error, test as object)}`)
    const { text, html, kept, removed, becomes } = parsed.data
    if ((text === undefined) === (html === undefined)) throw new UserError(`${path}: test ${i + 1}: give it a "text" or an "html"`)
    if (kept === undefined && removed === undefined && becomes === undefined)
      throw new UserError(`${path}: test ${i + 1}: says nothing to expect`, 'add "kept: true", "removed: STEP.BOUND" or "becomes: TEXT"')
    return parsed.data
  })
}

/** Each test is a document; all of them go through the pipeline together, in their order. */
async function testPipeline(path: string): Promise<Checked[]> {
  const tests = testsOf(path)
  if (tests.length === 0) return []
  const folder = mkdtempSync(join(tmpdir(), 'decant-test-'))
  try {
    const out = join(folder, 'run')
    const code = await run(resolve(path), {
      input: inputsOf(folder, tests),
      output: out,
      set: [],
      workers: 0,
      quiet: true,
      samples: 0,
      allowEmpty: true,
    })
    if (code !== 0) throw new UserError(`${path}: its tests could not be run`)
    const verdicts = await rowsOf(out, 'verdicts')
    const texts = await rowsOf(out, 'data')
    return tests.map((test, i) => {
      const id = `test-${i + 1}`
      const { name = (test.text ?? test.html!).slice(0, 40), ...expected } = test
      const reason = verdicts.get(id)?.['reason'] as string | null | undefined
      const problem =
        reason === undefined ? 'gave no document' : difference(expected, reason, texts.get(id)?.['text'] as string | undefined)
      return { name, ...(problem === undefined ? {} : { problem }) }
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function difference({ kept, removed, becomes }: PipelineTest, reason: string | null, text: string | undefined): string | undefined {
  if (removed !== undefined && reason !== removed) return `${reason === null ? 'is kept' : `is removed by ${reason}`}, expected ${removed}`
  if ((kept || becomes !== undefined) && reason !== null) return `is removed by ${reason}`
  return becomes === undefined || becomes === text ? undefined : `becomes ${JSON.stringify(text)}, expected ${JSON.stringify(becomes)}`
}

/** A file of texts and one of pages. */
function inputsOf(folder: string, tests: readonly PipelineTest[]): string[] {
  const texts: string[] = []
  const pages: string[] = []
  for (const [i, { text, html, url = `https://example.org/${i + 1}`, metadata }] of tests.entries()) {
    const id = `test-${i + 1}`
    if (text !== undefined) texts.push(`${JSON.stringify({ ...metadata, id, text, url })}\n`)
    else pages.push(recordOf(id, url, html!))
  }
  const write = (name: string, parts: string[]): string[] => {
    if (parts.length > 0) writeFileSync(join(folder, name), parts.join(''))
    return parts.length > 0 ? [join(folder, name)] : []
  }
  return [...write('texts.jsonl', texts), ...write('pages.warc', pages)]
}

function recordOf(id: string, url: string, html: string): string {
  const response = `HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n${html}`
  const head = ['WARC/1.0', 'WARC-Type: response', `WARC-Record-ID: ${id}`, `WARC-Target-URI: ${url}`, 'Content-Type: application/http']
  return `${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(response)}\r\n\r\n${response}\r\n\r\n`
}

async function rowsOf(out: string, product: string): Promise<Map<string, Record<string, unknown>>> {
  const rows = new Map<string, Record<string, unknown>>()
  for (const name of readdirSync(join(out, product))) {
    const file = await openParquet(join(out, product, name))
    for await (const batch of file.batches()) for (const row of batch) rows.set(String(row['id']), row)
    file.close()
  }
  return rows
}
