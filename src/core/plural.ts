/** A number with its noun: "1 record", "2,000 records". `many` is the noun's plural where that is not the noun and an s. */
export const plural = (n: number, noun: string, many = `${noun}s`): string => `${n.toLocaleString('en-US')} ${n === 1 ? noun : many}`

/** The word that goes with a number: `agree(1, 'reaches', 'reach')`. */
export const agree = (n: number, one: string, many: string): string => (n === 1 ? one : many)
