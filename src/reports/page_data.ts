import type { Histogram } from '../compare/histogram.ts'
import type { Bounds } from '../core/filter.ts'

/** What an interactive report hands to its script (`client/page.ts`). */
export interface PageData {
  documents: PageDocument[]
  /** Lists of documents to browse, by name. */
  lists: Record<string, { title: string; items: { document: number; note: string }[] }>
  /** Distributions by name, each with the bounds that rules set there. */
  histograms: Record<string, { histogram: Histogram; bounds: { name: string; bounds: Bounds }[] }>
  curve?: { label: string; thresholds: number[]; documents: number[]; tokens: number[]; current: number | null }
}

export interface PageDocument {
  id: string
  url: string
  tokens: number | null
  text: string
  /** What was measured on it, as it is to be shown. */
  values: [label: string, value: string, isBroken: boolean][]
}
