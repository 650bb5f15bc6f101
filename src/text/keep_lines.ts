/** The text without the lines (ended by "\n") that `wanted` turns down. */
export function keepLines(text: string, wanted: (line: string) => boolean): string {
  const lines = text.split('\n')
  const kept = lines.filter(wanted)
  return kept.length === lines.length ? text : kept.join('\n')
}
