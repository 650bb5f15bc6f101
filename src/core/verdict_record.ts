import type { Duplicate, Unedited } from './verdict.ts'

/** A document whose fate is decided, as a row of `verdicts/` and a line of a spool. */
export interface VerdictRecord {
  row: number
  id: string
  url: string
  /** Null when kept, else `<step>.<bound>`. */
  reason: string | null
  /** Bytes of the payload as read, and of the text (UTF-8) when the verdict fell; null where a stage found no text, so that `data/` has no such row. */
  bytes: number
  text_bytes: number | null
  /** Tokens of that text; null when nothing counted them. */
  tokens: number | null
  dump: string | null
  language: string | null
  /** What each filter measured, in the order of the pipeline; null where it did not. */
  values: (number | null)[]
  /** In measured runs, of texts that editors have changed: how long they were before. */
  unedited?: Unedited
  /** Why a stage has removed it, whatever rule it broke before. */
  rejected?: string
  duplicate?: Duplicate
  removed?: { text: string; metadata: Record<string, unknown> }
}

interface VerdictField {
  name: string
  type: 'string' | 'int32' | 'int64'
  nullable: boolean
  of(record: VerdictRecord, shard: number): string | number | null
}

/** The columns of a verdict table, in order; behind them stands one for each filter, of type double. */
export const verdictFields = [
  { name: 'id', type: 'string', nullable: false, of: ({ id }) => id },
  { name: 'url', type: 'string', nullable: false, of: ({ url }) => url },
  { name: 'shard', type: 'int32', nullable: false, of: (_, shard) => shard },
  { name: 'row', type: 'int32', nullable: false, of: ({ row }) => row },
  { name: 'reason', type: 'string', nullable: true, of: ({ reason }) => reason },
  { name: 'tokens', type: 'int64', nullable: true, of: ({ tokens }) => tokens },
  { name: 'bytes', type: 'int64', nullable: false, of: ({ bytes }) => bytes },
  { name: 'text_bytes', type: 'int64', nullable: true, of: ({ text_bytes }) => text_bytes },
  { name: 'dump', type: 'string', nullable: true, of: ({ dump }) => dump },
  { name: 'language', type: 'string', nullable: true, of: ({ language }) => language },
] as const satisfies readonly VerdictField[]

/** More columns of measured runs: how long texts were that editors have changed. */
export const uneditedFields = [
  { name: 'unedited_text_bytes', type: 'int64', nullable: true, of: ({ unedited }) => unedited?.bytes ?? null },
  { name: 'unedited_tokens', type: 'int64', nullable: true, of: ({ unedited }) => unedited?.tokens ?? null },
] as const satisfies readonly VerdictField[]

/** Name of a column that every verdict table has. */
export type VerdictColumn = (typeof verdictFields)[number]['name']
export type UneditedColumn = (typeof uneditedFields)[number]['name']

/** Names that no filter may take. */
export const reservedColumns: readonly string[] = [...verdictFields, ...uneditedFields].map(({ name }) => name)

/** The fields of a run's verdict tables. */
export const fieldsOf = (isMeasured: boolean): readonly VerdictField[] =>
  isMeasured ? [...verdictFields, ...uneditedFields] : verdictFields
