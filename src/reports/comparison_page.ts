import type { Amount } from '../compare/amounts.ts'
import type { Breakdown } from '../compare/breakdown.ts'
import type { Comparison, Example, RuleResult, Side } from '../compare/comparison.ts'
import { histogram } from '../compare/histogram.ts'
import type { Arm } from '../compare/measurement.ts'
import { type Bounds, brokenBound } from '../core/filter.ts'
import { ruleOf, stepsOf } from '../pipeline/plan.ts'
import { bytes, count, percent, shortNumber } from './format.ts'
import { escapeHtml, section } from './html.ts'
import { interactivePage } from './interactive.ts'
import type { PageData, PageDocument } from './page_data.ts'

/** The report of `decant compare`. */
export function comparisonPage(a: Arm, b: Arm, result: Comparison): string {
  const isSame = result.a.hash === result.b.hash
  const [nameA, nameB] = a.name === b.name ? [`${a.name} (A)`, `${b.name} (B)`] : [a.name, b.name]
  const data = new Documents()
  const sides: [string, Side, Arm][] = [[nameA, result.a, a], ...(isSame ? [] : [[nameB, result.b, b] as [string, Side, Arm]])]
  data.list('only_a', `Only ${nameA} keeps`, result.samples.only_a, result.b, nameB)
  data.list('only_b', `Only ${nameB} keeps`, result.samples.only_b, result.a, nameA)
  const rules = sides.map(([name, side, arm], i) => {
    for (const rule of side.rules) addRule(data, result, sides, i, rule)
    return section(`What each rule of ${name} removes`, rulesLead, rulesTable(side, arm, i) + standing(side))
  })
  const overlap = sides
    .filter(([, side]) => side.rules.some(({ solo }) => solo.documents > 0))
    .map(([name, side]) => section(`Overlaps of ${name}`, overlapLead, matrix(side)))
  const body = [
    tiles(result, nameA, nameB, isSame),
    ...(isSame ? [] : [bar(result, nameA, nameB)]),
    ...rules,
    ...(isSame ? [] : [documentsSection(result, nameA, nameB)]),
    ...result.by.filter(({ parts }) => parts.length > 1).map((parts) => breakdown(parts, nameA, nameB, isSame)),
    ...overlap,
  ]
  const title = isSame ? nameA : `${nameA} and ${nameB}`
  const lead = `${count(result.documents)} documents measured${isSame ? '' : '; what either keeps of them'}`
  return interactivePage({ title, lead }, body, data.page)
}

const rulesLead =
  'Documents it is the <b>first</b> to remove in the order of the pipeline; would remove <b>solo</b>, as the only rule; that it <b>uniquely</b> removes, no other rule objecting; and its <b>share</b> whatever the order (Shapley). A click shows what it measures, and the ten documents nearest to its bound.'
const overlapLead = 'Of the documents that the rule of a row would remove, the share that the rule of a column would remove too.'

class Documents {
  readonly page: PageData = { documents: [], lists: {}, histograms: {} }
  readonly #numbers = new Map<string, number>()

  list(name: string, title: string, examples: readonly Example[], objecting: Side, who: string): void {
    const items = examples.map((example) => {
      const broken = objecting.rules.flatMap((rule) =>
        breaks(example, rule) ? [`${rule.label} ${shortNumber(example.values[rule.label]!)}`] : [],
      )
      return { document: this.#add(example, objecting), note: `${who} objects: ${broken.join(', ') || example.removed_before}` }
    })
    this.page.lists[name] = { title, items }
  }

  near(name: string, { label, nearest }: RuleResult, side: Side): void {
    const items = [
      ...nearest.removed.map((example) => ({ example, what: 'removed by this rule alone' })),
      ...nearest.kept.map((example) => ({ example, what: 'kept' })),
    ]
    const sorted = items.sort((x, y) => x.example.values[label]! - y.example.values[label]!)
    this.page.lists[name] = {
      title: 'Nearest to the bound, of the documents that all other rules keep',
      items: sorted.map(({ example, what }) => ({
        document: this.#add(example, side),
        note: `${shortNumber(example.values[label]!)} · ${what}`,
      })),
    }
  }

  #add({ id, url, tokens, text = '', values }: Example, { name, rules }: Side): number {
    const key = `${name}\n${id}`
    let number = this.#numbers.get(key)
    if (number === undefined) {
      const cut = text.length > 20_000 ? `${text.slice(0, 20_000)}\n… ${count(text.length - 20_000)} more characters` : text
      const rows = rules.flatMap(({ label, bounds }): PageDocument['values'] => {
        const value = values[label]
        return value === undefined || Number.isNaN(value) ? [] : [[label, shortNumber(value), brokenBound(value, bounds) !== undefined]]
      })
      number = this.page.documents.push({ id, url, tokens, text: cut, values: rows }) - 1
      this.#numbers.set(key, number)
    }
    return number
  }
}

