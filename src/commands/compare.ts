import { join } from 'node:path'
import type { Amount } from '../compare/amounts.ts'
import { type Comparison, compareArms, type Example, type Side } from '../compare/comparison.ts'
import { duplicateIdsNote } from '../compare/duplicate_ids.ts'
import { type Arm, armOf, type Measurement, openMeasurement } from '../compare/measurement.ts'
import { brokenBound } from '../core/filter.ts'
import { agree, plural } from '../core/plural.ts'
import { comparisonPage } from '../reports/comparison_page.ts'
import { bytes, count, percent, shortNumber, table } from '../reports/format.ts'
import { wrap } from '../reports/layout.ts'
import { standingNote } from '../reports/standing.ts'
import { addReport, jsonWithout, writeReport } from './report_files.ts'

export interface CompareFlags {
  set: string[]
  parameters?: string
  by: string[]
  seed: number
  exact?: boolean
  samples: number
  report: string | false | true
  json?: boolean
}

/** Documents that a report holds with their texts: of each side's own, and on either side of each rule's bound. */
const inReport = { samples: 50, nearest: 5 }

/** Compare what two pipelines keep of a measurement, and what each rule does. Without a second one, `--set` changes the first. */
export async function compare(dir: string, first: string | undefined, second: string | undefined, flags: CompareFlags): Promise<void> {
  const measurement = openMeasurement(dir)
  const [a, b] = [await armOf(measurement, first), await armOf(measurement, second ?? first, flags)]
  if (!flags.exact) return await compareTwo(dir, measurement, a, b, flags)
  const { decidedAnew } = await import('./decide_anew.ts')
  await decidedAnew(measurement, a, (anewA) => decidedAnew(measurement, b, (anewB) => compareTwo(dir, measurement, anewA, anewB, flags)))
}

async function compareTwo(dir: string, measurement: Measurement, a: Arm, b: Arm, flags: CompareFlags): Promise<void> {
  const reports = flags.report !== false
  const result = await compareArms(measurement, a, b, {
    samples: reports ? Math.max(inReport.samples, flags.samples) : flags.samples,
    nearest: reports ? inReport.nearest : 0,
    seed: flags.seed,
    by: flags.by,
    texts: reports,
    values: reports ? 50_000 : 0,
  })
  if (flags.json) console.log(json(result, flags.samples))
  else printComparison(result, flags.samples)
  if (!reports) return
  const path = reportPath(dir, a, b, flags)
  addReport(path, flags.json, () => writeReport(path, comparisonPage(a, b, result), json(result, Number.POSITIVE_INFINITY)))
}

/** The result as it is printed: without texts, and with as many samples as asked for. */
function json({ distributions: _, ...result }: Comparison, samples: number): string {
  const few = (list: Example[]): Example[] => list.slice(0, samples)
  const printed = { ...result, samples: { only_a: few(result.samples.only_a), only_b: few(result.samples.only_b) } }
  return jsonWithout('text', printed)
}

function reportPath(dir: string, a: Arm, b: Arm, { report, set }: CompareFlags): string {
  if (typeof report === 'string') return report
  const changes = set.map((setting) => `-${setting.replace(/[^\w.=-]+/g, '_')}`).join('')
  return join(dir, 'reports', `compare-${a.name}-${b.name}${changes.slice(0, 100)}.html`)
}

