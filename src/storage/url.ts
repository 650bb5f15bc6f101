/** The scheme of a URL, in lower case; undefined for a path. */
export const schemeOf = (path: string): string | undefined => /^([a-z][a-z0-9+.-]*):\/\//i.exec(path)?.[1]?.toLowerCase()

/** Whether a URL holds a user's name or a password. */
export const hasCredentials = (url: string): boolean => /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(url)

/** A URL as it may be shown. */
export const withoutCredentials = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1')

/** Whether this is a URL, and not a path. */
export const isUrl = (path: string): boolean => schemeOf(path) !== undefined
