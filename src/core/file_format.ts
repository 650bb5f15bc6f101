import { UserError } from './errors.ts'

/** Versions of the files that outlive a process. Raise one when an older decant could not read what this one writes, and add a fixture. */
export const fileFormats = { plan: 2, ledger: 2, spool: 2, manifest: 2, sample: 2 } as const
export type FileKind = keyof typeof fileFormats

/** Throws a UserError when a file has another version than this decant reads. Files from before there were versions have version 1. */
export function checkFormat(path: string, kind: FileKind, content: { format?: unknown }): void {
  const { format = 1 } = content
  const known = fileFormats[kind]
  if (format === known) return
  const isNewer = typeof format === 'number' && format > known
  throw new UserError(
    `${path}: format ${String(format)} of a ${isNewer ? 'newer' : 'older'} decant; this one reads format ${known}`,
    isNewer ? 'update decant' : 'make it again in another folder, or use the decant that made it',
  )
}
