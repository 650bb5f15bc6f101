import { join } from 'node:path'
import { type Histogram, histogram } from '../compare/histogram.ts'
import type { Bounds } from '../core/filter.ts'
import { type LedgerEntry, writeAtomically } from '../pipeline/ledger.ts'
import { type Plan, ruleOf, stepsOf } from '../pipeline/plan.ts'
import { type Duplicates, summarizeDuplicates } from './duplicates.ts'

import { bytes, count, percent, shortNumber } from './format.ts'
import { funnel } from './funnel.ts'

import { escapeHtml, page, section } from './html.ts'
import { type Manifest, total } from './manifest.ts'
import { allShards, explain, readVerdicts, type VerdictRow } from './verdicts.ts'

/** Distributions are drawn from the verdicts of at most this many documents. */
const sampleRows = 200_000

/** Write `report.html`: funnel, distributions of all measured values, errors, samples. One file, no network, no script. */
export async function writeReport(
  dir: string,
  plan: Plan,
  manifest: Manifest,
  entries: ReadonlyMap<string, readonly LedgerEntry[]>,
): Promise<void> {
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
  const duplicates = (await summarizeDuplicates(dir, plan)).filter(({ removed }) => removed > 0)
  const errors = [...entries.values()].flat().flatMap((entry) => entry.errors)
  const distributions = filters.map((step) => card(step.label, ruleOf(step), step.options as Bounds, values.get(step.label)!))
  const html = page({ title: plan.name, lead: plan.description }, [
    header(manifest),
    section('Funnel', 'What each rule removed first, in the order of the pipeline.', funnelHtml(plan, manifest)),
    section(
      'Measured values',
      `Over the ${count(rows)} documents ${rows < total(manifest.records.removed) + manifest.records.kept ? 'looked at' : 'read'} that reached each rule. The shaded part is kept. Heights are logarithmic; what lies beyond an axis counts at its end.`,
      `<div class="cards">${distributions.join('')}</div>`,
    ),
    section(
      'Samples',
      'Up to five documents for each fate; <code>decant why</code> shows all values and the text of one.',
      samplesHtml(plan, samples),
    ),
    ...(duplicates.length === 0
      ? []
      : [
          section(
            'Duplicates',
            'Which document stays in place of each removed one is in <code>duplicates/</code>.',
            duplicates.map(duplicatesHtml).join(''),
          ),
        ]),
    section('Errors', 'Records that could not be used; all of them are in <code>errors/</code>.', errorsHtml(manifest, errors)),
  ])
  writeAtomically(join(dir, 'report.html'), html)
}

function header({ records, tokens, bytes: read, inputs, options }: Manifest): string {
  const tiles: [string, string, string][] = [
    ['records read', count(records.read), `${count(inputs.length)} shards, ${bytes(read.read)} of pages and texts`],
    ['kept', count(records.kept), percent(records.kept, records.read)],
    ['removed', count(total(records.removed)), percent(total(records.removed), records.read)],
    ['errors', count(total(records.errors)), percent(total(records.errors), records.read)],
    ['no HTML or text', count(total(records.non_html)), percent(total(records.non_html), records.read)],
    ...(tokens
      ? [['tokens kept', count(tokens.kept), `${percent(tokens.kept, tokens.read)} of those counted`] as [string, string, string]]
      : []),
  ]
  const notes = [
    options.measure ? 'measured run: nothing was dropped, reasons say what would be' : '',
    options.limit ? `stopped after ${options.limit} documents` : '',
  ]
  const note = notes.filter(Boolean).join(' · ')
  return `<div class="tiles">${tiles.map(([name, value, more]) => `<div><span>${name}</span><b>${value}</b><small>${more}</small></div>`).join('')}</div>${note ? `<p class="lead">${note}</p>` : ''}`
}

