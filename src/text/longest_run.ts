// 1 2 1 2 1 2 1 → 3, of the pair 1 2
/** How often a group of at most `maxPeriod` items stands in a row at most; 0 when none does three times. */
export function longestRun(tokens: readonly number[], maxPeriod: number): number {
  let most = 0
  for (let period = 1; period <= Math.min(maxPeriod, Math.floor(tokens.length / 3)); period++) {
    let equal = 0
    let longest = 0
    for (let i = period; i < tokens.length; i++) {
      equal = tokens[i] === tokens[i - period] ? equal + 1 : 0
      if (equal > longest) longest = equal
    }
    most = Math.max(most, Math.floor(longest / period) + 1)
  }
  return most > 2 ? most : 0
}
