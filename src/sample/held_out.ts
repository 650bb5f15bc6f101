import { existsSync } from 'node:fs'
import { join } from 'node:path'
import xxhash from 'xxhash-wasm'
import { type Judged, judge } from '../compare/judge.ts'
import type { MeasuredRun } from '../compare/measurement.ts'
import { cellText } from '../formats/cell_text.ts'
import { stepsOf } from '../pipeline/plan.ts'
import { stepKey } from '../pipeline/rules.ts'
import { JoinedIds, recordsOf } from './clusters.ts'
import type { Corpus } from './corpus.ts'
import type { Reserved } from './cuts.ts'
import { readRows } from './rows.ts'

/** What is known of documents that have a copy in the held-out slice, and are not in it. */
export interface HeldOutCopies {
  /** Documents of the slice that have a copy among what the arms keep. */
  documents: number
  /** Runs whose record of duplicates says which documents are copies. */
  clustersOf: string[]
  /** Measured values that two copies must share, all of them; 0 where too few are measured to tell copies from others. */
  values: number
  isCopy(corpus: Corpus, shard: number, row: number): boolean
}

interface Slice {
  /** File of its rows. */
  file: string
  /** Runs of its sources, by number. */
  runs: readonly MeasuredRun[]
  isExcluded: Reserved['isCopy']
}

/** With fewer values that are equal, pages that merely are as long as each other would count as copies. */
const fewestValues = 5

/**
 * Find the documents outside a held-out slice that are copies of one in it. Copies are in one cluster by what measured runs recorded in `duplicates/`,
 * or equal in their bytes and all measured values. Memory grows with the slice and its copies.
 */
export async function copiesOfHeldOut(
  corpora: readonly Corpus[],
  clustering: readonly MeasuredRun[],
  slice: Slice,
): Promise<HeldOutCopies> {
  const held = await placesIn(corpora, slice)
  const clusters = await clustersAround(clustering, held.ids)
  const columns = commonColumns(corpora)
  const values = columns.length < fewestValues ? 0 : columns.length
  const groups = new CopyGroups(clusters, values === 0 ? undefined : await signing())
  const outside = corpora.map(() => new Set<number>())
  // First what the slice holds, then who else is of these groups.
  for (const isSlice of [true, false])
    for (const [c, corpus] of corpora.entries())
      await eachKept(corpus, values === 0 ? [] : columns, (judged, i, bytes) => {
        const place = placeOf(judged.shard, judged.row[i]!)
        const id = cellText(judged.ids[i])
        if (held.places[c]!.has(place) !== isSlice) return
        if (isSlice) groups.hold(id, judged, i, bytes)
        else if (!slice.isExcluded?.(id) && groups.meet(id, judged, i, bytes)) outside[c]!.add(place)
      })
  return {
    documents: groups.leaking(),
    clustersOf: clustering.map(({ name }) => name),
    values,
    isCopy: (corpus, shard, row) => outside[corpora.indexOf(corpus)]!.has(placeOf(shard, row)),
  }
}

const placeOf = (shard: number, row: number): number => shard * 2 ** 32 + row

/** Ids of the slice, and its places in each corpus. */
async function placesIn(corpora: readonly Corpus[], { file, runs }: Slice): Promise<{ ids: Set<string>; places: Set<number>[] }> {
  const places = corpora.map(() => new Set<number>())
  const ids = new Set<string>()
  for await (const rows of readRows(file))
    for (const { source, shard, row, id } of rows) {
      const c = corpora.findIndex(({ arms }) => arms.some(({ run }) => run === runs[source]))
      places[c]!.add(placeOf(shard, row))
      ids.add(id)
    }
  return { ids, places }
}

/** Measured runs that recorded duplicates. */
export const recordsDuplicates = ({ dir, plan }: MeasuredRun): boolean =>
  stepsOf(plan).some(({ finds }) => finds === 'clusters') && existsSync(join(dir, 'duplicates'))

