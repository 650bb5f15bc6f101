import { existsSync, readFileSync } from 'node:fs'
import type { Weight } from '../compare/separation.ts'
import { openCorpus, type Suggestions, suggestRules } from '../compare/suggest.ts'
import { UserError } from '../core/errors.ts'
import { plural } from '../core/plural.ts'
import { candidatesOf, candidatesYaml, corpusName, yamlOpening } from '../reports/candidates.ts'
import { count, percent, shortNumber, table } from '../reports/format.ts'
import { wrap } from '../reports/layout.ts'
import { suggestionPage } from '../reports/suggestion_page.ts'
import { jsonWithout, writeReport, writeWhole } from './report_files.ts'

export interface SuggestFlags {
  good: string
  bad: string
  goodPipeline?: string
  badPipeline?: string
  output?: string
  report?: string
  top: number
  minRemoved: number
  maxRemoved: number
  weight: Weight
  values: number
  json?: boolean
}

/** Candidate rules: where the measured values of a bad corpus differ from those of a good one. */
export async function suggest(flags: SuggestFlags): Promise<void> {
  const { weight, minRemoved, maxRemoved, values, top, output, report } = flags
  if (output && existsSync(output) && !readFileSync(output, 'utf8').startsWith(yamlOpening))
    throw new UserError(`-o ${output}: a file that "decant suggest" has not written`, 'choose another name')
  const good = await openCorpus(flags.good, '--good', flags.goodPipeline)
  const bad = await openCorpus(flags.bad, '--bad', flags.badPipeline)
  const found = await suggestRules(good, bad, { weight, minRemoved, maxRemoved, values })
  const yaml = candidatesYaml(found, top)
  if (output) writeWhole(output, yaml)
  const json = jsonWithout('histogram', found)
  if (report) writeReport(report, suggestionPage(found, top, weight), json)
  if (flags.json) return console.log(json)
  printSuggestions(found, top, weight)
  if (output) console.log(`\nrules   ${output}`)
  else if (candidatesOf(found, top).length > 0) console.log(`\n${yaml.trimEnd()}`)
  if (report) console.log(`\nreport  ${report}`)
}

function printSuggestions(found: Suggestions, top: number, weight: Weight): void {
  for (const name of ['good', 'bad'] as const) {
    const { amount, sampled } = found[name]
    const part = sampled < amount.documents ? `, of which ${count(sampled)} were looked at` : ''
    console.log(
      wrap(
        `${name.padEnd(4)}  ${corpusName(found[name])}: ${plural(amount.documents, 'document')}, ${plural(amount.tokens, 'token')}${part}`,
      ),
    )
  }
  const candidates = candidatesOf(found, top)
  const rows = candidates.map(({ step, separation, distance, cut }) => [
    step,
    `${cut.bound} ${cut.threshold}`,
    separation.toFixed(3),
    shortNumber(distance),
    percent(cut.bad.documents, 1),
    percent(cut.good.documents, 1),
    percent(cut.bad.tokens, 1),
    percent(cut.good.tokens, 1),
  ])
  if (rows.length === 0) {
    console.log(wrap('\nno value sets them apart by more than chance would, within the limits'))
    if (found.columns.every(({ separation }) => separation < 0.05))
      console.log(wrap('  hint: the two hold the same documents, or nearly; DIR/NAME:removed takes what the rules of a run remove'))
    return
  }
  const header = ['rule', 'keeps', 'separation', 'distance', 'bad removed', 'good removed', 'bad tokens', 'good tokens']
  console.log(`\n${table(header, rows)}`)
  const cut = found.columns.filter(({ cuts }) => cuts.length > 0).length
  if (cut > rows.length) console.log(wrap(`${cut - rows.length} more with --top ${cut}`))
  console.log(
    wrap(
      `separation: Wasserstein distance between ranks, 0 the same, 1 apart; distance: in the unit of the value; cuts and ranks by ${weight}`,
    ),
  )
  const rediscovered = candidates.filter(({ bounded }) => bounded.length > 0).map(({ step }) => step)
  if (rediscovered.length > 0 && (found.good.part !== 'all' || found.bad.part !== 'all'))
    console.log(
      wrap(
        `note: the pipelines themselves have bounds on ${rediscovered.length} of these, so they rediscover them: ${rediscovered.join(', ')}`,
      ),
    )
  if (found.left_out.length > 0) console.log(wrap(`measured by one only: ${found.left_out.join(', ')}`))
}
