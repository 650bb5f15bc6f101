import { join } from 'node:path'
import { cellText } from '../formats/cell_text.ts'
import { openParquet, type ParquetFile } from '../formats/parquet_reader.ts'
import { shardName } from '../pipeline/plan.ts'
import type { Arm, MeasuredRun } from './measurement.ts'
import { markBroken, rulesBeforeBarriers } from './rules.ts'

/** Gives names numbers, in order of appearance. */
export class Names {
  readonly list: string[] = []
  readonly #codes = new Map<string, number>()

  code(name: string): number {
    let code = this.#codes.get(name)
    if (code === undefined) {
      code = this.list.push(name) - 1
      this.#codes.set(name, code)
    }
    return code
  }
}

/** What an arm makes of the documents of a shard. */
export interface ArmVerdicts {
  /** 1 where rules decide: nothing removed the document before the arm's first rule. */
  reached: Uint8Array
  /** 1 where it reaches the rules and breaks none. */
  kept: Uint8Array
  /** Rules broken, as bits: `words` numbers a document. */
  broken: Uint32Array
  words: number
  /** Why the measured run would remove it, as a code of `ExtraColumns.reasons`; -1 where it would keep it. */
  reason: Int32Array
  /** Bytes of the text (UTF-8), and its tokens, NaN where nothing counted them. */
  bytes: Float64Array
  tokens: Float64Array
  /** The same before editors changed the text. What rules remove is counted in these. */
  uneditedBytes: Float64Array
  uneditedTokens: Float64Array
  /** Row in the shard's file of `verdicts/`, and of `data/`; -1 for documents that it does not have. */
  verdictRow: Int32Array
  dataRow: Int32Array
}

/** The documents of one shard, in reading order. */
export interface Judged {
  shard: number
  size: number
  row: Int32Array
  /** Codes of names; -1 where there is none. */
  language: Int32Array
  dump: Int32Array
  arms: ArmVerdicts[]
  /** Values as asked for, NaN where not measured. */
  values: Float64Array[]
  ids: (Uint8Array | undefined)[]
  urls: (Uint8Array | undefined)[]
}

/** What to read beside the verdicts. */
export interface ExtraColumns {
  /** Measured columns, each of the run that an arm is judged by. */
  values?: readonly { arm: number; column: string }[]
  ids?: boolean
  urls?: boolean
  languages?: Names
  dumps?: Names
  reasons?: Names
}

/**
 * Decide on every document of a measurement for several arms, shard by shard. Reads verdicts only, and holds a few dozen bytes per document of a shard.
 * A document that a run could not extract is not reached by that run's arms.
 */
export async function* judge(shards: number, arms: readonly Arm[], extra: ExtraColumns = {}): AsyncGenerator<Judged> {
  const runs = [...new Set(arms.map(({ run }) => run))]
  for (let shard = 0; shard < shards; shard++) {
    const tables: RunTable[] = []
    for (const run of runs) tables.push(await readRun(run, shard, arms, extra, run === runs[0]))
    yield joined(shard, runs, tables, arms, extra)
  }
}

interface RunTable {
  row: Int32Array
  language: Int32Array
  dump: Int32Array
  arms: Map<number, ArmVerdicts>
  values: Map<number, Float64Array>
  ids: (Uint8Array | undefined)[]
  urls: (Uint8Array | undefined)[]
}

async function readRun(run: MeasuredRun, shard: number, arms: readonly Arm[], extra: ExtraColumns, isFirst: boolean): Promise<RunTable> {
  const file = await openParquet(join(run.dir, 'verdicts', `${shardName(shard)}.parquet`))
  try {
    const { row, ...sizes } = await readSizes(file)
    const reasons = extra.reasons ?? new Names()
    const reason = await readReasons(file, reasons)
    const verdicts = new Map<number, ArmVerdicts>()
    const verdictRow = Int32Array.from(row.keys())
    const dataRow = dataRowsOf(sizes.bytes)
    for (const [i, arm] of arms.entries())
      if (arm.run === run) verdicts.set(i, { ...undecided(file.rows, arm), ...sizes, reason, verdictRow, dataRow })
    const values = new Map<number, Float64Array>()
    for (const [k, { arm }] of (extra.values ?? []).entries()) if (arms[arm]!.run === run) values.set(k, missing(file.rows))
    await readMeasures(file, arms, verdicts, values, extra)
    for (const [i, verdict] of verdicts) decide(verdict, barriersBy(reasons, arms[i]!))
    return { row, arms: verdicts, values, ...(await readStrings(file, extra, isFirst)) }
  } finally {
    file.close()
  }
}

const missing = (n: number): Float64Array => new Float64Array(n).fill(Number.NaN)

/** What an arm's rules are marked in. */
function undecided(n: number, { rules }: Arm): Pick<ArmVerdicts, 'reached' | 'kept' | 'broken' | 'words'> {
  const words = Math.ceil(rules.length / 32) || 1
  return { reached: new Uint8Array(n), kept: new Uint8Array(n), broken: new Uint32Array(n * words), words }
}

