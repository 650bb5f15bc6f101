/** What a run has measured and decided about one document. One row of `verdicts/`. */
export interface Verdict {
  /** Position among the documents read from the shard, from 0. */
  row: number
  /** Bytes of the record's payload as read: the decoded HTML body, or the text in UTF-8. */
  bytes: number
  /** Null while kept, else `<step>.<bound>`: the first rule that the document broke. */
  reason: string | null
  /** One slot for each measured step of the pipeline; NaN where not measured. */
  values: Float64Array
  /** Of a duplicate: which document stays in its place, and how that was found. */
  duplicate?: Duplicate
  /** Of documents that are measured in full: the text before the first step that may change it, or how long that was. */
  uneditedText?: string
  unedited?: Unedited
  /** True when every rule measures this document, whatever its reason (`--measure`, `--audit`). */
  full: boolean
}

/** The verdict of a document that no run has begun: nothing measured, nothing decided. */
export const unjudged = (): Verdict => ({ row: 0, bytes: 0, reason: null, values: new Float64Array(0), full: false })

/** Bytes (UTF-8) and tokens of a text that is no more; no tokens where nothing counts them. */
export interface Unedited {
  bytes: number
  tokens: number | null
}

/** Why a document is held to be a copy of another: a row of `duplicates/`. */
export interface Duplicate {
  method: 'exact' | 'minhash'
  /** Id of the document that stays. */
  survivor: string
  /** The smallest id of all copies, and how many there are; null where nobody counted. */
  cluster: string | null
  size: number | null
  /** Jaccard similarity with the survivor: from signatures, and from the texts. */
  estimated: number | null
  exact: number | null
}
