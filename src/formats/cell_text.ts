const decoder = new TextDecoder()

/** A cell of a table as text: readers give strings as UTF-8 bytes. Empty for a cell without a value. */
export const cellText = (cell: unknown): string => (cell instanceof Uint8Array ? decoder.decode(cell) : String(cell ?? ''))
