import { join } from 'node:path'
import { type Histogram, histogram } from '../compare/histogram.ts'
import type { Bounds } from '../core/filter.ts'
import { plural } from '../core/plural.ts'
import { type LedgerEntry, writeAtomically } from '../pipeline/ledger.ts'
import { type Plan, ruleOf, stepsOf } from '../pipeline/plan.ts'
import { firstErrors } from '../pipeline/seal.ts'
import { type Duplicates, summarizeDuplicates } from './duplicates.ts'
import { bytes, count, percent, shortNumber } from './format.ts'
import { funnel } from './funnel.ts'
import { cell, grid, type Html, head, html, none, numberCell, numberHead, page, section } from './html.ts'
import { type Manifest, total } from './manifest.ts'
import { allShards, explain, readVerdicts, shardsWithin, type VerdictRow } from './verdicts.ts'

/** Distributions are drawn from the verdicts of at most this many documents. */
const sampleRows = 200_000
/** Duplicates are summed up over shards with at most this many verdicts. */
const duplicateRows = 2_000_000
/** Errors that are looked at for examples. */
const mostErrors = 10_000

/** Write `report.html`: funnel, distributions of all measured values, errors, samples. One file, no network, no script. */
export async function writeReport(dir: string, plan: Plan, manifest: Manifest): Promise<void> {
  const filters = stepsOf(plan).filter(({ kind }) => kind === 'filter')
  const values = new Map(filters.map(({ label }): [string, number[]] => [label, []]))
  const samples = new Map<string, VerdictRow[]>()
  let rows = 0
  if (manifest.outputs.length > 0) {
    for await (const batch of readVerdicts(dir, allShards(plan))) {
      for (const verdict of batch) {
        for (const [label, list] of values) {
          const value = verdict.values[label]
          if (value !== null && value !== undefined) list.push(value)
        }
        const kind = verdict.reason ?? 'kept'
        const list = samples.get(kind) ?? []
        if (list.length < 5) samples.set(kind, [...list, verdict])
      }
      if ((rows += batch.length) >= sampleRows) break
    }
  }
  const shards = shardsWithin(plan, manifest, duplicateRows)
  const duplicates = (await summarizeDuplicates(dir, plan, shards)).filter(({ removed }) => removed > 0)
  const errors = firstErrors(dir, plan, mostErrors)
  const distributions = filters.map((step) => card(step.label, ruleOf(step), step.options as Bounds, values.get(step.label)!))
  const isPart = rows < total(manifest.records.removed) + manifest.records.kept
  const body = [
    header(manifest),
    section('Funnel', 'What each rule removed first, in the order of the pipeline.', funnelHtml(plan, manifest)),
    section(
      'Measured values',
      `Over the ${plural(rows, 'document')} ${isPart ? 'sampled' : 'read'} that reached each rule. The shaded range is kept. Heights are logarithmic; values outside the axis are counted at its ends.`,
      html`<div class="cards">${distributions}</div>`,
    ),
    section(
      'Samples',
      html`Up to five documents per outcome; <code>decant why</code> shows all values and the text of a document.`,
      samplesHtml(plan, samples),
    ),
    ...(duplicates.length === 0
      ? []
      : [
          section(
            'Duplicates',
            html`<code>duplicates/</code> lists the document that was kept in place of each removed one.${shards.length === plan.inputs.splits ? none : ` The figures below are of ${count(shards.length)} of ${plural(plan.inputs.splits, 'shard')}, chosen by hash.`}`,
            duplicates.map(duplicatesHtml),
          ),
        ]),
    section('Errors', html`Unusable records; <code>errors/</code> lists all of them.`, errorsHtml(manifest, errors)),
  ]
  writeAtomically(join(dir, 'report.html'), page({ title: plan.name, lead: plan.description }, body))
}