/** Each document's row, bytes and tokens, after and before editing. */
async function readSizes(
  file: ParquetFile,
): Promise<Pick<ArmVerdicts, 'bytes' | 'tokens' | 'uneditedBytes' | 'uneditedTokens'> & { row: Int32Array }> {
  const row = new Int32Array(file.rows)
  const [tokens, bytes] = [missing(file.rows), missing(file.rows)]
  await file.numbers(['row', 'tokens', 'text_bytes'], (column, values, first) => {
    if (column === 'row') row.set(values, first)
    else (column === 'tokens' ? tokens : bytes).set(values, first)
  })
  const [uneditedTokens, uneditedBytes] = [tokens.slice(), bytes.slice()]
  const unedited = ['unedited_tokens', 'unedited_text_bytes'].filter((name) => file.columns.includes(name))
  await file.numbers(unedited, (column, values, first) => {
    const to = column === 'unedited_tokens' ? uneditedTokens : uneditedBytes
    for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i]!)) to[first + i] = values[i]!
  })
  return { row, tokens, bytes, uneditedTokens, uneditedBytes }
}

/** Mark broken rules and fill in the values asked for, reading each column once. */
async function readMeasures(
  file: ParquetFile,
  arms: readonly Arm[],
  verdicts: ReadonlyMap<number, ArmVerdicts>,
  valuesOf: ReadonlyMap<number, Float64Array>,
  { values: asked = [] }: ExtraColumns,
): Promise<void> {
  const columns = new Set<string>()
  for (const i of verdicts.keys()) for (const { column } of arms[i]!.rules) columns.add(column)
  for (const k of valuesOf.keys()) columns.add(asked[k]!.column)
  await file.numbers([...columns], (column, values, first) => {
    for (const [i, { broken, words, bytes }] of verdicts) {
      for (const [rule, { column: measured, bounds }] of arms[i]!.rules.entries())
        if (measured === column) markBroken(values, bounds, broken, { rule, words, first, textBytes: bytes })
    }
    for (const [k, all] of valuesOf) if (asked[k]!.column === column) all.set(values, first)
  })
}

/** The strings asked for. Ids, URLs and dumps are the same in every run, so they are read from the first. */
async function readStrings(
  file: ParquetFile,
  extra: ExtraColumns,
  isFirst: boolean,
): Promise<Pick<RunTable, 'language' | 'dump' | 'ids' | 'urls'>> {
  const found = {
    language: new Int32Array(file.rows).fill(-1),
    dump: new Int32Array(file.rows).fill(-1),
    ids: new Array<Uint8Array | undefined>(isFirst && extra.ids ? file.rows : 0),
    urls: new Array<Uint8Array | undefined>(isFirst && extra.urls ? file.rows : 0),
  }
  const columns = [
    ...(extra.languages ? ['language'] : []),
    ...(isFirst && extra.dumps ? ['dump'] : []),
    ...(isFirst && extra.ids ? ['id'] : []),
    ...(isFirst && extra.urls ? ['url'] : []),
  ]
  if (columns.length === 0) return found
  const [toLanguage, toDump] = [coder(extra.languages), coder(extra.dumps)]
  await file.strings(columns, (column, values, first) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? undefined
      if (column === 'id') found.ids[first + i] = value
      else if (column === 'url') found.urls[first + i] = value
      else if (value && column === 'language') found.language[first + i] = toLanguage(value)
      else if (value) found.dump[first + i] = toDump(value)
    }
  })
  return found
}

/**
 * Decide from the broken rules. No arm keeps a document without text; it is reached if it broke a rule before it lost its text. A barrier's removal
 * stands whatever the rules are, and only rules before the barrier have seen such a document.
 */
function decide({ reached, kept, broken, words, reason, bytes }: ArmVerdicts, barriers: ReadonlyMap<number, number>): void {
  for (let i = 0; i < kept.length; i++) {
    const before = barriers.get(reason[i]!)
    if (before !== undefined) clearFrom(broken, i * words, words, before)
    let any = 0
    for (let w = 0; w < words; w++) any |= broken[i * words + w]!
    const hasText = !Number.isNaN(bytes[i]!)
    reached[i] = hasText || any !== 0 ? 1 : 0
    kept[i] = any === 0 && hasText && before === undefined ? 1 : 0
  }
}

/** Clear the bits of this rule and all later ones. */
function clearFrom(broken: Uint32Array, at: number, words: number, rule: number): void {
  for (let w = 0; w < words; w++) {
    const first = rule - 32 * w
    if (first < 32) broken[at + w]! &= first <= 0 ? 0 : 2 ** first - 1
  }
}

/** How many of the arm's rules stand before each barrier, by the code of the barrier's reason. */
function barriersBy(names: Names, { plan, rules }: Arm): Map<number, number> {
  const before = rulesBeforeBarriers(plan, rules)
  const found = new Map<number, number>()
  for (const [code, name] of names.list.entries()) {
    const rules = before.get(name.slice(0, name.lastIndexOf('.')))
    if (rules !== undefined) found.set(code, rules)
  }
  return found
}

