export interface Span {
  start: number
  end: number
}

/** Replace spans of a text, which must be in order and apart, by each of the replacements in turn, the first one first. */
export function replaceInTurn(text: string, spans: Iterable<Span>, replacements: readonly string[]): string {
  const parts: string[] = []
  let at = 0
  let turn = 0
  for (const { start, end } of spans) {
    parts.push(text.slice(at, start), replacements[turn++ % replacements.length]!)
    at = end
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(at)
}
