import type { Arm } from '../compare/measurement.ts'
import type { Sweep } from '../compare/sweep.ts'
import { agree, plural } from '../core/plural.ts'
import { count, percent, shortNumber } from './format.ts'
import { grid, html, numberCell, numberHead, section } from './html.ts'
import { interactivePage } from './interactive.ts'
import type { PageData } from './page_data.ts'
import { leftOutNote, standingNote } from './standing.ts'

/** The report of `decant sweep`. */
export function sweepPage({ name }: Arm, sweep: Sweep): string {
  const { step, bound, current, candidates, kept, standing, histogram, nearest } = sweep
  const keeps = (value: number): boolean =>
    current === null ||
    (bound === 'min' ? value >= current : bound === 'above' ? value > current : bound === 'max' ? value <= current : value < current)
  const data: PageData = {
    documents: nearest.map(({ id, url, tokens, text = '', value }) => ({
      id,
      url,
      tokens,
      text: text.length > 20_000 ? `${text.slice(0, 20_000)}\n… ${count(text.length - 20_000)} more characters` : text,
      values: [[step, shortNumber(value), !keeps(value)]],
    })),
    lists: {
      nearest: {
        title: 'Nearest to the bound',
        items: [...nearest.keys()]
          .sort((a, b) => Math.abs(nearest[a]!.value - current!) - Math.abs(nearest[b]!.value - current!))
          .map((i) => ({ document: i, note: `${shortNumber(nearest[i]!.value)} · ${keeps(nearest[i]!.value) ? 'kept' : 'removed'}` })),
      },
    },
    histograms:
      histogram === null ? {} : { values: { histogram, bounds: current === null ? [] : [{ name, bounds: { [bound]: current } }] } },
    curve: {
      label: `${step}.${bound}`,
      thresholds: kept.map(({ threshold }) => threshold),
      documents: kept.map(({ documents }) => documents),
      tokens: kept.map(({ tokens }) => tokens),
      current,
    },
  }
  const rows = kept.map(({ threshold, documents, tokens }) => {
    const cells = [shortNumber(threshold), count(documents), percent(documents, candidates), count(tokens)]
    return html`<tr>${cells.map(numberCell)}</tr>`
  })
  const table = html`<div style="max-width:560px">${grid([bound, 'documents', 'share', 'tokens'].map(numberHead), rows)}</div>`
  const leftOut = leftOutNote(sweep)
  const notes = [
    ...(leftOut ? [leftOut] : []),
    ...(standing.length > 0 ? [`${standingNote(standing, 'the measured bound keeps')}; --exact deduplicates again at each value`] : []),
  ]
  const note = notes.map((text) => ` Note: ${text}.`).join('')
  const lead = `${plural(candidates, 'document')} ${agree(candidates, 'passes', 'pass')} all other rules of ${name}${current === null ? '' : `; the current bound is ${current}`}`
  return interactivePage(
    { title: `${step}.${bound}`, lead },
    [
      section(
        'What is kept',
        `Documents and tokens kept at each value of the bound.${note}`,
        html`<div class="chart" style="max-width:none" data-curve></div>`,
      ),
      section(
        'Measured values',
        'Of the documents that all other rules keep. Heights are logarithmic; values outside the axis are counted at its ends.',
        html`<div class="chart" data-histogram="values"></div>`,
      ),
      ...(current === null
        ? []
        : [section('Nearest to the bound', 'Nearest first. Click a document to read its text.', html`<div data-browse="nearest"></div>`)]),
      section('Table', 'The same numbers.', table),
    ],
    data,
  )
}
