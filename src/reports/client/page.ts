/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type uPlot from 'uplot'
import type { PageData, PageDocument } from '../page_data.ts'

/** The script of interactive reports: charts, and documents to search, page and read. */

declare const data: PageData
type Plot = typeof uPlot
const Plot = (globalThis as unknown as { uPlot: Plot }).uPlot

const element = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  options: { class?: string; text?: string; title?: string } = {},
  ...children: Node[]
): HTMLElementTagNameMap[K] => {
  const made = document.createElement(name)
  if (options.class) made.className = options.class
  if (options.text !== undefined) made.textContent = options.text
  if (options.title) made.title = options.title
  made.append(...children)
  return made
}

const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
const whole = (n: number): string => Math.round(n).toLocaleString('en-US')
const large = (n: number): string => (Math.abs(n) >= 1e9 ? `${short(n / 1e9)}B` : Math.abs(n) >= 1e6 ? `${short(n / 1e6)}M` : short(n))
const short = (n: number): string => (Number.isInteger(n) ? whole(n) : String(Number(n.toPrecision(3))))

/** Charts are drawn anew when the colours or the width change. */
const drawn = new Map<HTMLElement, () => void>()
const draw = (place: HTMLElement, make: (width: number) => uPlot): void => {
  const again = (): void => {
    place.replaceChildren()
    if (place.clientWidth > 0) place.append(make(place.clientWidth).root)
  }
  drawn.set(place, again)
  again()
}
const redraw = (): void => {
  for (const again of drawn.values()) again()
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
let resizing = 0
addEventListener('resize', () => {
  clearTimeout(resizing)
  resizing = setTimeout(redraw, 150) as unknown as number
})

const axis = (more: Partial<uPlot.Axis> = {}): uPlot.Axis => ({
  stroke: color('soft'),
  grid: { stroke: color('line'), width: 1 },
  ticks: { show: false },
  font: '11px system-ui',
  ...more,
})

/** Vertical lines where bounds are. */
const linesAt = (lines: readonly { at: number; dash: number[] }[]): uPlot.Plugin => ({
  hooks: {
    draw: (plot) => {
      const { ctx, bbox } = plot
      ctx.save()
      ctx.strokeStyle = color('drop')
      ctx.lineWidth = 1.5 * devicePixelRatio
      for (const { at, dash } of lines) {
        const x = plot.valToPos(at, 'x', true)
        if (x < bbox.left || x > bbox.left + bbox.width) continue
        ctx.setLineDash(dash.map((length) => length * devicePixelRatio))
        ctx.beginPath()
        ctx.moveTo(x, bbox.top)
        ctx.lineTo(x, bbox.top + bbox.height)
        ctx.stroke()
      }
      ctx.restore()
    },
  },
})

function drawHistogram(place: HTMLElement, name: string): void {
  const found = data.histograms[name]
  if (!found) {
    drawPair(place, name)
    return
  }
  const { histogram, bounds } = found
  const { from, to, bins } = histogram
  const width = (to - from) / bins.length || 1
  const x = bins.map((_, i) => from + (i + 0.5) * width)
  const lines = bounds.flatMap(({ bounds: given }, i) =>
    Object.values(given).flatMap((at) => (at === undefined ? [] : [{ at, dash: i === 0 ? [] : [5, 4] }])),
  )
  draw(place, (pixels) => {
    // Heights grow with the logarithm, so that the tail that rules are about can be seen beside the bulk.
    const heights = bins.map((n) => Math.log10(1 + n))
    return new Plot(
      {
        width: pixels,
        height: 180,
        legend: { show: false },
        cursor: { y: false, drag: { setScale: false } },
        scales: {
          x: { time: false, range: [from - width / 2, to + width / 2] },
          y: { range: (_, __, most) => [0, Math.max(1, most) * 1.05] },
        },
        axes: [
          axis({ values: (_, ticks) => ticks.map(short) }),
          axis({ size: 56, values: (_, ticks) => ticks.map((tick) => (tick % 1 === 0 ? short(10 ** tick - (tick === 0 ? 1 : 0)) : '')) }),
        ],
        series: [{}, { fill: color('soft'), paths: Plot.paths.bars!({ size: [0.92, 60] }), points: { show: false } }],
        plugins: [linesAt(lines)],
      },
      [x, heights],
      place,
    )
  })
}

/** Two distributions as steps, shares on a logarithmic axis from 0.01 % on. */
function drawPair(place: HTMLElement, name: string): void {
  const found = data.pairs?.[name]
  if (!found) return
  const { from, to, good, bad, names, cuts } = found
  const width = (to - from) / good.length || 1
  // Each bin from its left to its right edge, so that filled steps show it.
  const x = [...good.keys(), good.length].map((i) => from + i * width)
  const least = 1e-4
  const height = (shares: number[]): number[] => [...shares, shares.at(-1)!].map((share) => Math.max(0, Math.log10(share / least)))
  const stepped = Plot.paths.stepped!({ align: 1 })
  const percent = (value: number | null): string => (value === null || value === 0 ? '–' : `${short(100 * least * 10 ** value)} %`)
  draw(place, (pixels) => {
    const series = (label: string, stroke: string): uPlot.Series => ({
      label,
      stroke,
      fill: `color-mix(in srgb, ${stroke} 22%, transparent)`,
      width: 1.5,
      paths: stepped,
      points: { show: false },
      value: (_, value) => percent(value),
    })
    return new Plot(
      {
        width: pixels,
        height: 200,
        cursor: { y: false, drag: { setScale: false } },
        scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(1, most) * 1.05] } },
        axes: [
          axis({ values: (_, ticks) => ticks.map(short) }),
          axis({ size: 56, values: (_, ticks) => ticks.map((tick) => (tick % 1 === 0 ? `${short(100 * least * 10 ** tick)} %` : '')) }),
        ],
        series: [
          { label: 'value', value: (_, value) => (value === null ? '–' : short(value)) },
          series(names[0], color('keep')),
          series(names[1], color('drop')),
        ],
        plugins: [linesAt(cuts.map((at, i) => ({ at, dash: i === 0 ? [] : [5, 4] })))],
      },
      [x, height(good), height(bad)],
      place,
    )
  })
}