function printComparison(result: Comparison, few: number): void {
  const { documents, duplicate_ids, a, b, both, both_in_b, only_a, only_b, neither, by, samples } = result
  const isSame = a.hash === b.hash
  const [nameA, nameB] = a.name === b.name ? [`${a.name} (A)`, `${b.name} (B)`] : [a.name, b.name]
  const reach =
    a.reached.documents === b.reached.documents || isSame
      ? count(a.reached.documents)
      : `${count(a.reached.documents)} and ${count(b.reached.documents)}`
  console.log(wrap(`${plural(documents, 'document')}; ${reach} ${agree(b.reached.documents, 'reaches', 'reach')} the rules\n`))
  const amounts: [string, Amount][] = [
    [`kept by ${nameA}`, a.kept],
    ...(isSame
      ? []
      : ([
          [`kept by ${nameB}`, b.kept],
          ['by both', both],
          ...(both.tokens === both_in_b.tokens && both.bytes === both_in_b.bytes ? [] : [[`by both, as ${nameB} writes them`, both_in_b]]),
          [`only by ${nameA}`, only_a],
          [`only by ${nameB}`, only_b],
          ['by neither', neither],
        ] as [string, Amount][])),
  ]
  const rows = amounts.map(([name, amount]) => [
    name,
    count(amount.documents),
    percent(amount.documents, documents),
    bytes(amount.bytes),
    tokensOf(amount, a, b),
  ])
  console.log(table(['', 'documents', 'share', 'text', 'tokens'], rows))
  const sides: [string, Side][] = [[nameA, a], ...(isSame ? [] : [[nameB, b] as [string, Side]])]
  for (const [name, side] of sides) printRules(name, side)
  for (const [name, { standing }] of sides) {
    if (standing.length === 0) continue
    console.log(wrap(`\nnote on ${name}: ${standingNote(standing, 'the measured rules keep')}; --exact deduplicates again`))
  }
  const note = duplicateIdsNote(duplicate_ids)
  if (note) console.log(wrap(`\nnote: ${note}`))
  if (isSame) return
  for (const { by: property, parts } of by) {
    if (parts.length < 2) continue
    const most = parts
      .slice(0, 8)
      .map((part) => [
        part.name,
        count(part.documents),
        percent(part.a, part.documents),
        percent(part.b, part.documents),
        percent(part.tokens_a, part.tokens),
        percent(part.tokens_b, part.tokens_in_b),
      ])
    const header = [property, 'documents', `by ${nameA}`, `by ${nameB}`, `tokens, ${nameA}`, `tokens, ${nameB}`]
    console.log(`\n${table(header, most)}${parts.length > 8 ? `\n… ${count(parts.length - 8)} more` : ''}`)
  }
  printSamples(`only ${nameA} keeps; what ${nameB} objects to`, samples.only_a.slice(0, few), b)
  printSamples(`only ${nameB} keeps; what ${nameA} objects to`, samples.only_b.slice(0, few), a)
}

/** Tokens, where both sides count them. */
const tokensOf = ({ tokens }: Amount, ...sides: Side[]): string => (sides.every(({ counts_tokens }) => counts_tokens) ? count(tokens) : '–')

function printRules(name: string, side: Side): void {
  const { rules, by_barriers } = side
  const acting = rules.filter(({ solo }) => solo.documents > 0)
  const rows = acting.map(({ label, first, solo, unique, share }) => [
    label,
    count(first.documents),
    count(solo.documents),
    count(unique.documents),
    count(share.documents),
    ...[first, unique, share].map((amount) => tokensOf(amount, side)),
  ])
  const header = ['rule', 'first', 'solo', 'unique', 'share', 'first, tokens', 'unique, tokens', 'share, tokens']
  console.log(`\n${name}: documents and tokens that each rule removes\n${table(header, rows)}`)
  if (by_barriers.documents > 0)
    console.log(
      wrap(
        `${plural(by_barriers.documents, 'document')} that no rule removes ${agree(by_barriers.documents, 'was', 'were')} removed as duplicates`,
      ),
    )
  if (acting.length < rules.length)
    console.log(
      wrap(`${plural(rules.length - acting.length, 'more rule')} ${agree(rules.length - acting.length, 'removes', 'remove')} nothing`),
    )
  console.log(
    wrap(
      'first: in the order of the pipeline; solo: as the only rule; unique: no other rule does; share: whatever the order (Shapley);\ntokens of texts before they are edited',
    ),
  )
}

function printSamples(title: string, samples: readonly Example[], objecting: Side): void {
  if (samples.length === 0) return
  console.log(wrap(`\n${title}`))
  for (const { id, url, values, removed_before } of samples) {
    const broken = objecting.rules.flatMap(({ label, bounds }) =>
      values[label] !== undefined && brokenBound(values[label], bounds) !== undefined ? [`${label} ${shortNumber(values[label])}`] : [],
    )
    console.log(`  ${url || id}\n    ${broken.join(', ') || removed_before}`)
  }
}
