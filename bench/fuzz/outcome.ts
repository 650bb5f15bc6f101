import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { basename, relative } from 'node:path'
import type { Doc } from '../../src/core/doc.ts'
import { DataError, UserError } from '../../src/core/errors.ts'
import { type Placed, placeResult, type SampledArm } from '../../src/experiments/placing.ts'
import { parseResults } from '../../src/experiments/result_files.ts'
import { parseSample } from '../../src/experiments/sample_manifest.ts'
import { collectScores, defaultMetrics } from '../../src/experiments/scores.ts'
import { summarize } from '../../src/experiments/summary.ts'
import { htmlBlocks } from '../../src/extraction/html_blocks.ts'
import { justext } from '../../src/extraction/justext.ts'
import { mainContent, presets } from '../../src/extraction/main_content.ts'
import { allText } from '../../src/extraction/page_text.ts'
import { isXhtml } from '../../src/extraction/xhtml.ts'
import { decodePage } from '../../src/formats/charset.ts'
import { FastText, isFastText } from '../../src/models/fasttext/fasttext.ts'
import { readFastTextFile } from '../../src/models/fasttext/file.ts'
import { inspectModel } from '../../src/models/inspect.ts'
import { isArpa, isKenLMBinary, readKenLM } from '../../src/models/kenlm/file.ts'
import { KenLM } from '../../src/models/kenlm/kenlm.ts'
import { readConfig } from '../../src/pipeline/config.ts'
import { makePlan } from '../../src/pipeline/make_plan.ts'
import { tryRules } from '../../src/pipeline/rules.ts'
import extractHtml from '../../src/stages/extract_html.ts'
import read from '../../src/stages/read.ts'
import { readTokenizerJson } from '../../src/tokenizers/tokenizer_json/tokenizer_json.ts'
import { type Counted, type Reading, readAll, shortened } from './recorder.ts'

/** Kinds of input that are fuzzed; `fixtures/faults` has a folder for each. */
export const kinds = ['warc', 'html', 'jsonl', 'parquet', 'arrow', 'yaml', 'model', 'results', 'sample'] as const
export type Kind = (typeof kinds)[number]

/** What is known of a file before it is read. */
export interface Expected {
  /** How many documents and errors there must be. */
  records?: number
  /** Ids of documents that must be there, whatever happens to others. */
  intact?: readonly string[]
}

/** What reading a file came to, as JSON; a refusal is what a user would be told. Any other exception is a bug and goes through. */
export type Outcome = Reading | Record<string, unknown> | { refused: string }

export async function outcomeOf(kind: Kind, path: string, expected: Expected = {}): Promise<Outcome> {
  try {
    return await readers[kind](path, expected)
  } catch (error) {
    if (!(error instanceof UserError || error instanceof DataError)) throw error
    return { refused: shortened(error.message.replaceAll(path, basename(path)).replaceAll(relative(process.cwd(), path), basename(path))) }
  }
}

const readers: Record<Kind, (path: string, expected: Expected) => Outcome | Promise<Outcome>> = {
  warc: inputOutcome,
  jsonl: inputOutcome,
  parquet: inputOutcome,
  arrow: inputOutcome,
  html: htmlOutcome,
  yaml: planOutcome,
  model: modelOutcome,
  results: (path) => scoresOutcome(path, readFileSync(path, 'utf8'), sampledArms),
  sample: (path) => ({ ...parseSample(path, readFileSync(path, 'utf8')) }),
}

async function inputOutcome(path: string, { records, intact = [] }: Expected): Promise<Outcome> {
  const reading = await readAll(path, basename(path), statSync(path).size, (task) => {
    const docs = read.run(none(), read.schema.parse({}), task)
    return extractHtml.run(docs, extractHtml.schema.parse({}), task)
  })
  const { lost, ids, ...shown } = reading
  if (records !== undefined)
    assert.equal(countOf(reading), records, 'unaccounted: documents and errors are not the records that were put in')
  for (const id of intact) assert(ids.has(id), `unaccounted: ${id} is intact and was not read`)
  return { ...shown, errors: shown.errors.map((error) => error.replaceAll(path, basename(path))) }
}

const countOf = ({ ids, documents, removed, lost }: Counted): number => Math.max(ids.size, documents.length + removed.length) + lost

async function* none(): AsyncGenerator<Doc> {}

function htmlOutcome(path: string): Outcome {
  const { text: html, charset } = decodePage(readFileSync(path), '')
  const page = htmlBlocks(html, () => {}, { xml: isXhtml(html, ''), images: true, cells: true })
  const plain = htmlBlocks(html)
  const texts = {
    main: mainContent(plain, { preset: presets[0], comments: false }),
    ...Object.fromEntries(presets.slice(1).map((preset) => [preset, mainContent(plain, { preset, comments: true })])),
    markdown: mainContent(page, { preset: presets[0], comments: true, code: 'fences', tables: 'markdown' }),
    all: allText(plain),
    justext: justext(html, new Set()),
  }
  for (const [method, text] of Object.entries(texts)) assert(!/\p{Surrogate}|\0/u.test(text), `${method}: text that is no Unicode`)
  return { charset, ...Object.fromEntries(Object.entries(texts).map(([method, text]) => [method, shortened(text)])) }
}

async function planOutcome(path: string): Promise<Outcome> {
  const plan = await makePlan(readConfig(path), [], { measure: false, audit: 0, keep_removed: false, limit: null })
  await tryRules(plan)
  return {
    name: plan.name,
    passes: plan.passes.map((pass) => (pass.kind === 'job' ? pass.name : pass.steps.map(({ label }) => label).join(' '))),
  }
}

const sample = 'The river rose in the night, and 2 of the tomatoes did not. Ελληνικά 漢字 🌍 <s> </s>'

/** What the file says of itself, and what it makes of a sentence. */
async function modelOutcome(path: string): Promise<Outcome> {
  const facts = await inspectModel(path)
  const bytes = readFileSync(path)
  const scored = async (): Promise<unknown> => {
    if (isFastText(bytes)) {
      const probabilities = new FastText(readFastTextFile(bytes, path)).probabilities(sample)
      return probabilities && Array.from(probabilities.slice(0, 3), String)
    }
    if (isKenLMBinary(path) || isArpa(path)) return String(new KenLM(await readKenLM(path)).score(sample))
    return facts['format'] === 'tokenizer.json' ? readTokenizerJson(path).count(sample) : undefined
  }
  return { ...facts, scored: await scored() }
}

const sampledArms: readonly SampledArm[] = [
  { name: 'raw', seed: 1, tokens: 30_000 },
  { name: 'filtered', seed: 1, tokens: 30_000 },
]

/** The scores of two runs, both of which this file is about. */
function scoresOutcome(path: string, text: string, arms: readonly SampledArm[]): Outcome {
  const file = parseResults(path, text)
  placeResult(file.model, file.model === '' ? 'raw' : 'raw/seed-1', arms)
  const runs = arms.map(({ name, seed }, i): { file: typeof file; placed: Placed } => ({
    file: { ...file, path: `${i}` },
    placed: { arm: name, seed, tokens: null, step: null },
  }))
  const scores = collectScores(runs, arms, { metrics: defaultMetrics, budget: null })
  const { byTask, ...summary } = { byTask: [], ...summarize(scores, { baseline: 'raw', last: 1, confidence: 0.95 }) }
  JSON.stringify(byTask)
  return {
    harness: file.harness,
    model: file.model,
    tasks: scores.tasks,
    left_out: scores.left_out,
    arms: summary.arms.map(({ score }) => score),
  }
}