function funnelHtml(plan: Plan, manifest: Manifest): string {
  const all = manifest.records.kept + total(manifest.records.removed)
  const rows = funnel(plan, manifest).map(({ step, rule, documents, removed, tokens }) => {
    const [left, gone] = [(100 * (documents - removed)) / Math.max(1, all), (100 * removed) / Math.max(1, all)]
    const bar = `<div class="bar"><i style="width:${left.toFixed(2)}%"></i><u style="width:${gone.toFixed(2)}%"></u></div>`
    return `<tr><td><code>${escapeHtml(step)}</code></td><td>${escapeHtml(rule)}</td><td class="n">${count(documents)}</td><td class="n">${count(removed)}</td><td class="n">${percent(removed, documents)}</td>${tokens === null ? '' : `<td class="n">${count(tokens)}</td>`}<td class="wide">${bar}</td></tr>`
  })
  const tokens = manifest.tokens ? '<th class="n">tokens removed</th>' : ''
  return `<div class="scroll"><table><thead><tr><th>step</th><th>keeps</th><th class="n">documents</th><th class="n">removed</th><th class="n">of these</th>${tokens}<th></th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}

function card(label: string, rule: string, bounds: Bounds, values: number[]): string {
  const body = values.length === 0 ? '<p class="none">not measured</p>' : chart(histogram(values, bounds), bounds)
  return `<figure><figcaption><code>${escapeHtml(label).replaceAll('_', '_<wbr>')}</code><span>${escapeHtml(rule || 'no bound')}</span></figcaption>${body}</figure>`
}

function chart({ from, to, bins, median }: Histogram, { min, max, above, below }: Bounds): string {
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
    return `<rect class="b" x="${(i * w).toFixed(1)}" y="${(height - h).toFixed(1)}" width="${(w - 0.6).toFixed(1)}" height="${h.toFixed(1)}"><title>${shortNumber(from + ((to - from) * i) / bins.length)} – ${shortNumber(from + ((to - from) * (i + 1)) / bins.length)}: ${count(n)}</title></rect>`
  })
  const lines = [low, high].flatMap((bound) =>
    bound === undefined || bound < from || bound > to
      ? []
      : [`<line x1="${clamp(bound).toFixed(1)}" x2="${clamp(bound).toFixed(1)}" y1="0" y2="${height}"/>`],
  )
  return `<svg viewBox="0 0 ${width} ${height + 16}" role="img"><rect class="k" x="${keptFrom.toFixed(1)}" y="0" width="${Math.max(0, keptTo - keptFrom).toFixed(1)}" height="${height}"/>${bars.join('')}${lines.join('')}<text x="0" y="${height + 13}">${shortNumber(from)}</text><text x="${width / 2}" y="${height + 13}" text-anchor="middle">median ${shortNumber(median)}</text><text x="${width}" y="${height + 13}" text-anchor="end">${shortNumber(to)}</text></svg>`
}

function samplesHtml(plan: Plan, samples: ReadonlyMap<string, readonly VerdictRow[]>): string {
  const fates = [...samples].sort(([a], [b]) => (a === 'kept' ? -1 : b === 'kept' ? 1 : a < b ? -1 : 1))
  return fates
    .map(([fate, rows]) => {
      const items = rows.map(
        (verdict) => `<li>${escapeHtml(verdict.url || verdict.id)}<small>${escapeHtml(explain(plan, verdict))}</small></li>`,
      )
      return `<details${fate === 'kept' ? ' open' : ''}><summary><code>${escapeHtml(fate)}</code></summary><ul>${items.join('')}</ul></details>`
    })
    .join('')
}

function duplicatesHtml({ step, removed, clusters, sizes, largest, sources, compared, unlike }: Duplicates): string {
  const counts = Object.entries(sizes).filter(([, n]) => n > 0)
  const sizeRows = counts.map(([range, n]) => `<tr><td class="n">${range}</td><td class="n">${count(n)}</td></tr>`)
  const largestRows = largest.map(
    ({ cluster, size, removed }) =>
      `<tr><td class="n">${count(size)}</td><td>${escapeHtml(cluster)}</td><td>${removed.map(escapeHtml).join('<br>')}</td></tr>`,
  )
  const sourceRows = sources.map(
    ({ domain, removed, of }) =>
      `<tr><td>${escapeHtml(domain || '(none)')}</td><td class="n">${count(removed)}</td><td class="n">${count(of)}</td><td class="n">${percent(removed, of)}</td></tr>`,
  )
  const parts = [
    `<p><code>${escapeHtml(step)}</code> removed ${count(removed)} documents of ${count(clusters)} clusters.${compared > 0 ? ` Of ${count(compared)} compared with the document that stays, ${count(unlike)} (${percent(unlike, compared)}) are less than half like it: copies of copies.` : ''}</p>`,
    `<div class="scroll"><table><thead><tr><th class="n">documents</th><th class="n">clusters of that size</th></tr></thead><tbody>${sizeRows.join('')}</tbody></table></div>`,
    `<h3>Largest clusters</h3><div class="scroll"><table><thead><tr><th class="n">documents</th><th>smallest id</th><th>some that were removed</th></tr></thead><tbody>${largestRows.join('')}</tbody></table></div>`,
    sources.length === 0
      ? ''
      : `<h3>Sources that lost half or more</h3><div class="scroll"><table><thead><tr><th>domain</th><th class="n">removed</th><th class="n">of</th><th class="n">share</th></tr></thead><tbody>${sourceRows.join('')}</tbody></table></div>`,
  ]
  return parts.join('')
}

function errorsHtml({ records }: Manifest, errors: LedgerEntry['errors']): string {
  if (total(records.errors) === 0) return '<p>None.</p>'
  const kinds = Object.entries(records.errors).map(([kind, n]) => `<code>${escapeHtml(kind)}</code> ${count(n)}`)
  const rows = errors.slice(0, 50).map(({ kind, file, start, end, row, rows, message }) => {
    const place = start === undefined ? (row === undefined ? '' : `row ${row}${rows ? `–${row + rows - 1}` : ''}`) : `${start}–${end}`
    return `<tr><td><code>${escapeHtml(kind)}</code></td><td>${escapeHtml(file)}</td><td class="n">${place}</td><td>${escapeHtml(message)}</td></tr>`
  })
  return `<p>${kinds.join(', ')}</p><div class="scroll"><table><thead><tr><th>kind</th><th>file</th><th class="n">bytes</th><th>message</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}
