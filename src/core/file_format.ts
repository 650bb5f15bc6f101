import { UserError } from './errors.ts'

/** Versions of the files that outlive a process. Raise one when an older decant could not read what this one writes, and add a fixture. */
export const fileFormats = { plan: 3, ledger: 3, spool: 3, manifest: 3, sample: 3 } as const
export type FileKind = keyof typeof fileFormats

/** Throws a UserError when a file has another version than this decant reads. Files from before there were versions have version 1. */
export function checkFormat(path: string, kind: FileKind, content: { format?: unknown }): void {
  const known = fileFormats[kind]
  if (content.format === known) return
  // The first samples said "decant-sample/1", other files nothing.
  const format = typeof content.format === 'number' ? content.format : 1
  const isNewer = format > known
  throw new UserError(
    `${path}: format ${format} of ${isNewer ? 'a newer' : 'an older'} decant; this one reads format ${known}`,
    isNewer ? 'update decant' : 'make it again in another folder, or use the decant that made it',
  )
}
