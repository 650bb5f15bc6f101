import { UserError } from '../core/errors.ts'
import { NumberList } from '../core/number_list.ts'
import { cellText } from '../formats/cell_text.ts'
import { domainNamer } from '../text/url_domains.ts'
import { type ArmVerdicts, type Judged, Names } from './judge.ts'

/** Documents and tokens of one part of the corpus, and what two arms keep of them. */
export interface CorpusPart {
  name: string
  documents: number
  /** As A has the texts before they are edited, and as B has them. */
  tokens: number
  tokens_in_b: number
  a: number
  b: number
  tokens_a: number
  tokens_b: number
}

/** Parts of a corpus by one property of the documents that either arm decides on. */
export interface Breakdown {
  by: string
  parts: CorpusPart[]
}

/** Counts the documents of each part, shard by shard. */
export interface PartCounter {
  by: string
  add(judged: Judged): void
  result(): Breakdown
}

export const properties = ['language', 'domain', 'length', 'dump'] as const
export type Property = (typeof properties)[number]

/** By a number from −1 (none) on, which has a name: the largest parts first. */
function byName(by: string, numberOf: (judged: Judged, i: number) => number, names: readonly string[]): PartCounter {
  const parts: CorpusPart[] = []
  return {
    by,
    add: (judged) => addAll(parts, judged, numberOf),
    result() {
      const named = Object.entries(parts).map(([k, part]) => ({ ...part, name: names[Number(k) - 1] ?? '(none)' }))
      return { by, parts: named.sort((x, y) => y.documents - x.documents || (x.name < y.name ? -1 : 1)) }
    },
  }
}

const emptyPart = (name: string): CorpusPart => ({ name, documents: 0, tokens: 0, tokens_in_b: 0, a: 0, b: 0, tokens_a: 0, tokens_b: 0 })

/** Add documents that either arm decides on to the parts whose numbers, plus one, they have. */
function addAll(parts: CorpusPart[], judged: Judged, numberOf: (judged: Judged, i: number) => number): void {
  const [a, b] = judged.arms as [ArmVerdicts, ArmVerdicts]
  for (let i = 0; i < judged.size; i++) {
    if (!a.reached[i] && !b.reached[i]) continue
    const k = numberOf(judged, i) + 1
    addTo((parts[k] ??= emptyPart('')), a, b, i)
  }
}

function addTo(part: CorpusPart, a: ArmVerdicts, b: ArmVerdicts, i: number): void {
  part.documents++
  part.tokens += a.uneditedTokens[i]! || 0
  part.tokens_in_b += b.uneditedTokens[i]! || 0
  if (a.kept[i]) {
    part.a++
    part.tokens_a += a.tokens[i]! || 0
  }
  if (b.kept[i]) {
    part.b++
    part.tokens_b += b.tokens[i]! || 0
  }
}

/** By powers of two of the tokens, or of the bytes where nothing counted tokens. */
function byLength(): PartCounter {
  const parts: CorpusPart[] = []
  let unit = 'tokens'
  /** −1 for none, else the power of two. */
  const powerOf = ({ arms: [a, b] }: Judged, i: number): number => {
    const tokens = Number.isNaN(a!.tokens[i]!) ? b!.tokens[i]! : a!.tokens[i]!
    if (Number.isNaN(tokens)) unit = 'bytes'
    const length = Number.isNaN(tokens) ? (a!.reached[i] ? a!.bytes[i]! : b!.bytes[i]!) : tokens
    return length > 0 ? Math.floor(Math.log2(length)) : -1
  }
  const nameOf = (power: number): string => (power < 1 ? String(power + 1) : `${2 ** power}–${2 ** (power + 1) - 1}`)
  return {
    by: 'length',
    add: (judged) => addAll(parts, judged, powerOf),
    result: () => ({ by: `length (${unit})`, parts: Object.entries(parts).map(([k, part]) => ({ ...part, name: nameOf(Number(k) - 1) })) }),
  }
}

/** By tenths of a measured value; equal values stay together, so there may be fewer than ten parts. */
function byTenths(column: string, k: number): PartCounter {
  const values = Array.from({ length: 6 }, () => new NumberList(Float64Array))
  return {
    by: column,
    add(judged) {
      const [a, b] = judged.arms as [ArmVerdicts, ArmVerdicts]
      for (let i = 0; i < judged.size; i++) {
        const value = judged.values[k]![i]!
        if ((!a.reached[i] && !b.reached[i]) || Number.isNaN(value)) continue
        values[0]!.push(value)
        values[1]!.push((a.kept[i] ? 1 : 0) + (b.kept[i] ? 2 : 0))
        values[2]!.push(a.uneditedTokens[i]! || 0)
        values[3]!.push(b.uneditedTokens[i]! || 0)
        values[4]!.push(a.kept[i] ? a.tokens[i]! || 0 : 0)
        values[5]!.push(b.kept[i] ? b.tokens[i]! || 0 : 0)
      }
    },
    result() {
      const [measured, fates, ...tokens] = values.map((list) => list.view()) as [Float64Array, Float64Array, ...Float64Array[]]
      if (measured.length === 0) return { by: column, parts: [] }
      const sorted = measured.slice().sort()
      const cuts = [...new Set(Array.from({ length: 9 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / 10)]!))]
      const parts = [...cuts, Number.POSITIVE_INFINITY].map((to, i) => {
        const from = i === 0 ? sorted[0]! : cuts[i - 1]!
        const last = to === Number.POSITIVE_INFINITY
        return emptyPart(last ? `${rangeEnd(from)} – ${rangeEnd(sorted.at(-1)!)}` : `${rangeEnd(from)} – < ${rangeEnd(to)}`)
      })
      for (let i = 0; i < measured.length; i++) {
        let at = 0
        while (at < cuts.length && measured[i]! >= cuts[at]!) at++
        const part = parts[at]!
        part.documents++
        part.a += fates[i]! & 1
        part.b += fates[i]! >> 1
        part.tokens += tokens[0]![i]!
        part.tokens_in_b += tokens[1]![i]!
        part.tokens_a += tokens[2]![i]!
        part.tokens_b += tokens[3]![i]!
      }
      return { by: column, parts: parts.filter(({ documents }) => documents > 0) }
    },
  }
}

const rangeEnd = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(3))

/** What to break down by: properties, or measured columns of the first arm that has them. */
export function partCounters(
  by: readonly string[],
  names: { languages: Names; dumps: Names },
  columns: readonly string[],
  addColumn: (column: string) => number,
): PartCounter[] {
  const domainOf = domainNamer()
  const domains = new Names()
  return by.map((property) => {
    switch (property) {
      case 'language':
        return byName(property, ({ language }, i) => language[i]!, names.languages.list)
      case 'dump':
        return byName(property, ({ dump }, i) => dump[i]!, names.dumps.list)
      case 'domain':
        return byName(property, ({ urls }, i) => domains.code(domainOf(cellText(urls[i]))), domains.list)
      case 'length':
        return byLength()
      default:
        if (!columns.includes(property))
          throw new UserError(
            `--by ${property}: not a property, and nothing measured has that name`,
            `properties: ${properties.join(', ')}; measured: ${columns.join(', ')}`,
          )
        return byTenths(property, addColumn(property))
    }
  })
}