/** The row in `data/` of each document that has a text; -1 for the others. */
function dataRowsOf(bytes: Float64Array): Int32Array {
  const rows = new Int32Array(bytes.length)
  let at = 0
  for (let i = 0; i < rows.length; i++) rows[i] = Number.isNaN(bytes[i]!) ? -1 : at++
  return rows
}

/** Codes of values. A reader returns the same object for equal values, so most lookups need no decoding. */
function coder(names: Names | undefined): (value: Uint8Array) => number {
  const known = new Map<Uint8Array, number>()
  return (value) => {
    let code = known.get(value)
    if (code === undefined) {
      code = names!.code(cellText(value))
      if (known.size < 10_000) known.set(value, code)
    }
    return code
  }
}

/** Why the run would remove each document. */
async function readReasons(file: Pick<ParquetFile, 'rows' | 'strings'>, names: Names): Promise<Int32Array> {
  const reason = new Int32Array(file.rows).fill(-1)
  const toCode = coder(names)
  await file.strings(['reason'], (_, values, first) => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]
      if (value) reason[first + i] = toCode(value)
    }
  })
  return reason
}

/** Join the tables of all runs by row. Documents that a run lacks are not reached in it and have no values. */
function joined(
  shard: number,
  runs: readonly MeasuredRun[],
  tables: readonly RunTable[],
  arms: readonly Arm[],
  extra: ExtraColumns,
): Judged {
  const [first] = tables as [RunTable]
  const isSame = tables.every(({ row }) => row.length === first.row.length && row.every((value, i) => value === first.row[i]))
  const row = isSame ? first.row : Int32Array.from(new Set(tables.flatMap((table) => Array.from(table.row)))).sort()
  const spreads = tables.map((table) => spreadTo(row.length, isSame ? undefined : placesIn(row, table.row)))
  const runOf = (arm: number): number => runs.indexOf(arms[arm]!.run)
  return {
    shard,
    size: row.length,
    row,
    language: firstDetected(tables.map((table, t) => spreads[t]!.numbers(table.language, -1))),
    dump: spreads[0]!.numbers(first.dump, -1),
    arms: arms.map((_, i) => spreads[runOf(i)]!.verdicts(tables[runOf(i)]!.arms.get(i)!)),
    values: (extra.values ?? []).map(({ arm }, k) => spreads[runOf(arm)]!.numbers(tables[runOf(arm)]!.values.get(k)!, Number.NaN)),
    ids: spreads[0]!.strings(first.ids),
    urls: spreads[0]!.strings(first.urls),
  }
}

/** The language of each document, by the first run that detected one. */
function firstDetected([first, ...others]: readonly Int32Array[]): Int32Array {
  const language = first!.slice()
  for (const detected of others) for (let i = 0; i < detected.length; i++) if (language[i] === -1) language[i] = detected[i]!
  return language
}

/** Moves the values of a run's columns to the places of its documents among all; returns them as they are when all runs have the same documents. */
function spreadTo(size: number, places: Int32Array | undefined) {
  const numbers = <T extends Int32Array | Float64Array | Uint8Array>(column: T, empty: number): T => {
    if (!places) return column
    const to = new (column.constructor as new (n: number) => T)(size).fill(empty) as T
    for (let i = 0; i < column.length; i++) to[places[i]!] = column[i]!
    return to
  }
  const bits = (broken: Uint32Array, words: number): Uint32Array => {
    if (!places) return broken
    const to = new Uint32Array(size * words)
    for (let i = 0; i < places.length; i++) for (let w = 0; w < words; w++) to[places[i]! * words + w] = broken[i * words + w]!
    return to
  }
  const strings = (column: (Uint8Array | undefined)[]): (Uint8Array | undefined)[] => {
    if (!places || column.length === 0) return column
    const to = new Array<Uint8Array | undefined>(size)
    for (const [i, value] of column.entries()) to[places[i]!] = value
    return to
  }
  const verdicts = (of: ArmVerdicts): ArmVerdicts => ({
    reached: numbers(of.reached, 0),
    kept: numbers(of.kept, 0),
    broken: bits(of.broken, of.words),
    words: of.words,
    reason: numbers(of.reason, -1),
    bytes: numbers(of.bytes, Number.NaN),
    tokens: numbers(of.tokens, Number.NaN),
    uneditedBytes: numbers(of.uneditedBytes, Number.NaN),
    uneditedTokens: numbers(of.uneditedTokens, Number.NaN),
    verdictRow: numbers(of.verdictRow, -1),
    dataRow: numbers(of.dataRow, -1),
  })
  return { numbers, strings, verdicts }
}

/** Where each of `some`, ascending, stands in `all`, ascending. */
function placesIn(all: Int32Array, some: Int32Array): Int32Array {
  const places = new Int32Array(some.length)
  for (let i = 0, at = 0; i < some.length; i++) {
    while (all[at]! < some[i]!) at++
    places[i] = at
  }
  return places
}
