/** How much text. */
export interface Amount {
  documents: number
  /** Bytes of the text (UTF-8). */
  bytes: number
  tokens: number
}

export const nothing = (): Amount => ({ documents: 0, bytes: 0, tokens: 0 })

/** Add one document; what was not counted counts as none. */
export function addDocument(amount: Amount, bytes: number, tokens: number): void {
  amount.documents++
  amount.bytes += bytes || 0
  amount.tokens += tokens || 0
}

export function addTimes(to: Amount, from: Amount, times: number): void {
  to.documents += from.documents * times
  to.bytes += from.bytes * times
  to.tokens += from.tokens * times
}
