import {
  type Amount,
  type Attribution,
  add,
  attribute,
  type Decisions,
  decide,
  nothing,
  overlaps,
  reaches,
  rulesIn,
} from '../compare/decisions.ts'
import { loadVerdicts, type VerdictTable } from '../compare/verdict_table.ts'
import { UserError } from '../core/errors.ts'
import { brokenBound } from '../core/filter.ts'
import { unit } from '../core/hash.ts'
import { changedConfig, readConfig } from '../pipeline/config.ts'
import { makePlan, type Plan } from '../pipeline/plan.ts'
import { needPlan } from '../pipeline/run_folder.ts'
import { bytes, count, percent, table } from '../reports/format.ts'
import { stepsOf } from '../reports/funnel.ts'
import { shown } from '../reports/verdicts.ts'
import { readManifest } from './status.ts'

export interface CompareFlags {
  set: string[]
  parameters?: string
  samples: number
  json?: boolean
}

/** A finished, measured run and its values, to decide on without reading a text. */
export async function openMeasured(dir: string): Promise<{ run: Plan; load(columns: readonly string[]): Promise<VerdictTable> }> {
  const run = needPlan(dir)
  if (!readManifest(dir))
    throw new UserError(`${dir}: the run is not complete (no manifest.json)`, 'the same "decant run" command finishes it')
  if (!run.options.measure) {
    throw new UserError(
      `${dir}: the run dropped documents at the first bound they broke, so later rules did not measure them`,
      'run the pipeline with --measure into a folder of its own',
    )
  }
  return { run, load: (columns) => loadVerdicts(dir, run.inputs.length, [...new Set(columns)]) }
}

/** A pipeline's plan without inputs: its steps with all options checked. Without a file, it is the run's own, with the changes of `--set`. */
export async function planOf(run: Plan, pipeline: string | undefined, flags: Pick<CompareFlags, 'set' | 'parameters'>): Promise<Plan> {
  const config = pipeline === undefined ? changedConfig(run, stepsOf(run), flags.set) : readConfig(pipeline, flags.set, flags.parameters)
  return await makePlan(config, [], run.options)
}

/** Compare what two pipelines keep of a measured run, and what each rule does. Without a second one, `--set` changes the first. */
export async function compare(dir: string, first: string | undefined, second: string | undefined, flags: CompareFlags): Promise<void> {
  const { run, load } = await openMeasured(dir)
  const a = first === undefined ? run : await planOf(run, first, { set: [] })
  const b = await planOf(run, second ?? first, flags)
  const [rulesA, rulesB] = [rulesIn(run, a), rulesIn(run, b)]
  const verdicts = await load([...rulesA, ...rulesB].map(({ column }) => column))
  const reached = reaches(verdicts, run)
  const [decidedA, decidedB] = [decide(verdicts, reached, rulesA), decide(verdicts, reached, rulesB)]
  const both = split(verdicts, reached, decidedA.kept, decidedB.kept)
  const barriers = stepsOf(run).flatMap(({ kind, label }) => (kind === 'barrier' ? [label] : []))
  const result = {
    run: { name: run.name, hash: run.hash, documents: verdicts.rows, reached: decidedA.total, barriers },
    a: summary(a, decidedA),
    b: summary(b, decidedB),
    both: both.both,
    only_a: both.onlyA,
    only_b: both.onlyB,
    neither: both.neither,
    languages: byLanguage(verdicts, reached, decidedA.kept, decidedB.kept),
    samples: {
      only_a: samples(verdicts, both.rowsA, decidedB.rules, flags.samples),
      only_b: samples(verdicts, both.rowsB, decidedA.rules, flags.samples),
    },
  }
  if (flags.json) console.log(JSON.stringify(result, null, 2))
  else show(result)
}

interface Side {
  name: string
  hash: string
  kept: Amount
  rules: Attribution[]
  overlaps: number[][]
}

const summary = ({ name, hash }: Plan, decided: Decisions): Side => ({
  name,
  hash,
  kept: decided.keptAmount,
  rules: attribute(decided),
  overlaps: overlaps(decided),
})

function split(verdicts: VerdictTable, reached: Uint8Array, a: Uint8Array, b: Uint8Array) {
  const amounts = { both: nothing(), onlyA: nothing(), onlyB: nothing(), neither: nothing() }
  const [rowsA, rowsB]: [number[], number[]] = [[], []]
  for (let i = 0; i < verdicts.rows; i++) {
    if (!reached[i]) continue
    add(a[i] ? (b[i] ? amounts.both : amounts.onlyA) : b[i] ? amounts.onlyB : amounts.neither, verdicts, i)
    if (a[i] && !b[i]) rowsA.push(i)
    if (b[i] && !a[i]) rowsB.push(i)
  }
  return { ...amounts, rowsA, rowsB }
}

interface LanguageRow {
  language: string
  documents: number
  a: number
  b: number
}