/** The clusters that some documents are in, and nothing of others: the record is read until no document is new. */
async function clustersAround(runs: readonly MeasuredRun[], ids: Iterable<string>): Promise<JoinedIds> {
  const found = new JoinedIds()
  for (const id of ids) found.add(id)
  let size = -1
  while (found.size > size) {
    size = found.size
    for (const run of runs)
      for await (const { id, survivor, cluster } of recordsOf(run)) {
        if (![id, survivor, cluster].some((one) => found.of(one) !== undefined)) continue
        found.join(id, survivor)
        found.join(id, cluster)
      }
  }
  return found
}

interface MeasuredColumn {
  label: string
  key: string
}

/** Values that are measured before anything is removed as a duplicate, of the run that measures most of them. */
const columnsOf = (run: MeasuredRun): MeasuredColumn[] => {
  const steps = stepsOf(run.plan)
  const barrier = steps.findIndex(({ kind }) => kind === 'barrier')
  const before = barrier < 0 ? steps : steps.slice(0, barrier)
  return before.flatMap((step) => (step.kind === 'filter' ? [{ label: step.label, key: stepKey(step) }] : []))
}

const fullestArm = ({ arms }: Corpus) => arms.reduce((most, arm) => (columnsOf(arm.run).length > columnsOf(most.run).length ? arm : most))

/** Those that all corpora have measured alike. */
function commonColumns([first, ...others]: readonly Corpus[]): string[] {
  const there = others.map((corpus) => columnsOf(fullestArm(corpus).run))
  return columnsOf(fullestArm(first!).run)
    .filter(({ label, key }) => there.every((columns) => columns.some((other) => other.label === label && other.key === key)))
    .map(({ label }) => label)
}

/** Every document that an arm of a corpus keeps, with the bytes of its text before editors. */
async function eachKept(
  corpus: Corpus,
  columns: readonly string[],
  use: (judged: Judged, i: number, bytes: number) => void,
): Promise<void> {
  const { arms, measurement } = corpus
  const arm = arms.indexOf(fullestArm(corpus))
  const values = columns.map((column) => ({ arm, column }))
  for await (const judged of judge(measurement.runs[0]!.plan.inputs.splits, arms, { ids: true, values })) {
    const { uneditedBytes } = judged.arms[arm]!
    for (let i = 0; i < judged.size; i++) if (judged.arms.some(({ kept }) => kept[i])) use(judged, i, uneditedBytes[i]!)
  }
}

type Sign = (judged: Judged, i: number, bytes: number) => bigint | undefined

/** Hashes the values of a document; undefined where it has no text. */
async function signing(): Promise<Sign> {
  const { h64Raw } = await xxhash()
  return ({ values }, i, bytes) => {
    if (Number.isNaN(bytes)) return undefined
    const numbers = Float64Array.of(bytes, ...values.map((column) => column[i]!))
    return h64Raw(new Uint8Array(numbers.buffer))
  }
}

/** Documents of the slice by cluster and by measured values, and which of these groups have members outside. */
class CopyGroups {
  readonly #held: { cluster: string | undefined; signature: bigint | undefined }[] = []
  readonly #clusters = new Map<string, boolean>()
  readonly #signatures = new Map<bigint, boolean>()

  constructor(
    private readonly known: JoinedIds,
    private readonly sign: Sign | undefined,
  ) {}

  hold(id: string, judged: Judged, i: number, bytes: number): void {
    const cluster = this.known.of(id)
    const signature = this.sign?.(judged, i, bytes)
    this.#held.push({ cluster, signature })
    if (cluster !== undefined) this.#clusters.set(cluster, false)
    if (signature !== undefined) this.#signatures.set(signature, false)
  }

  /** Whether a document outside is of one of the groups. */
  meet(id: string, judged: Judged, i: number, bytes: number): boolean {
    const cluster = this.known.of(id)
    const signature = this.sign?.(judged, i, bytes)
    const byCluster = cluster !== undefined && this.#clusters.has(cluster)
    const byValues = signature !== undefined && this.#signatures.has(signature)
    if (byCluster) this.#clusters.set(cluster, true)
    if (byValues) this.#signatures.set(signature, true)
    return byCluster || byValues
  }

  /** Documents of the slice whose group has members outside. */
  leaking(): number {
    return this.#held.filter(
      ({ cluster, signature }) =>
        (cluster !== undefined && this.#clusters.get(cluster)) || (signature !== undefined && this.#signatures.get(signature)),
    ).length
  }
}
