/** How many UTF-16 units at the beginning come from the first character of the text as it was, which Metaspace's scheme "first" asks. */
export interface Origin {
  length: number
}

/** What a normalizer makes of a text. */
export type Normalizer = (text: string, origin: Origin) => string
