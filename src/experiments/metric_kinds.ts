/** Metrics of which less is better, where a result file does not say so. */
const lowerIsBetter =
  /^(?:(?:bits_per_byte|byte_perplexity|word_perplexity|perplexity|ppl|loss|.*_loss|nll|brier_score|ece|wer|cer|ter|mse|rmse|mae|edit_distance)(?:_|$)|bpb$)/i

/** Metrics that are shares of 0 to 1, or −1 to 1, and are shown in points: hundredths. */
const shares = /^(?:acc|exact_match|em|extractive_match|f1|mcc|bleu|pass@|prefix_|quasi_|rouge|precision|recall)/i

/** Which way a metric is better, as the harness states it, else as its name says. */
export const isLowerBetter = (metric: string, stated: boolean | undefined): boolean =>
  stated === undefined ? lowerIsBetter.test(metric) : !stated

/** How values of a metric are shown: shares in points, other numbers as they are. An unknown metric is a share if all its values could be. */
export function unitOf(metric: string, values: readonly number[], isLower: boolean): 'points' | 'value' {
  if (isLower) return 'value'
  const isShare = values.every((value) => value >= -1 && value <= 1)
  return isShare && (shares.test(metric) || values.every((value) => value >= 0)) ? 'points' : 'value'
}
