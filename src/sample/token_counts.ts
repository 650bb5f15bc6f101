import type { ArmVerdicts } from '../compare/judge.ts'
import type { MeasuredRun } from '../compare/measurement.ts'
import { type BundledTokenizerName, tokenCounter } from '../tokenizers/token_counter.ts'
import { readTexts } from './texts.ts'

/**
 * Tokens of documents, as the run counted them with this tokenizer. If it did not, texts that are to be taken are counted here, and all others are
 * guessed from their bytes.
 */
export class TokenCounts {
  readonly #counted = new Map<MeasuredRun, Map<number, Map<number, number>>>()
  #bytes = 1
  #tokens = 0.25
  readonly #count: (text: string) => number

  constructor(private readonly tokenizer: BundledTokenizerName) {
    this.#count = tokenCounter(tokenizer)
  }

  /** Whether the run has counted what is asked for. */
  isCounted({ plan }: MeasuredRun): boolean {
    return plan.tokens?.options['tokenizer'] === this.tokenizer
  }

  /** Tokens of a document, and whether they are guessed. */
  of(run: MeasuredRun, shard: number, row: number, { tokens, bytes }: ArmVerdicts, i: number): number {
    if (this.isCounted(run) && !Number.isNaN(tokens[i]!)) return tokens[i]!
    return this.#counted.get(run)?.get(shard)?.get(row) ?? Math.max(1, Math.round((bytes[i]! * this.#tokens) / this.#bytes))
  }

  isGuess(run: MeasuredRun, shard: number, row: number, { tokens }: ArmVerdicts, i: number): boolean {
    return !(this.isCounted(run) && !Number.isNaN(tokens[i]!)) && !this.#counted.get(run)?.get(shard)?.has(row)
  }

  /** Count the tokens of some documents of a shard, by their rows in `data/`. */
  async count(run: MeasuredRun, shard: number, rows: ReadonlyMap<number, number>): Promise<void> {
    let shards = this.#counted.get(run)
    if (!shards) this.#counted.set(run, (shards = new Map()))
    let counts = shards.get(shard)
    if (!counts) shards.set(shard, (counts = new Map()))
    for await (const { row, text } of readTexts(run.dir, shard, (row) => rows.has(row))) {
      const tokens = this.#count(text)
      this.#tokens += tokens
      this.#bytes += Buffer.byteLength(text)
      counts.set(rows.get(row)!, tokens)
    }
  }
}
