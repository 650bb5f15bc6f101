import type { Amount } from '../compare/amounts.ts'
import type { Breakdown } from '../compare/breakdown.ts'
import type { Comparison, Example, RuleResult, Side } from '../compare/comparison.ts'
import { duplicateIdsNote } from '../compare/duplicate_ids.ts'
import { histogram } from '../compare/histogram.ts'
import type { Arm } from '../compare/measurement.ts'
import { type Bounds, brokenBound } from '../core/filter.ts'
import { agree, plural } from '../core/plural.ts'
import { ruleOf, stepsOf } from '../pipeline/plan.ts'
import { bytes, count, percent, shortNumber } from './format.ts'
import { cell, grid, type Html, head, html, none, numberCell, numberHead, section } from './html.ts'
import { interactivePage } from './interactive.ts'
import type { PageData, PageDocument } from './page_data.ts'
import { standingNote } from './standing.ts'

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
    return section(`What each rule of ${name} removes`, rulesLead, [rulesTable(side, arm, i), standing(side)])
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
  const ids = duplicateIdsNote(result.duplicate_ids)
  const lead = `${plural(result.documents, 'document')} measured${isSame ? '' : '; what each pipeline keeps of them'}${ids ? `. ${ids}.` : ''}`
  return interactivePage({ title, lead }, body, data.page)
}

const rulesLead = html`<b>First</b>: documents that this rule is the first to remove, in pipeline order. <b>Solo</b>: what it would remove as the only rule. <b>Unique</b>: what no other rule would remove. <b>Share</b>: its share independent of the order (Shapley value). Click a rule to see the distribution of its values and the ten documents nearest to its bound.`
const overlapLead = 'Of the documents that the rule of a row would remove, the percentage that the rule of a column would also remove.'

class Documents {
  readonly page: PageData = { documents: [], lists: {}, histograms: {} }
  readonly #numbers = new Map<string, number>()

