import type { MeasuredRun } from '../compare/measurement.ts'
import { cellText } from '../formats/cell_text.ts'
import type { Batch, Corpus } from './corpus.ts'
import { isWithin, type OrderCut } from './order.ts'
import type { ArmPart } from './request.ts'
import { CutFinder, type Draw, type End, type Shortage } from './selection.ts'
import type { TokenCounts } from './token_counts.ts'

/** Documents that one part of an arm may take in the order of one seed. */
export interface Lane {
  part: ArmPart
  corpus: Corpus
  /** Number of the seed, among the keys of a batch. */
  seed: number
  /** Tokens to take of each stratum; 0 for none. */
  budgets: number[]
  rounding: Draw['rounding']
}

export interface Reserved {
  corpora: readonly Corpus[]
  /** Where the held-out slice ends in each stratum of each corpus. */
  cuts: readonly (readonly OrderCut[])[]
  /** Whether a document has a copy in the slice; undefined where copies are not known. */
  isCopy: ((id: string) => boolean) | undefined
}

/** What is drawn, and from what. */
export interface Drawing {
  lanes: readonly Lane[]
  counts: TokenCounts
  reserved: Reserved | undefined
  /** Called after each shard of each pass. */
  onShard: () => void
}

export interface Found {
  /** For each lane, where it ends in each stratum, and with how many tokens. */
  ends: End[][]
  shortages: { lane: number; stratum: number; budget: number; tokens: number }[]
}

/**
 * Find where each lane ends in each stratum. Where a run has not counted tokens, guess the ends from bytes, count the texts up to there, and repeat
 * until no document up to the ends is guessed.
 */
export async function findCuts(drawing: Drawing): Promise<Found> {
  const { lanes } = drawing
  const first: number[] = []
  let draws = 0
  for (const { budgets } of lanes) {
    first.push(draws)
    draws += budgets.length
  }
  const budgets = lanes.flatMap((lane) => lane.budgets.map((budget) => ({ budget, rounding: lane.rounding })))
  for (;;) {
    const finder = new CutFinder(budgets)
    await eachDocument(drawing, ({ lane, stratum, key, tokens }) => finder.count(first[lane]! + stratum, key, tokens))
    const short = finder.locate()
    await eachDocument(drawing, ({ lane, stratum, key, tokens, shard, row }) =>
      finder.hold(first[lane]! + stratum, key, shard, row, tokens),
    )
    const flat = finder.ends()
    const ends = lanes.map(({ budgets: ofLane }, lane) => flat.slice(first[lane]!, first[lane]! + ofLane.length))
    const counted = await countGuesses(drawing, ends)
    if (!counted) return { ends, shortages: short.map((shortage) => located(shortage, first)) }
  }
}

function located({ draw, budget, tokens }: Shortage, first: readonly number[]): Found['shortages'][number] {
  let lane = first.length - 1
  while (first[lane]! > draw) lane--
  return { lane, stratum: draw - first[lane]!, budget, tokens }
}

/** A document that a lane may take. */
export interface Candidate {
  lane: number
  stratum: number
  key: number
  shard: number
  row: number
  /** Of all its copies. */
  tokens: number
  repeats: number
  run: MeasuredRun
  isGuess: boolean
  dataRow: number
  /** Its place in the batch. */
  i: number
}

/** Every document of every lane, in order of corpora, shards and rows. */
export async function eachDocument(
  { lanes, counts, reserved, onShard }: Drawing,
  use: (candidate: Candidate, batch: Batch) => void,
  begin?: (corpus: Corpus, batch: Batch) => Promise<void>,
): Promise<void> {
  for (const corpus of new Set(lanes.map((lane) => lane.corpus))) {
    const ofCorpus = [...lanes.entries()].filter(([, lane]) => lane.corpus === corpus)
    const index = reserved?.corpora.indexOf(corpus) ?? -1
    const held = index < 0 ? undefined : reserved!.cuts[index]
    for await (const batch of corpus.batches(onShard)) {
      const { shard, size, row, strata, keys } = batch
      const heldKeys = keys.at(-1)!
      await begin?.(corpus, batch)
      for (const [lane, { part, seed, budgets }] of ofCorpus) {
        const { run } = part.arm
        const verdicts = batch.verdictsOf(part.arm)
        const repeats = batch.repeats[corpus.arms.indexOf(part.arm)]!
        for (let i = 0; i < size; i++) {
          if (!verdicts.kept[i] || repeats[i] === 0 || !(budgets[strata[i]!]! > 0)) continue
          if (held && isWithin(heldKeys[i]!, shard, row[i]!, held[strata[i]!]!)) continue
          if (reserved?.isCopy?.(cellText(batch.ids[i]))) continue
          const tokens = counts.of(run, shard, row[i]!, verdicts, i) * repeats[i]!
          const isGuess = counts.isGuess(run, shard, row[i]!, verdicts, i)
          use(
            {
              lane,
              stratum: strata[i]!,
              key: keys[seed]![i]!,
              shard,
              row: row[i]!,
              tokens,
              repeats: repeats[i]!,
              run,
              isGuess,
              dataRow: verdicts.dataRow[i]!,
              i,
            },
            batch,
          )
        }
      }
    }
  }
}

/** Count tokens that are guessed, of documents up to the ends. Returns whether there were any. */
async function countGuesses(drawing: Drawing, ends: readonly End[][]): Promise<boolean> {
  const { lanes, counts } = drawing
  if (lanes.every(({ part }) => counts.isCounted(part.arm.run))) return false
  const guessed = new Map<MeasuredRun, Map<number, Map<number, number>>>()
  await eachDocument(drawing, ({ lane, stratum, key, shard, row, run, isGuess, dataRow }) => {
    if (!isGuess || dataRow < 0 || !isWithin(key, shard, row, ends[lane]![stratum]!.cut)) return
    const shards = guessed.get(run) ?? new Map<number, Map<number, number>>()
    guessed.set(run, shards)
    const rows = shards.get(shard) ?? new Map<number, number>()
    shards.set(shard, rows)
    rows.set(dataRow, row)
  })
  for (const [run, shards] of guessed) for (const [shard, rows] of shards) await counts.count(run, shard, rows)
  return guessed.size > 0
}
