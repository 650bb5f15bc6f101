import { type ArmVerdicts, type Judged, judge, Names } from '../compare/judge.ts'
import type { Arm, Measurement } from '../compare/measurement.ts'
import { UserError } from '../core/errors.ts'
import { cellText } from '../formats/cell_text.ts'
import { domainNamer } from '../text/url_domains.ts'
import type { Clusters } from './clusters.ts'
import { type KeyOf, keysBy } from './order.ts'
import type { Pin, SampleRequest } from './request.ts'

/** The held-out slice is the beginning of the order of this seed. */
export const heldOutSeed = 2 ** 32 - 1
/** The order of this seed decides whether a fraction of a weight gives one copy more. No sample is drawn in it, so copies do not depend on places. */
export const weightSeed = 2 ** 32 - 2

/** The documents of one measurement as a sample sees them, shard by shard. */
export interface Batch extends Judged {
  /** Place in the order of each seed; the last is that of the held-out slice. NaN for documents that no arm keeps. */
  keys: Float64Array[]
  /** Number of each document's stratum. */
  strata: Int32Array
  /** How often each document is to stand in the sample, for each arm. */
  repeats: Float64Array[]
  verdictsOf(arm: Arm): ArmVerdicts
}

export class Corpus {
  readonly languages = new Names()
  readonly dumps = new Names()
  readonly arms: Arm[]
  #keysOf: KeyOf[] = []
  #chanceOf: KeyOf = () => 0

  constructor(
    readonly measurement: Measurement,
    private readonly request: SampleRequest,
    private readonly strata: Strata,
    private readonly clusters: Clusters | undefined,
  ) {
    const parts = request.arms.flatMap(({ parts }) => parts)
    this.arms = [...new Set(parts.filter((part) => part.measurement === measurement).map(({ arm }) => arm))]
  }

  async *batches(onShard: () => void): AsyncGenerator<Batch> {
    const { seeds, pin, weight, wholeClusters } = this.request
    if (this.#keysOf.length === 0) {
      this.#keysOf = await Promise.all([...seeds, heldOutSeed].map(keysBy))
      this.#chanceOf = await keysBy(weightSeed)
    }
    const values = weight === null ? [] : this.arms.map((_, arm) => ({ arm, column: weight }))
    const extra = { ids: true, urls: pin.includes('domain'), languages: this.languages, dumps: this.dumps, values }
    for await (const judged of judge(this.measurement.runs[0]!.plan.inputs.splits, this.arms, extra)) {
      const { size, arms, ids } = judged
      const keys = this.#keysOf.map(() => new Float64Array(size).fill(Number.NaN))
      const strata = new Int32Array(size)
      for (let i = 0; i < size; i++) {
        if (!arms.some(({ kept }) => kept[i])) continue
        const id = ids[i] ?? missingId(judged, i)
        const cluster = wholeClusters ? this.clusters?.of(cellText(id)) : undefined
        const unit = cluster === undefined ? id : Buffer.from(cluster)
        for (let s = 0; s < keys.length; s++) keys[s]![i] = this.#keysOf[s]!(unit)
        strata[i] = this.strata.of(judged, this.languages, i)
      }
      const repeats = arms.map((_, k) => (weight === null ? new Float64Array(size).fill(1) : this.#repeats(judged, k)))
      const verdictsOf = (arm: Arm): ArmVerdicts => arms[this.arms.indexOf(arm)]!
      yield { ...judged, keys, strata, repeats, verdictsOf }
      onShard()
    }
  }

  /** Weights as whole numbers. The fraction is the chance of one more. */
  #repeats({ size, values, ids }: Judged, k: number): Float64Array {
    const repeats = new Float64Array(size)
    for (let i = 0; i < size; i++) {
      const weight = Math.max(0, values[k]![i]! || 0)
      const fraction = weight % 1
      const id = fraction > 0 ? ids[i] : undefined
      repeats[i] = Math.floor(weight) + (id && this.#chanceOf(id) < fraction ? 1 : 0)
    }
    return repeats
  }
}

function missingId({ shard, row }: Judged, i: number): never {
  throw new Error(`shard ${shard}: document ${row[i]} has no id in the first measured run`)
}

/** Strata with less than this share of the first arm's tokens are one. */
const smallest = 0.001
export const otherStratum = '(other)'

/** Parts of the corpus whose shares are pinned; one, where none are. */
export class Strata {
  names: string[] = ['all']
  readonly #codes = new Map<string, number>()
  readonly #domainOf = domainNamer()

  constructor(readonly pin: readonly Pin[]) {}

  /** Keep the strata of so many tokens that are large enough. */
  settle(tokens: ReadonlyMap<string, number>): void {
    const all = [...tokens.values()].reduce((a, b) => a + b, 0)
    const large = [...tokens].filter(([, n]) => n >= smallest * all).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    if (large.length === 0 || large.every(([name]) => /^[( ·)none]+$/.test(name)))
      throw new UserError(
        `--pin ${this.pin.join(',')}: no document of the first arm has one`,
        'languages come from a detect_language step, domains from addresses',
      )
    this.names = [...large.map(([name]) => name).filter((name) => name !== otherStratum), otherStratum]
    this.#codes.clear()
    for (const [code, name] of this.names.entries()) this.#codes.set(name, code)
  }

  of(judged: Judged, languages: Names, i: number): number {
    if (this.pin.length === 0) return 0
    return this.#codes.get(this.nameOf(judged, languages, i)) ?? this.names.length - 1
  }

  nameOf({ language, urls }: Judged, languages: Names, i: number): string {
    return this.pin
      .map((pin) => (pin === 'language' ? (languages.list[language[i]!] ?? '(none)') : this.#domainOf(cellText(urls[i]))))
      .join(' · ')
  }
}
