/** `origin` is how many UTF-16 units of the piece come from the first character of the whole text: none (or less) but where it begins. */
export type Add = (piece: string, origin: number) => void

/** Calls `add` with the pieces of a text, which are not empty. */
export type TextSplitter = (text: string, origin: number, add: Add) => void