/** Hues far from one another, whatever the number. */
const hue = (i: number): string =>
  `hsl(${Math.round(150 + 137.5 * i) % 360} 55% ${matchMedia('(prefers-color-scheme: dark)').matches ? 66 : 40}%)`

function drawLines(place: HTMLElement, name: string): void {
  const found = data.lines?.[name]
  if (!found) return
  draw(place, (pixels) => {
    return new Plot(
      {
        width: pixels,
        height: place.clientWidth > 600 ? 320 : 220,
        cursor: { drag: { setScale: false } },
        scales: { x: { time: false } },
        axes: [axis({ values: (_, ticks) => ticks.map(large) }), axis({ size: 50, values: (_, ticks) => ticks.map(short) })],
        series: [
          { label: found.x, value: (_, value) => (value === null ? '–' : large(value)) },
          ...found.series.map(
            ({ name: label, color: number, isThin }): uPlot.Series => ({
              label,
              class: isThin ? 'thin' : 'mean',
              stroke: hue(number),
              width: isThin ? 1 : 2.5,
              dash: isThin ? [3, 3] : [],
              points: { show: !isThin, size: 6 },
              spanGaps: true,
              value: (_, value) => (value === null ? '–' : value.toFixed(2)),
            }),
          ),
        ],
      },
      [found.xs, ...found.series.map(({ values }) => values)],
      place,
    )
  })
}

function drawCurve(place: HTMLElement): void {
  const { curve } = data
  if (!curve) return
  draw(place, (pixels) => {
    return new Plot(
      {
        width: pixels,
        height: 280,
        cursor: { drag: { setScale: false } },
        scales: { x: { time: false }, tokens: { range: (_, __, most) => [0, most || 1] }, y: { range: (_, __, most) => [0, most || 1] } },
        axes: [
          axis({ values: (_, ticks) => ticks.map(short) }),
          axis({ size: 64, stroke: color('keep'), values: (_, ticks) => ticks.map(short) }),
          axis({
            scale: 'tokens',
            side: 1,
            size: 76,
            stroke: color('second'),
            grid: { show: false },
            values: (_, ticks) => ticks.map(short),
          }),
        ],
        series: [
          { label: curve.label, value: (_, value) => (value === null ? '–' : short(value)) },
          { label: 'documents', stroke: color('keep'), width: 2, value: (_, value) => (value === null ? '–' : whole(value)) },
          {
            label: 'tokens',
            scale: 'tokens',
            stroke: color('second'),
            width: 2,
            value: (_, value) => (value === null ? '–' : whole(value)),
          },
        ],
        plugins: [linesAt(curve.current === null ? [] : [{ at: curve.current, dash: [] }])],
      },
      [curve.thresholds, curve.documents, curve.tokens],
      place,
    )
  })
}

