import type { Doc } from '../core/doc.ts'
import type { Unedited } from '../core/verdict.ts'
import type { VerdictRecord } from '../core/verdict_record.ts'

/** The record of a document whose fate is decided. */
export function recordOf(
  doc: Doc,
  {
    tokens,
    keepText,
    rejected,
    unedited,
  }: { tokens: number | null; keepText: boolean; rejected?: string | undefined; unedited?: Unedited | undefined },
): VerdictRecord {
  const { verdict } = doc
  return {
    row: verdict.row,
    id: doc.id,
    url: doc.url,
    reason: verdict.reason,
    bytes: verdict.bytes,
    text_bytes: rejected === undefined ? Buffer.byteLength(doc.text) : null,
    tokens,
    dump: stringOrNull(doc.metadata['dump']),
    language: stringOrNull(doc.metadata['language']),
    values: valuesToJson(verdict.values),
    ...(rejected === undefined ? {} : { rejected }),
    ...(unedited ? { unedited } : {}),
    ...(verdict.duplicate ? { duplicate: verdict.duplicate } : {}),
    ...(keepText ? { removed: { text: doc.text, metadata: doc.metadata } } : {}),
  }
}

const stringOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** NaN stands for "not measured", which JSON writes as null. */
export const valuesToJson = (values: Float64Array): (number | null)[] => Array.from(values, (v) => (Number.isNaN(v) ? null : v))

export function valuesFromJson(values: readonly (number | null)[], length: number): Float64Array {
  const result = new Float64Array(length).fill(Number.NaN)
  values.forEach((value, i) => {
    if (value !== null) result[i] = value
  })
  return result
}
