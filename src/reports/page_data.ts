import type { Histogram } from '../compare/histogram.ts'
import type { PairedHistogram } from '../compare/separation.ts'
import type { Bounds } from '../core/filter.ts'

/** What an interactive report hands to its script (`client/page.ts`). */
export interface PageData {
  documents: PageDocument[]
  /** Lists of documents to browse, by name. */
  lists: Record<string, { title: string; items: { document: number; note: string }[] }>
  /** Distributions by name, each with the bounds that rules set there. */
  histograms: Record<string, { histogram: Histogram; bounds: { name: string; bounds: Bounds }[] }>
  curve?: { label: string; thresholds: number[]; documents: number[]; tokens: number[]; current: number | null }
  /** Two distributions over one axis, and where to cut, by name. */
  pairs?: Record<string, PairedHistogram & { names: [good: string, bad: string]; cuts: number[] }>
  /** Curves over one axis, by name; null where a curve has no point. */
  lines?: Record<string, Lines>
}

export interface Lines {
  x: string
  xs: number[]
  /** Curves with the same colour number belong together; thin ones are single runs. */
  series: { name: string; values: (number | null)[]; color: number; isThin: boolean }[]
}

export interface PageDocument {
  id: string
  url: string
  tokens: number | null
  text: string
  /** Its measured values, formatted. */
  values: [label: string, value: string, isBroken: boolean][]
}
