import { UserError } from '../core/errors.ts'
import { domainNamer } from '../text/url_domains.ts'
import { decode, type Judged, type Names } from './judge.ts'

/** Documents and tokens of one part of the corpus, and what two arms keep of them. */
export interface Part {
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
  parts: Part[]
}

/** Sorts documents into parts, shard by shard. */
export interface Splitter {
  by: string
  add(judged: Judged): void
  result(): Breakdown
}

export const properties = ['language', 'domain', 'length', 'dump'] as const
export type Property = (typeof properties)[number]

/** By a name: the largest parts first. */
function byName(by: string, nameOf: (judged: Judged, i: number) => string | undefined): Splitter {
  const parts = new Map<string, Part>()
  return {
    by,
    add(judged) {
      eachReached(judged, (i) => addTo(partNamed(parts, nameOf(judged, i) ?? '(none)'), judged, i))
    },
    result: () => ({ by, parts: [...parts.values()].sort((x, y) => y.documents - x.documents || (x.name < y.name ? -1 : 1)) }),
  }
}

function partNamed(parts: Map<string, Part>, name: string): Part {
  let part = parts.get(name)
  if (!part) parts.set(name, (part = { name, documents: 0, tokens: 0, tokens_in_b: 0, a: 0, b: 0, tokens_a: 0, tokens_b: 0 }))
  return part
}

function eachReached({ size, arms }: Judged, use: (i: number) => void): void {
  const [a, b] = arms as [Judged['arms'][0], Judged['arms'][0]]
  for (let i = 0; i < size; i++) if (a.reached[i] || b.reached[i]) use(i)
}

function addTo(part: Part, { arms }: Judged, i: number): void {
  const [a, b] = arms as [Judged['arms'][0], Judged['arms'][0]]
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
function byLength(): Splitter {
  const parts = new Map<string, Part>()
  let unit = 'tokens'
  return {
    by: 'length',
    add(judged) {
      const [a, b] = judged.arms as [Judged['arms'][0], Judged['arms'][0]]
      eachReached(judged, (i) => {
        const tokens = Number.isNaN(a.tokens[i]!) ? b.tokens[i]! : a.tokens[i]!
        if (Number.isNaN(tokens)) unit = 'bytes'
        const length = Number.isNaN(tokens) ? (a.reached[i] ? a.bytes[i]! : b.bytes[i]!) : tokens
        addTo(partNamed(parts, length === 0 ? '0' : String(2 ** Math.floor(Math.log2(length)))), judged, i)
      })
    },
    result() {
      const sorted = [...parts.values()].sort((x, y) => Number(x.name) - Number(y.name))
      return {
        by: `length (${unit})`,
        parts: sorted.map((part) => ({ ...part, name: Number(part.name) < 2 ? part.name : `${part.name}–${2 * Number(part.name) - 1}` })),
      }
    },
  }
}

/** By tenths of a measured value; equal values stay together, so that there may be fewer. */
function byTenths(column: string, k: number): Splitter {
  const values: number[][] = Array.from({ length: 6 }, () => [])
  return {
    by: column,
    add(judged) {
      const [a, b] = judged.arms as [Judged['arms'][0], Judged['arms'][0]]
      eachReached(judged, (i) => {
        const value = judged.values[k]![i]!
        if (Number.isNaN(value)) return
        values[0]!.push(value)
        values[1]!.push((a.kept[i] ? 1 : 0) + (b.kept[i] ? 2 : 0))
        values[2]!.push(a.uneditedTokens[i]! || 0)
        values[3]!.push(b.uneditedTokens[i]! || 0)
        values[4]!.push(a.kept[i] ? a.tokens[i]! || 0 : 0)
        values[5]!.push(b.kept[i] ? b.tokens[i]! || 0 : 0)
      })
    },
    result() {
      const [measured, fates, ...tokens] = values.map((list) => Float64Array.from(list)) as [Float64Array, Float64Array, ...Float64Array[]]
      const sorted = measured.slice().sort()
      const cuts = [...new Set(Array.from({ length: 9 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / 10)]!))]
      const parts = new Map<string, Part>()
      const names = [...cuts, Number.POSITIVE_INFINITY].map((to, i) => {
        const from = i === 0 ? (sorted[0] ?? 0) : cuts[i - 1]!
        return to === Number.POSITIVE_INFINITY ? `${shown(from)} – ${shown(sorted.at(-1) ?? 0)}` : `${shown(from)} – < ${shown(to)}`
      })
      for (const name of names) partNamed(parts, name)
      for (let i = 0; i < measured.length; i++) {
        let at = 0
        while (at < cuts.length && measured[i]! >= cuts[at]!) at++
        const part = partNamed(parts, names[at]!)
        part.documents++
        part.a += fates[i]! & 1
        part.b += fates[i]! >> 1
        part.tokens += tokens[0]![i]!
        part.tokens_in_b += tokens[1]![i]!
        part.tokens_a += tokens[2]![i]!
        part.tokens_b += tokens[3]![i]!
      }
      return { by: column, parts: [...parts.values()].filter(({ documents }) => documents > 0) }
    },
  }
}

const shown = (value: number): string => (Number.isInteger(value) ? String(value) : value.toPrecision(3))

/** What to split by: properties, or measured columns of the first arm that has them. */
export function splitters(
  by: readonly string[],
  names: { languages: Names; dumps: Names },
  columns: readonly string[],
  addColumn: (column: string) => number,
): Splitter[] {
  const domainOf = domainNamer()
  return by.map((what) => {
    switch (what) {
      case 'language':
        return byName(what, ({ language }, i) => names.languages.list[language[i]!])
      case 'dump':
        return byName(what, ({ dump }, i) => names.dumps.list[dump[i]!])
      case 'domain':
        return byName(what, ({ urls }, i) => domainOf(decode(urls[i])))
      case 'length':
        return byLength()
      default:
        if (!columns.includes(what))
          throw new UserError(
            `--by ${what}: not a property, and nothing measured has that name`,
            `properties: ${properties.join(', ')}; measured: ${columns.join(', ')}`,
          )
        return byTenths(what, addColumn(what))
    }
  })
}
