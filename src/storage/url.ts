/** The scheme of a URL, in lower case; undefined for a path. */
export const schemeOf = (path: string): string | undefined => /^([a-z][a-z0-9+.-]*):\/\//i.exec(path)?.[1]?.toLowerCase()

/** Whether this is a URL, and not a path. */
export const isUrl = (path: string): boolean => schemeOf(path) !== undefined