const breaks = ({ values }: Example, { label, bounds }: RuleResult): boolean =>
  values[label] !== undefined && !Number.isNaN(values[label]) && brokenBound(values[label], bounds) !== undefined

function addRule(data: Documents, { distributions }: Comparison, sides: readonly [string, Side, Arm][], i: number, rule: RuleResult): void {
  const [, side, arm] = sides[i]!
  const { column } = arm.rules.find(({ label }) => label === rule.label)!
  const values = distributions.get(column) ?? []
  const bounds = sides.flatMap(([name, , other]): { name: string; bounds: Bounds }[] =>
    other.run === arm.run ? other.rules.filter((own) => own.column === column).map((own) => ({ name, bounds: own.bounds })) : [],
  )
  if (values.length > 0) data.page.histograms[`${i}-${rule.label}`] = { histogram: histogram(values, rule.bounds), bounds }
  data.near(`near-${i}-${rule.label}`, rule, side)
}

function tiles({ a, b, both, only_a, only_b }: Comparison, nameA: string, nameB: string, isSame: boolean): string {
  const amounts: [string, Amount][] = [
    [`kept by ${nameA}`, a.kept],
    ...(isSame
      ? ([['reach the rules', a.reached]] as [string, Amount][])
      : ([
          [`kept by ${nameB}`, b.kept],
          ['kept by both', both],
          [`only by ${nameA}`, only_a],
          [`only by ${nameB}`, only_b],
        ] as [string, Amount][])),
  ]
  const tile = ([name, { documents, tokens, bytes: size }]: [string, Amount]): string =>
    `<div><span>${escapeHtml(name)}</span><b>${count(documents)}</b><small>${tokens > 0 ? `${count(tokens)} tokens` : bytes(size)}</small></div>`
  return `<div class="tiles">${amounts.map(tile).join('')}</div>`
}

function bar({ both, only_a, only_b, neither }: Comparison, nameA: string, nameB: string): string {
  const all = both.documents + only_a.documents + only_b.documents + neither.documents
  const parts: [string, string, number][] = [
    ['one', `only ${nameA}`, only_a.documents],
    ['both', 'both', both.documents],
    ['two', `only ${nameB}`, only_b.documents],
  ]
  const pieces = parts.map(
    ([kind, name, n]) =>
      `<i class="${kind}" style="width:${((100 * n) / Math.max(1, all)).toFixed(3)}%" title="${escapeHtml(name)}: ${count(n)}"></i>`,
  )
  const keys = parts.map(([kind, name, n]) => `<span><i class="${kind}"></i>${escapeHtml(name)} ${percent(n, all)}</span>`)
  return `<div class="split">${pieces.join('')}</div><div class="key">${keys.join('')}<span>neither ${percent(neither.documents, all)}</span></div>`
}

function rulesTable({ rules, reached, by_barriers }: Side, { plan }: Arm, i: number): string {
  const steps = new Map(stepsOf(plan).map((step) => [step.label, step]))
  const acting = rules.filter(({ solo }) => solo.documents > 0)
  if (acting.length === 0) return '<p>Nothing.</p>'
  const most = Math.max(1, ...acting.map(({ solo }) => solo.documents))
  const rows = acting.map(({ label, first, solo, unique, share }) => {
    const width = (n: number): string => `${((100 * n) / most).toFixed(1)}%`
    const bars = `<div class="bars"><i class="two" style="width:${width(solo.documents)}" title="solo"></i><i class="one" style="width:${width(share.documents)}" title="share"></i><i class="both" style="width:${width(unique.documents)}" title="unique"></i></div>`
    const cells = [first, solo, unique, share].map(({ documents }) => `<td class="n">${count(documents)}</td>`)
    const tokens = [first, unique, share].map(({ tokens }) => `<td class="n">${count(tokens)}</td>`)
    return `<tr data-rule="${i}-${escapeHtml(label)}" data-list="near-${i}-${escapeHtml(label)}" aria-expanded="false"><td><code>${escapeHtml(label)}</code></td><td class="n">${escapeHtml(ruleOf(steps.get(label)!))}</td>${cells.join('')}<td>${bars}</td>${tokens.join('')}</tr>`
  })
  const idle = rules.length - acting.length
  const header =
    '<th>rule</th><th class="n">keeps</th><th class="n">first</th><th class="n">solo</th><th class="n">unique</th><th class="n">share</th><th></th><th class="n">tokens: first</th><th class="n">unique</th><th class="n">share</th>'
  const note = `${idle > 0 ? `${idle} more rules remove nothing. ` : ''}${count(reached.documents)} documents reach the rules${by_barriers.documents > 0 ? `; ${count(by_barriers.documents)} that break none were removed as duplicates` : ''}. Bars: solo, share, unique. Tokens of texts before they are edited.`
  return `<div class="scroll"><table><thead><tr>${header}</tr></thead><tbody>${rows.join('')}</tbody></table></div><p class="lead">${note}</p>`
}

