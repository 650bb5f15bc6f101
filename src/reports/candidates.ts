import type { Shares, ThresholdCut } from '../compare/separation.ts'
import type { ColumnResult, CorpusSummary, Suggestions } from '../compare/suggest.ts'
import { plural } from '../core/plural.ts'
import { percent, shortNumber } from './format.ts'

/** Columns that a cut was found for, the most separated first. */
export const candidatesOf = ({ columns }: Suggestions, top: number): (ColumnResult & { cut: ThresholdCut })[] =>
  columns.flatMap((column) => (column.cuts[0] ? [{ ...column, cut: column.cuts[0] }] : [])).slice(0, top)

export const corpusName = ({ run, part }: CorpusSummary): string =>
  part === 'all' ? `all that reach the rules of ${run}` : `${part} by ${run}`

const shares = ({ documents, tokens }: Shares): string => `${percent(documents, 1)} of documents, ${percent(tokens, 1)} of tokens`

export const yamlOpening = '# Candidate rules, written by "decant suggest"'

/** Candidate rules as a YAML list of steps, to include or to try one by one. */
export function candidatesYaml(suggestions: Suggestions, top: number): string {
  const { good, bad } = suggestions
  const head = [
    `${yamlOpening}: each cuts where a value separates the bad corpus from the good one; best separated first.`,
    `# good: ${corpusName(good)}, ${plural(good.amount.documents, 'document')}`,
    `# bad:  ${corpusName(bad)}, ${plural(bad.amount.documents, 'document')}`,
    '# These are proposals: confirm each by training on what it keeps. Many are redundant; FineWeb kept 3 of 16.',
  ]
  const rules = candidatesOf(suggestions, top).map(({ step, filter, options, after, separation, distance, cut, cuts, bounded }) => {
    const all = { ...(step === filter ? {} : { as: step }), ...options, [cut.bound]: cut.threshold }
    const settings = Object.entries(all).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    return [
      '',
      `# separation ${separation.toFixed(3)} of 1, distance ${shortNumber(distance)}; removes ${shares(cut.bad)} of the bad, ${shares(cut.good)} of the good`,
      ...(cut.limited ? ['# limited by --max-removed: the distributions cross beyond it'] : []),
      ...(cuts[1]
        ? [
            `# also ${cuts[1].bound}: ${cuts[1].threshold} would remove ${shares(cuts[1].bad)} of the bad, ${shares(cuts[1].good)} of the good`,
          ]
        : []),
      ...bounded.map(
        ({ pipeline, bounds }) =>
          `# ${pipeline} already has ${Object.entries(bounds)
            .map(([name, value]) => `${name}: ${value}`)
            .join(', ')}`,
      ),
      ...(after.length > 0 ? [`# measured after ${after.join(', ')}`] : []),
      `- ${filter}: { ${settings.join(', ')} }`,
    ].join('\n')
  })
  return `${[...head, ...rules].join('\n')}\n`
}
