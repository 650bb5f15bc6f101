import picomatch from 'picomatch'

/** The part of a pattern before the first segment that has a wildcard in it: every match begins with it. */
export function fixedPart(pattern: string): string {
  const { base, isGlob } = picomatch.scan(pattern)
  return !isGlob ? pattern : base === '' ? '' : `${base}/`
}

export const isPattern = (path: string): boolean => picomatch.scan(path).isGlob

/** Whether a key is meant by a pattern: it matches, or it lies in the folder that a pattern without wildcards names. Hidden files and marks of folders (`a/`) are not. */
export function matcherOf(pattern: string): (key: string) => boolean {
  if (isPattern(pattern)) {
    const matches = picomatch(pattern)
    return (key) => !key.endsWith('/') && matches(key)
  }
  const folder = pattern === '' || pattern.endsWith('/') ? pattern : `${pattern}/`
  return (key) => key === pattern || (key.startsWith(folder) && !key.endsWith('/') && !/(?:^|\/)\./.test(key.slice(folder.length)))
}
