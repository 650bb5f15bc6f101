/** Finds the best way to cut `bytes[0, length)`, which is normalized, into pieces. */
export interface Segmenter {
  /** Calls `found` with each piece in turn: where it ends, and its number or -1. */
  segment(bytes: Uint8Array, length: number, found: (end: number, piece: number) => void): void
}