function byLanguage({ rows, languages }: VerdictTable, reached: Uint8Array, a: Uint8Array, b: Uint8Array): LanguageRow[] {
  const found = new Map<number, LanguageRow>()
  for (let i = 0; i < rows; i++) {
    if (!reached[i]) continue
    const code = languages.codes[i]!
    let row = found.get(code)
    if (!row) found.set(code, (row = { language: languages.names[code] ?? '(none)', documents: 0, a: 0, b: 0 }))
    row.documents++
    row.a += a[i]!
    row.b += b[i]!
  }
  return [...found.values()].sort((x, y) => y.documents - x.documents || (x.language < y.language ? -1 : 1))
}

interface Sample {
  id: string
  url: string
  /** What the other side's rules object to: label, value and bounds. */
  broken: { rule: string; value: number }[]
}

/** A few documents that only one side keeps, the same ones every time. */
function samples({ ids, urls, values }: VerdictTable, rows: number[], others: Decisions['rules'], n: number): Sample[] {
  const chosen = rows.map((row) => ({ row, at: unit('compare', ids[row]!) })).sort((x, y) => x.at - y.at)
  return chosen.slice(0, n).map(({ row }) => {
    const broken = others.flatMap((rule) => {
      const value = values.get(rule.column)![row]!
      return brokenBound(value, rule.bounds) === undefined ? [] : [{ rule: rule.label, value }]
    })
    return { id: ids[row]!, url: urls[row]!, broken }
  })
}

interface Comparison {
  run: { name: string; hash: string; documents: number; reached: Amount; barriers: string[] }
  a: Side
  b: Side
  both: Amount
  only_a: Amount
  only_b: Amount
  neither: Amount
  languages: LanguageRow[]
  samples: { only_a: Sample[]; only_b: Sample[] }
}

function show({ run, a, b, both, only_a, only_b, neither, languages, samples }: Comparison): void {
  const isSame = a.hash === b.hash
  const [nameA, nameB] = a.name === b.name ? [`${a.name} (A)`, `${b.name} (B)`] : [a.name, b.name]
  console.log(`${count(run.documents)} documents of ${run.name}; ${count(run.reached.documents)} reach the rules\n`)
  const amounts: [string, Amount][] = [
    [`kept by ${nameA}`, a.kept],
    ...(isSame
      ? []
      : ([
          [`kept by ${nameB}`, b.kept],
          ['by both', both],
          [`only by ${nameA}`, only_a],
          [`only by ${nameB}`, only_b],
          ['by neither', neither],
        ] as [string, Amount][])),
  ]
  const of = run.reached.documents
  const rows = amounts.map(([name, { documents, bytes: size, tokens }]) => [
    name,
    count(documents),
    percent(documents, of),
    bytes(size),
    count(tokens),
  ])
  console.log(table(['', 'documents', 'share', 'text', 'tokens'], rows))
  for (const [name, { rules }] of [[nameA, a], ...(isSame ? [] : [[nameB, b] as const])] as const) showRules(name, rules)
  if (isSame) return
  if (run.barriers.length > 0) {
    const names = run.barriers.join(' and ')
    console.log(`\nnote: ${names} saw what the run's own rules keep; what else B keeps may hold duplicates`)
  }
  const most = languages
    .slice(0, 8)
    .map(({ language, documents, a, b }) => [language, count(documents), percent(a, documents), percent(b, documents)])
  if (languages.length > 1) console.log(`\n${table(['language', 'documents', `kept by ${nameA}`, `kept by ${nameB}`], most)}`)
  showSamples(`only ${nameA} keeps; what ${nameB} objects to`, samples.only_a)
  showSamples(`only ${nameB} keeps; what ${nameA} objects to`, samples.only_b)
}

function showRules(name: string, rules: Attribution[]): void {
  const acting = rules.filter(({ solo }) => solo.documents > 0)
  const rows = acting.map(({ label, first, solo, unique, share }) => [
    label,
    count(first.documents),
    count(solo.documents),
    count(unique.documents),
    count(share.documents),
    count(first.tokens),
    count(unique.tokens),
    count(share.tokens),
  ])
  const header = ['rule', 'first', 'solo', 'unique', 'share', 'first, tokens', 'unique, tokens', 'share, tokens']
  console.log(`\n${name}: documents and tokens that each rule removes\n${table(header, rows)}`)
  if (acting.length < rules.length) console.log(`${rules.length - acting.length} more rules remove nothing`)
  console.log(
    'first: in the order of the pipeline; solo: as the only rule; unique: no other rule does; share: whatever the order (Shapley)',
  )
}

function showSamples(title: string, samples: Sample[]): void {
  if (samples.length === 0) return
  console.log(`\n${title}`)
  for (const { id, url, broken } of samples) {
    console.log(`  ${url || id}\n    ${broken.map(({ rule, value }) => `${rule} ${shown(value)}`).join(', ')}`)
  }
}