  list(name: string, title: string, examples: readonly Example[], objecting: Side, who: string): void {
    const items = examples.map((example) => {
      const broken = objecting.rules.flatMap((rule) =>
        breaks(example, rule) ? [`${rule.label} ${shortNumber(example.values[rule.label]!)}`] : [],
      )
      return { document: this.#add(example, objecting), note: `rejected by ${who}: ${broken.join(', ') || example.removed_before}` }
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

function tiles({ a, b, both, only_a, only_b }: Comparison, nameA: string, nameB: string, isSame: boolean): Html {
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
  const tile = ([name, { documents, tokens, bytes: size }]: [string, Amount]): Html =>
    html`<div><span>${name}</span><b>${count(documents)}</b><small>${tokens > 0 ? plural(tokens, 'token') : bytes(size)}</small></div>`
  return html`<div class="tiles">${amounts.map(tile)}</div>`
}

function bar({ both, only_a, only_b, neither }: Comparison, nameA: string, nameB: string): Html {
  const all = both.documents + only_a.documents + only_b.documents + neither.documents
  const parts: [string, string, number][] = [
    ['one', `only ${nameA}`, only_a.documents],
    ['both', 'both', both.documents],
    ['two', `only ${nameB}`, only_b.documents],
  ]
  const pieces = parts.map(([kind, name, n]) => {
    const width = ((100 * n) / Math.max(1, all)).toFixed(3)
    return html`<i class="${kind}" style="width:${width}%" title="${name}: ${count(n)}"></i>`
  })
  const keys = parts.map(([kind, name, n]) => html`<span><i class="${kind}"></i>${name} ${percent(n, all)}</span>`)
  const rest = html`<span>neither ${percent(neither.documents, all)}</span>`
  return html`<div class="split">${pieces}</div><div class="key">${keys}${rest}</div>`
}

/** A thin bar of one of the page's colours. */
const thin = (kind: 'one' | 'two' | 'both', part: number, whole: number, title = ''): Html =>
  html`<i class="${kind}" style="width:${((100 * part) / Math.max(1, whole)).toFixed(1)}%" title="${title}"></i>`

function rulesTable({ rules, reached, by_barriers }: Side, { plan }: Arm, i: number): Html {
  const steps = new Map(stepsOf(plan).map((step) => [step.label, step]))
  const acting = rules.filter(({ solo }) => solo.documents > 0)
  if (acting.length === 0) return html`<p>Nothing.</p>`
  const most = Math.max(...acting.map(({ solo }) => solo.documents))
  const rows = acting.map(({ label, first, solo, unique, share }) => {
    const bars = [
      thin('two', solo.documents, most, 'solo'),
      thin('one', share.documents, most, 'share'),
      thin('both', unique.documents, most, 'unique'),
    ]
    const cells = [
      cell(html`<code>${label}</code>`),
      numberCell(ruleOf(steps.get(label)!)),
      ...[first, solo, unique, share].map(({ documents }) => numberCell(count(documents))),
      cell(html`<div class="bars">${bars}</div>`),
      ...[first, unique, share].map(({ tokens }) => numberCell(count(tokens))),
    ]
    return html`<tr data-rule="${i}-${label}" data-list="near-${i}-${label}" aria-expanded="false">${cells}</tr>`
  })
  const header = [
    head('rule'),
    ...['keeps', 'first', 'solo', 'unique', 'share'].map(numberHead),
    head(''),
    ...['tokens: first', 'unique', 'share'].map(numberHead),
  ]
  const idle = rules.length - acting.length
  const note = `${idle > 0 ? `${plural(idle, 'more rule')} ${agree(idle, 'removes', 'remove')} nothing. ` : ''}${plural(reached.documents, 'document')} ${agree(reached.documents, 'reaches', 'reach')} the rules${by_barriers.documents > 0 ? `; ${count(by_barriers.documents)} that no rule removes ${agree(by_barriers.documents, 'was', 'were')} removed as duplicates` : ''}. Bars: solo, share, unique. Tokens are those of the texts before editing.`
  return html`${grid(header, rows)}<p class="lead">${note}</p>`
}

function standing({ standing }: Side): Html {
  if (standing.length === 0) return none
  return html`<p class="lead">Note: ${standingNote(standing, 'the measured rules keep')}. <code>--exact</code> deduplicates again.</p>`
}

function documentsSection({ samples }: Comparison, nameA: string, nameB: string): Html {
  const part = (name: string, title: string, list: readonly Example[]): Html =>
    html`<h3>${title}</h3>${list.length === 0 ? html`<p class="none">None.</p>` : html`<div data-browse="${name}"></div>`}`
  return section(
    'Documents',
    'A reproducible random sample. Click a document to read its text and its measured values; values that the other side rejects are red.',
    [part('only_a', `Only ${nameA} keeps`, samples.only_a), part('only_b', `Only ${nameB} keeps`, samples.only_b)],
  )
}

function breakdown({ by, parts }: Breakdown, nameA: string, nameB: string, isSame: boolean): Html {
  const rows = parts.slice(0, 30).map(({ name, documents, a, b, tokens, tokens_in_b, tokens_a, tokens_b }) => {
    const bars = [thin('one', a, documents), ...(isSame ? [] : [thin('two', b, documents)])]
    const kept = [
      percent(a, documents),
      ...(isSame ? [] : [percent(b, documents)]),
      percent(tokens_a, tokens),
      ...(isSame ? [] : [percent(tokens_b, tokens_in_b)]),
    ]
    return html`<tr>${[cell(name), numberCell(count(documents)), ...kept.map(numberCell), cell(html`<div class="bars">${bars}</div>`)]}</tr>`
  })
  const names = isSame ? [nameA] : [nameA, nameB]
  const header = [head(''), ...['documents', ...names, ...names.map((name) => `tokens, ${name}`)].map(numberHead), head('')]
  const more = parts.length > 30 ? html`<p class="lead">${count(parts.length - 30)} more.</p>` : none
  const title = `By ${by.replaceAll('_', ' ')}`
  return section(title, 'Share of the documents and of their tokens that is kept.', [grid(header, rows), more])
}

function matrix({ rules, overlaps }: Side): Html {
  const acting = [...rules.keys()].filter((r) => rules[r]!.solo.documents > 0)
  const heads = acting.map((r) => html`<th><span>${rules[r]!.label}</span></th>`)
  const rows = acting.map((row) => {
    const cells = acting.map((column) => {
      const both = overlaps[row]![column]!
      const share = both / overlaps[row]![row]!
      const title = `${rules[row]!.label} and ${rules[column]!.label}: ${plural(both, 'document')}`
      const shown = row === column ? '' : Math.round(100 * share)
      return html`<td style="background:color-mix(in srgb,var(--drop) ${(100 * share).toFixed(0)}%,var(--tile))" title="${title}">${shown}</td>`
    })
    return html`<tr><th>${rules[row]!.label}</th>${cells}</tr>`
  })
  const body = html`<thead><tr><th></th>${heads}</tr></thead><tbody>${rows}</tbody>`
  return html`<div class="scroll"><table class="matrix" style="width:auto">${body}</table></div>`
}
