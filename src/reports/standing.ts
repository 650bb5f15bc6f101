import type { Sweep } from '../compare/sweep.ts'
import { agree, plural } from '../core/plural.ts'
import { shortNumber } from './format.ts'

/** Which way figures err where a deduplication has seen other documents than the rules now keep. */
export const standingNote = (barriers: readonly string[], seen: string): string =>
  `${barriers.join(' and ')} compared only what ${seen}, so figures are too high where rules are looser (copies among the added documents count too), and may be too low where they are stricter`

/** Which thresholds of a sweep are missing, and why; undefined where none is. */
export function leftOutNote({ step, bound, left_out }: Sweep): string | undefined {
  if (left_out.length === 0) return undefined
  const shown =
    left_out.length > 3 ? `${shortNumber(left_out[0]!)} to ${shortNumber(left_out.at(-1)!)}` : left_out.map(shortNumber).join(', ')
  const other = bound === 'min' || bound === 'above' ? 'upper' : 'lower'
  return `${plural(left_out.length, 'value')} (${shown}) ${agree(left_out.length, 'is', 'are')} left out: with the ${other} bound of ${step}, nothing would be kept`
}
