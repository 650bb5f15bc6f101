import { z } from 'zod'
import type { Need, Options, Shape } from './options.ts'

/** What every kind of step declares. The engine reads it; nothing outside a step's file knows the step by its name. */
export interface About {
  /** One sentence: what is measured or done, in which unit, from what. */
  summary: string
  /** Where the rule or behaviour comes from: paper section or repository. */
  source?: string
  /** When one would use it, or what it catches that other steps do not: a sentence or two of Markdown. */
  why?: string
  /** The version of decant that has it first; without it, the first one. */
  since?: string
}

/** What a step declares about its options, as its author writes it. */
export interface OptionsOf<S extends Shape> {
  options?: S
  /** Options that need another option. */
  needs?: readonly Need[]
  /** Model files that it reads although no option names them: worker threads share them. */
  models?(options: Options<S>): readonly string[]
}

/** What the engine sees of a step's options. */
export interface Configured {
  schema: z.ZodObject
  needs: readonly Need[]
  models(options: unknown): readonly string[]
}

export function configured<S extends Shape>({ options, needs = [], models }: OptionsOf<S>, more: Shape = {}): Configured {
  return {
    schema: z.strictObject({ ...options, ...more }),
    needs,
    models: (given) => models?.(given as Options<S>) ?? [],
  }
}

export type MaybeAsync<T> = T | Promise<T>
