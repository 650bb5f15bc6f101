import type { Answer, Check } from './peer.ts'

/** Where two answers part. A side that has nothing there says `missing`. */
export interface Difference {
  /** Path into the answer, such as `[17]`; '' for the answer as a whole. */
  at: string
  peer: string
  decant: string
}

export interface Example extends Difference {
  id: string
}

/** What a check has found so far. */
export interface Tally {
  check: Pick<Check, 'name' | 'about'>
  texts: number
  values: number
  /** Texts of which the two say different things. */
  different: number
  /** Texts that the peer fails on, by the kind of its error; they are not compared. */
  failed: Map<string, number>
  examples: Example[]
}

const missing = 'missing'
const mostExamples = 5

export const newTally = ({ name, about }: Tally['check']): Tally => ({
  check: { name, about },
  texts: 0,
  values: 0,
  different: 0,
  failed: new Map(),
  examples: [],
})

/** Count one text. */
export function compare(tally: Tally, id: string, peer: Answer | undefined, decant: Answer | undefined, within = 0): void {
  tally.texts++
  tally.values += Math.max(countValues(peer), countValues(decant))
  const difference = differenceOf(peer, decant, within)
  if (!difference) return
  tally.different++
  if (tally.examples.length < mostExamples) tally.examples.push({ id, ...difference })
}

export function fail(tally: Tally, error: string): void {
  tally.texts++
  tally.failed.set(error, (tally.failed.get(error) ?? 0) + 1)
}

/** Numbers, strings and the like in an answer. */
export function countValues(answer: Answer | undefined): number {
  if (answer === undefined) return 0
  if (answer === null || typeof answer !== 'object') return 1
  return Object.values(answer).reduce((sum: number, part: Answer) => sum + countValues(part), 0)
}

/** The first place where two answers differ, or undefined where they are equal; numbers may lie `within` of each other. */
export function differenceOf(peer: Answer | undefined, decant: Answer | undefined, within = 0, at = ''): Difference | undefined {
  if (peer === decant) return undefined
  if (typeof peer === 'number' && typeof decant === 'number' && Math.abs(peer - decant) <= within) return undefined
  if (typeof peer === 'string' && typeof decant === 'string') return { at, ...excerpts(peer, decant) }
  if (isCompound(peer) && isCompound(decant) && Array.isArray(peer) === Array.isArray(decant)) {
    const [theirs, ours] = [new Map(Object.entries(peer)), new Map(Object.entries(decant))]
    for (const name of new Set([...theirs.keys(), ...ours.keys()])) {
      const found = differenceOf(theirs.get(name), ours.get(name), within, `${at}[${name}]`)
      if (found) return found
    }
    return undefined
  }
  return { at, peer: shown(peer), decant: shown(decant) }
}

const isCompound = (answer: Answer | undefined): answer is Exclude<Answer, null | boolean | number | string> =>
  typeof answer === 'object' && answer !== null

/** Characters of a string that are shown before and after the place where it differs. */
const [before, after] = [20, 40]

function excerpts(peer: string, decant: string): Pick<Difference, 'peer' | 'decant'> {
  let same = 0
  while (same < peer.length && peer[same] === decant[same]) same++
  const start = Math.max(0, same - before)
  const excerpt = (text: string): string => {
    const part = JSON.stringify(text.slice(start, same + after))
    return `${start > 0 ? '…' : ''}${part}${text.length > same + after ? '…' : ''}`
  }
  return { peer: excerpt(peer), decant: excerpt(decant) }
}

function shown(answer: Answer | undefined): string {
  if (answer === undefined) return missing
  const json = JSON.stringify(answer)
  return json.length > before + after ? `${json.slice(0, before + after)}…` : json
}