function header({ records, tokens, bytes: read, inputs, options }: Manifest): Html {
  const documents = records.kept + total(records.removed)
  const tiles: [string, string, string][] = [
    ['records read', count(records.read), `${plural(inputs.length, 'shard')}, ${bytes(read.read)} of pages and texts`],
    ['kept', count(records.kept), `${percent(records.kept, documents)} of documents`],
    ['removed', count(total(records.removed)), `${percent(total(records.removed), documents)} of documents`],
    ['errors', count(total(records.errors)), `${percent(total(records.errors), records.read)} of records`],
    ['no HTML or text', count(total(records.non_html)), `${percent(total(records.non_html), records.read)} of records`],
    ...(tokens
      ? [['tokens kept', count(tokens.kept), `${percent(tokens.kept, tokens.read)} of those counted`] as [string, string, string]]
      : []),
  ]
  const notes = [
    options.measure ? 'measured run: nothing was dropped; reasons tell what would have been' : '',
    options.limit ? `at most ${plural(options.limit, 'document')} (--limit)` : '',
  ]
  const note = notes.filter(Boolean).join(' · ')
  const shown = tiles.map(([name, value, more]) => html`<div><span>${name}</span><b>${value}</b><small>${more}</small></div>`)
  return html`<div class="tiles">${shown}</div>${note ? html`<p class="lead">${note}</p>` : none}`
}

function funnelHtml(plan: Plan, manifest: Manifest): Html {
  const all = manifest.records.kept + total(manifest.records.removed)
  const rows = funnel(plan, manifest).map(({ step, rule, documents, removed, tokens }) => {
    const [left, gone] = [(100 * (documents - removed)) / Math.max(1, all), (100 * removed) / Math.max(1, all)]
    const bar = html`<div class="bar"><i style="width:${left.toFixed(2)}%"></i><u style="width:${gone.toFixed(2)}%"></u></div>`
    const numbers = [count(documents), count(removed), percent(removed, documents), ...(tokens === null ? [] : [count(tokens)])]
    const cells = [cell(html`<code>${step}</code>`), cell(rule), ...numbers.map(numberCell)]
    return html`<tr>${cells}<td class="wide">${bar}</td></tr>`
  })
  const numbers = ['documents', 'removed', 'of these', ...(manifest.tokens ? ['tokens removed'] : [])]
  return grid([head('step'), head('keeps'), ...numbers.map(numberHead), head('')], rows)
}

function card(label: string, rule: string, bounds: Bounds, values: number[]): Html {
  const body = values.length === 0 ? html`<p class="none">not measured</p>` : chart(histogram(values, bounds), bounds)
  const name = label.split('_').map((part, i) => (i === 0 ? html`${part}` : html`_<wbr>${part}`))
  return html`<figure><figcaption><code>${name}</code><span>${rule || 'no bound'}</span></figcaption>${body}</figure>`
}

function chart({ from, to, bins, median }: Histogram, { min, max, above, below }: Bounds): Html {
  const [width, height] = [280, 90]
  const top = Math.max(...bins)
  const x = (value: number): number => (to === from ? width / 2 : ((value - from) / (to - from)) * width)
  const clamp = (value: number): number => Math.max(0, Math.min(width, x(value)))
  const [low, high] = [min ?? above, max ?? below]
  const keptFrom = low === undefined ? 0 : clamp(low)
  const keptTo = high === undefined ? width : clamp(high)
  // Heights grow with the logarithm, so that the tail that rules are about can be seen beside the bulk.
  const bars = bins.map((n, i) => {
    const h = n === 0 ? 0 : Math.max(1, (Math.log1p(n) / Math.log1p(top)) * height)
    const w = width / bins.length
    const [left, right] = [from + ((to - from) * i) / bins.length, from + ((to - from) * (i + 1)) / bins.length]
    const title = `${shortNumber(left)} – ${shortNumber(right)}: ${count(n)}`
    return html`<rect class="b" x="${(i * w).toFixed(1)}" y="${(height - h).toFixed(1)}" width="${(w - 0.6).toFixed(1)}" height="${h.toFixed(1)}"><title>${title}</title></rect>`
  })
  const lines = [low, high].flatMap((bound) =>
    bound === undefined || bound < from || bound > to
      ? []
      : [html`<line x1="${clamp(bound).toFixed(1)}" x2="${clamp(bound).toFixed(1)}" y1="0" y2="${height}"/>`],
  )
  const shade = html`<rect class="k" x="${keptFrom.toFixed(1)}" y="0" width="${Math.max(0, keptTo - keptFrom).toFixed(1)}" height="${height}"/>`
  const y = height + 13
  const axis = html`<text x="0" y="${y}">${shortNumber(from)}</text><text x="${width / 2}" y="${y}" text-anchor="middle">median ${shortNumber(median)}</text><text x="${width}" y="${y}" text-anchor="end">${shortNumber(to)}</text>`
  return html`<svg viewBox="0 0 ${width} ${height + 16}" role="img">${shade}${bars}${lines}${axis}</svg>`
}