/** One document: a line that opens to its values and its text. */
function documentItem({ id, url, tokens, text, values }: PageDocument, note: string): HTMLElement {
  const opening = text.replace(/\s+/g, ' ').slice(0, 180)
  const head = element(
    'summary',
    {},
    element('span', { class: 'url', text: url || id }),
    element('small', { text: note }),
    element('small', { class: 'opening', text: opening }),
  )
  const item = element('details', { class: 'doc' }, head)
  item.addEventListener(
    'toggle',
    () => {
      if (item.childElementCount > 1) return
      const rows = values.map(([label, value, isBroken]) => {
        const row = element('tr', isBroken ? { class: 'broken' } : {})
        row.append(element('td', {}, element('code', { text: label })), element('td', { class: 'n', text: value }))
        return row
      })
      const table = element('table', {}, element('tbody', {}, ...rows))
      const about = element('p', { class: 'lead', text: `${id}${tokens === null ? '' : ` · ${whole(tokens)} tokens`}` })
      item.append(
        about,
        element('div', { class: 'read' }, element('pre', { text: text || '(no text)' }), element('div', { class: 'scroll' }, table)),
      )
    },
    { once: true },
  )
  return item
}

const perPage = 10

/** A list of documents, with a search over URLs and texts, ten at a time. */
function browse(place: HTMLElement, name: string, isSearchable: boolean): void {
  const list = data.lists[name]
  if (!list) return
  let page = 0
  let words = ''
  const search = element('input')
  search.type = 'search'
  search.placeholder = 'search URLs and texts'
  search.setAttribute('aria-label', `search ${list.title}`)
  const items = element('div')
  const pages = element('div', { class: 'pages' })
  const show = (): void => {
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean)
    const found = list.items.filter(({ document: i }) => {
      const { url, id, text } = data.documents[i]!
      const all = `${url}\n${id}\n${text}`.toLowerCase()
      return wanted.every((word) => all.includes(word))
    })
    const last = Math.max(0, Math.ceil(found.length / perPage) - 1)
    page = Math.min(page, last)
    const here = found.slice(page * perPage, (page + 1) * perPage)
    items.replaceChildren(...here.map(({ document: i, note }) => documentItem(data.documents[i]!, note)))
    if (found.length === 0) items.append(element('p', { class: 'none', text: words ? 'Nothing found.' : 'None.' }))
    const button = (text: string, to: number, isOff: boolean): HTMLButtonElement => {
      const made = element('button', { text })
      made.disabled = isOff
      made.addEventListener('click', () => {
        page = to
        show()
      })
      return made
    }
    const place = element('span', { text: `${whole(found.length)} documents · page ${page + 1} of ${last + 1}` })
    pages.replaceChildren(
      ...(last > 0 ? [button('‹ back', page - 1, page === 0), place, button('next ›', page + 1, page === last)] : [place]),
    )
  }
  search.addEventListener('input', () => {
    words = search.value
    page = 0
    show()
  })
  place.replaceChildren(...(isSearchable ? [search] : []), items, ...(isSearchable ? [pages] : []))
  show()
}

for (const place of document.querySelectorAll<HTMLElement>('[data-browse]')) browse(place, place.dataset['browse']!, true)
for (const place of document.querySelectorAll<HTMLElement>('[data-curve]')) drawCurve(place)
for (const place of document.querySelectorAll<HTMLElement>('[data-lines]')) drawLines(place, place.dataset['lines']!)
for (const place of document.querySelectorAll<HTMLElement>('[data-histogram]')) drawHistogram(place, place.dataset['histogram']!)

/** A rule's row opens to its distribution and the documents nearest to its bound. */
for (const row of document.querySelectorAll<HTMLTableRowElement>('tr[data-rule]')) {
  const toggle = (): void => {
    const next = row.nextElementSibling
    if (next?.classList.contains('more')) {
      next.remove()
      row.setAttribute('aria-expanded', 'false')
      return
    }
    const [histogram, list] = [row.dataset['rule']!, row.dataset['list']!]
    const chart = element('div', { class: 'chart' })
    const documents = element('div')
    const panel = element('div', { class: 'panel' }, chart, element('h4', { text: data.lists[list]?.title ?? '' }), documents)
    const cell = element('td', {}, panel)
    cell.colSpan = row.cells.length
    row.after(element('tr', { class: 'more' }, cell))
    row.setAttribute('aria-expanded', 'true')
    drawHistogram(chart, histogram)
    browse(documents, list, false)
  }
  row.tabIndex = 0
  row.addEventListener('click', toggle)
  row.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    toggle()
  })
}
