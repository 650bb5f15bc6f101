import { meant, UserError } from '../core/errors.ts'

/** An arm of a sample, once for each seed. */
export interface SampledArm {
  name: string
  seed: number
  /** Tokens that were drawn. */
  tokens: number | null
  /** Share of its tokens that another seed of the arm holds too; left out by samples of older versions. */
  overlap?: number | undefined
}

/** Which run a result file is about, and how far that had been trained. */
export interface Placed {
  arm: string
  seed: number
  /** Tokens, or steps; null when neither is said: the end of the training. */
  tokens: number | null
  step: number | null
}

/** What a line of `--map` says; what it leaves out is looked for in the path. */
export interface Mapped {
  arm?: string | undefined
  seed?: number | undefined
  tokens?: number | undefined
  step?: number | undefined
}

export interface PlacingOptions {
  pattern?: RegExp | undefined
  mapped?: Mapped | undefined
}

/** Where a result file belongs, as `--map` or `--pattern` says, else by its path and the model's name. Throws a UserError when that is not enough. */
export function placeResult(path: string, model: string, arms: readonly SampledArm[], { pattern, mapped }: PlacingOptions = {}): Placed {
  const known = pattern ? byPattern(path, pattern) : byName(path, model, arms)
  const { arm, seed, tokens, step } = mapped ? { ...known, ...given(mapped) } : known
  const names = [...new Set(arms.map(({ name }) => name))]
  const hint = `arms: ${names.join(', ')}; say where it belongs with --map, or with --pattern '(?<arm>...)-seed(?<seed>\\d+)/step-(?<step>\\d+)'`
  if (arm === undefined)
    throw new UserError(
      `${path}: ${pattern ? '--pattern does not match it' : `no arm's name in its path, nor in the model's ("${model}")`}`,
      hint,
    )
  const sameArm = arms.filter(({ name }) => name === arm)
  if (sameArm.length === 0) throw new UserError(`${path}: the sample has no arm "${arm}"${meant(arm, names)}`, hint)
  const seeds = sameArm.map(({ seed: drawn }) => drawn)
  const sure = seed ?? (seeds.length === 1 ? seeds[0] : undefined)
  if (sure === undefined) throw new UserError(`${path}: ${arm} has seeds ${seeds.join(', ')}, and the path names none`, hint)
  if (!seeds.includes(sure)) throw new UserError(`${path}: ${arm} has no seed ${sure} (it has ${seeds.join(', ')})`, hint)
  return { arm, seed: sure, tokens: tokens ?? null, step: tokens === undefined ? (step ?? null) : null }
}

const given = (mapped: Mapped): Mapped => Object.fromEntries(Object.entries(mapped).filter(([, value]) => value !== undefined)) as Mapped

function byPattern(path: string, pattern: RegExp): Mapped {
  const groups = pattern.exec(path)?.groups
  if (!groups) return {}
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : amountOf(text))
  return { arm: groups['arm'], seed: number(groups['seed']), step: number(groups['step']), tokens: number(groups['tokens']) }
}

/** "2.1B", "500M", "2_100_000_000" */
export function amountOf(text: string): number | undefined {
  const [, digits, unit = ''] = /^([\d_,]*\d(?:\.\d+)?)\s*([kKMBT]?)/.exec(text) ?? []
  if (digits === undefined) return undefined
  const factor = { '': 1, k: 1e3, K: 1e3, M: 1e6, B: 1e9, T: 1e12 }[unit]!
  return Math.round(Number(digits.replace(/[_,]/g, '')) * factor)
}

const bareAmount = /(?<![a-z0-9.])(\d+(?:\.\d+)?[MB])(?![a-z0-9])(?![-_ ]?(?:model|param))/gi

/** FineWeb's model, which the sample's nanotron.yaml describes, as its authors give its size. */
const modelSizes = [1.71e9, 1.82e9]

/** Whether an amount is that of a model's parameters: a known size, or more than the tokens that were drawn for the arm. */
function isModelSize(amount: number, arm: string, arms: readonly SampledArm[]): boolean {
  const drawn = arms.filter(({ name }) => name === arm).map(({ tokens }) => tokens ?? Number.POSITIVE_INFINITY)
  // Amounts in names are rounded.
  return modelSizes.includes(amount) || amount > 1.1 * Math.max(...drawn)
}

/** Path segments from the last to the first, then the model's name likewise: what is nearest to the file says most. */
function byName(path: string, model: string, arms: readonly SampledArm[]): Mapped {
  const segments = [path, model].flatMap((text) => text.split(/[/\\]|__/).reverse())
  const first = <T>(find: (segment: string) => T | undefined): T | undefined => {
    for (const segment of segments) {
      const found = find(segment)
      if (found !== undefined) return found
    }
    return undefined
  }
  const arm = first((segment) => armIn(segment, arms))
  const number = (pattern: RegExp): number | undefined =>
    first((segment) => {
      const match = pattern
        .exec(segment)
        ?.slice(1)
        .find((group) => group !== undefined)
      return match === undefined ? undefined : amountOf(match)
    })
  const seed = number(/(?<![a-z])seed[-_=]?(\d+)|(?<![a-z0-9])s(\d+)(?![a-z0-9.])/i)
  const amount = String.raw`\d[\d_,]*(?:\.\d+)?[kKMBT]?`
  const tokens = number(
    new RegExp(`(?<![a-z])(?:tok|tokens)[-_=]?(${amount})(?![a-z0-9])|(?<![a-z0-9.])(${amount})[-_]?(?:tok|tokens|T)(?![a-z0-9])`),
  )
  const step = number(/(?<![a-z])(?:steps?|checkpoint|ckpt|iter|iteration)[-_=]?(\d+)/i)
  // "raw-seed1-2.1B": behind the arm's name only, since "1.7B-raw" is the size of a model.
  const bare = (segment: string): number | undefined => {
    const name = armIn(segment, arms)
    if (name === undefined) return undefined
    const amounts = segment.slice(segment.indexOf(name) + name.length).matchAll(bareAmount)
    return [...amounts].map(([, text]) => amountOf(text!)!).find((tokensSeen) => !isModelSize(tokensSeen, name, arms))
  }
  return { arm, seed, step, tokens: tokens ?? (step === undefined ? first(bare) : undefined) }
}

/** The arm whose name stands in a text as a word; of names that hold one another, the longest. */
function armIn(text: string, arms: readonly SampledArm[]): string | undefined {
  const names = [...new Set(arms.map(({ name }) => name))].filter((name) => isWordIn(name, text)).sort((a, b) => b.length - a.length)
  const [longest] = names
  // "raw-vs-c4" says nothing.
  return longest !== undefined && names.every((name) => longest.includes(name)) ? longest : undefined
}

const isWordIn = (word: string, text: string): boolean =>
  new RegExp(`(?<![A-Za-z0-9])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![A-Za-z0-9])`).test(text)