function samplesHtml(plan: Plan, samples: ReadonlyMap<string, readonly VerdictRow[]>): Html[] {
  const fates = [...samples].sort(([a], [b]) => (a === 'kept' ? -1 : b === 'kept' ? 1 : a < b ? -1 : 1))
  return fates.map(([fate, rows]) => {
    const items = rows.map((verdict) => html`<li>${verdict.url || verdict.id}<small>${explain(plan, verdict)}</small></li>`)
    const open = fate === 'kept' ? html` open` : none
    return html`<details${open}><summary><code>${fate}</code></summary><ul>${items}</ul></details>`
  })
}

function duplicatesHtml({ step, removed, clusters, sizes, largest, sources, compared, unlike }: Duplicates): Html {
  const counts = Object.entries(sizes).filter(([, n]) => n > 0)
  const sizeRows = counts.map(([range, n]) => html`<tr>${[numberCell(range), numberCell(count(n))]}</tr>`)
  const largestRows = largest.map(({ cluster, size, removed }) => {
    const some = removed.map((url, i) => html`${i === 0 ? none : html`<br>`}${url}`)
    return html`<tr>${[numberCell(count(size)), cell(cluster), cell(some)]}</tr>`
  })
  const sourceRows = sources.map(({ domain, removed, of }) => {
    const numbers = [count(removed), count(of), percent(removed, of)]
    return html`<tr>${[cell(domain || '(none)'), ...numbers.map(numberCell)]}</tr>`
  })
  const like =
    compared > 0
      ? ` Of ${count(compared)} compared with the kept document, ${count(unlike)} (${percent(unlike, compared)}) have a similarity below one half: they are copies of copies.`
      : ''
  return html`<p><code>${step}</code> removed ${plural(removed, 'document')} of ${plural(clusters, 'cluster')}.${like}</p>
${grid([numberHead('documents'), numberHead('clusters of that size')], sizeRows)}
<h3>Largest clusters</h3>${grid([numberHead('documents'), head('smallest id'), head('some removed documents')], largestRows)}
${sources.length === 0 ? none : html`<h3>Sources that lost half or more</h3>${grid([head('domain'), ...['removed', 'of', 'share'].map(numberHead)], sourceRows)}`}`
}

function errorsHtml({ records }: Manifest, errors: LedgerEntry['errors']): Html {
  if (total(records.errors) === 0) return html`<p>None.</p>`
  const kinds = Object.entries(records.errors).map(([kind, n], i) => html`${i === 0 ? '' : ', '}<code>${kind}</code> ${count(n)}`)
  const rows = errors.slice(0, 50).map(({ kind, file, start, end, row, rows, message }) => {
    const place = start === undefined ? (row === undefined ? '' : `row ${row}${rows ? `–${row + rows - 1}` : ''}`) : `${start}–${end}`
    return html`<tr>${[cell(html`<code>${kind}</code>`), cell(file), numberCell(place), cell(message)]}</tr>`
  })
  return html`<p>${kinds}</p>${grid([head('kind'), head('file'), numberHead('bytes'), head('message')], rows)}`
}
