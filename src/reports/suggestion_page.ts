import type { Weight } from '../compare/separation.ts'
import type { ColumnResult, Suggestions } from '../compare/suggest.ts'
import { plural } from '../core/plural.ts'
import { candidatesOf, candidatesYaml, corpusName } from './candidates.ts'
import { count, percent, shortNumber } from './format.ts'
import { cell, grid, type Html, head, html, none, numberCell, numberHead, section } from './html.ts'
import { interactivePage } from './interactive.ts'
import type { PageData } from './page_data.ts'

/** The report of `decant suggest`. */
export function suggestionPage(found: Suggestions, top: number, weight: Weight): string {
  const { good, bad, columns } = found
  const pairs = columns.map(({ step, histogram, cuts }): [string, NonNullable<PageData['pairs']>[string]] => [
    step,
    { ...histogram, names: ['good', 'bad'], cuts: cuts.map(({ threshold }) => threshold) },
  ])
  const data: PageData = { documents: [], lists: {}, histograms: {}, pairs: Object.fromEntries(pairs) }
  const corpora = (['good', 'bad'] as const).map((name) => {
    const { amount } = found[name]
    return html`<div><span>${name}: ${corpusName(found[name])}</span><b>${count(amount.documents)}</b><small>${plural(amount.tokens, 'token')}</small></div>`
  })
  const lead = html`Click a value to see both distributions: good is green and bad is red; the solid line is the cut, a dashed line the best cut in the other direction. <b>Separation</b> is the Wasserstein distance between the ranks (0: the same, 1: one entirely below the other), which is comparable across units; <b>distance</b> is in the unit of the value.`
  const body = [
    html`<div class="tiles">${corpora}</div>`,
    section('What separates them', lead, columnsTable(columns, weight)),
    section('As rules', 'Include them in a pipeline, or try them one by one.', html`<pre>${candidatesYaml(found, top)}</pre>`),
  ]
  const title = `${candidatesOf(found, top).length} candidate rules`
  return interactivePage({ title, lead: `${corpusName(good)}, against ${corpusName(bad)}; by ${weight}` }, body, data)
}

function columnsTable(columns: readonly ColumnResult[], weight: Weight): Html {
  const rows = columns.map(({ step, separation, distance, good, bad, cuts: [cut] }) => {
    const bar = html`<div class="bars"><i class="two" style="width:${(100 * separation).toFixed(1)}%"></i></div>`
    const keeps = cut ? html`<code>${cut.bound}: ${cut.threshold}</code>` : none
    const removed = cut ? [percent(cut.bad[weight], 1), percent(cut.good[weight], 1)] : ['–', '–']
    const numbers = [separation.toFixed(3), shortNumber(distance), shownOrNone(good.median), shownOrNone(bad.median)]
    const cells = [cell(html`<code>${step}</code>`), cell(bar), ...numbers.map(numberCell), cell(keeps), ...removed.map(numberCell)]
    return html`<tr data-rule="${step}" data-list="" aria-expanded="false">${cells}</tr>`
  })
  const measures = ['separation', 'distance', 'median, good', 'median, bad'].map(numberHead)
  const header = [head('value'), head(''), ...measures, head('keeps'), ...['bad removed', 'good removed'].map(numberHead)]
  return grid(header, rows)
}

const shownOrNone = (value: number | null): string => (value === null ? '–' : shortNumber(value))