const standing = ({ standing }: Side): string =>
  standing.length === 0
    ? ''
    : `<p class="lead">Note: ${standing.map((label) => `<code>${escapeHtml(label)}</code>`).join(' and ')} saw what the measured rules keep, not what these rules keep. <code>--exact</code> looks for duplicates anew.</p>`

function documentsSection({ samples }: Comparison, nameA: string, nameB: string): string {
  const part = (name: string, title: string, list: readonly Example[]): string =>
    `<h3>${escapeHtml(title)}</h3>${list.length === 0 ? '<p class="none">None.</p>' : `<div data-browse="${name}"></div>`}`
  return section(
    'Documents',
    'A random sample, the same one every time. A click opens the text and what was measured on it; values that the other side objects to are red.',
    part('only_a', `Only ${nameA} keeps`, samples.only_a) + part('only_b', `Only ${nameB} keeps`, samples.only_b),
  )
}

function breakdown({ by, parts }: Breakdown, nameA: string, nameB: string, isSame: boolean): string {
  const rows = parts.slice(0, 30).map(({ name, documents, a, b, tokens, tokens_in_b, tokens_a, tokens_b }) => {
    const bars = `<div class="bars"><i class="one" style="width:${((100 * a) / Math.max(1, documents)).toFixed(1)}%"></i>${isSame ? '' : `<i class="two" style="width:${((100 * b) / Math.max(1, documents)).toFixed(1)}%"></i>`}</div>`
    const kept = [
      percent(a, documents),
      ...(isSame ? [] : [percent(b, documents)]),
      percent(tokens_a, tokens),
      ...(isSame ? [] : [percent(tokens_b, tokens_in_b)]),
    ]
    return `<tr><td>${escapeHtml(name)}</td><td class="n">${count(documents)}</td>${kept.map((cell) => `<td class="n">${cell}</td>`).join('')}<td>${bars}</td></tr>`
  })
  const names = isSame ? [nameA] : [nameA, nameB]
  const header = ['documents', ...names, ...names.map((name) => `tokens, ${name}`)].map((name) => `<th class="n">${escapeHtml(name)}</th>`)
  const more = parts.length > 30 ? `<p class="lead">${count(parts.length - 30)} more.</p>` : ''
  return section(
    `By ${escapeHtml(by.replaceAll('_', ' '))}`,
    'Share of the documents, and of their tokens, that is kept.',
    `<div class="scroll"><table><thead><tr><th></th>${header.join('')}<th></th></tr></thead><tbody>${rows.join('')}</tbody></table></div>${more}`,
  )
}

function matrix({ rules, overlaps }: Side): string {
  const acting = [...rules.keys()].filter((r) => rules[r]!.solo.documents > 0)
  const head = acting.map((r) => `<th><span>${escapeHtml(rules[r]!.label)}</span></th>`)
  const rows = acting.map((row) => {
    const cells = acting.map((column) => {
      const share = overlaps[row]![column]! / overlaps[row]![row]!
      const title = `${rules[row]!.label} and ${rules[column]!.label}: ${count(overlaps[row]![column]!)} documents`
      return `<td style="background:color-mix(in srgb,var(--drop) ${(100 * share).toFixed(0)}%,var(--tile))" title="${escapeHtml(title)}">${row === column ? '' : Math.round(100 * share)}</td>`
    })
    return `<tr><th>${escapeHtml(rules[row]!.label)}</th>${cells.join('')}</tr>`
  })
  return `<div class="scroll"><table class="matrix" style="width:auto"><thead><tr><th></th>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
}
