import type { Arm, Measurement } from '../compare/measurement.ts'
import type { BundledTokenizerName } from '../tokenizers/token_counter.ts'

/** Documents of one measurement that an arm's rules keep, and the share of the arm's budget that they are to fill. */
export interface ArmPart {
  measurement: Measurement
  arm: Arm
  share: number
}

/** What one model is to be trained on. */
export interface SampleArm {
  name: string
  parts: ArmPart[]
  /** Share of the budget that repeats the rest of it: a negative control. */
  duplicated: number
}

export const pins = ['language', 'domain'] as const
export type Pin = (typeof pins)[number]

export interface SampleRequest {
  arms: SampleArm[]
  seeds: number[]
  /** Tokens of each arm. */
  budget: number
  tokenizer: BundledTokenizerName
  /** Properties whose shares of tokens must be the same in every arm as in the first. */
  pin: Pin[]
  /** Tokens of the first arm that are set aside and given to no arm. */
  heldOut: number | null
  /** Measured column that says how often a document is to be repeated. */
  weight: string | null
  /** Measured run whose clusters of near-duplicates are counted, and, if so, drawn whole. */
  clusters: string | null
  wholeClusters: boolean
  allowShort: boolean
}
