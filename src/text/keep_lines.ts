/** The text without the lines (ended by "\n") that `isKept` turns down. */
export function keepLines(text: string, isKept: (line: string) => boolean): string {
  const lines = text.split('\n')
  const kept = lines.filter(isKept)
  return kept.length === lines.length ? text : kept.join('\n')
}
