import { join } from 'node:path'
import { openParquet } from '../formats/parquet_reader.ts'
import { shardName } from '../pipeline/plan.ts'

/** A column of names, few of them distinct: number of each row's name, -1 for none. */
export interface Names {
  codes: Int32Array
  names: string[]
}

/** The verdicts of a run as columns, in order of shards and rows. */
export interface VerdictTable {
  rows: number
  ids: string[]
  urls: string[]
  /** Why a document was removed, or would be; none where it was kept. */
  reasons: Names
  languages: Names
  /** Tokens are NaN where nothing counted them. */
  tokens: Float64Array
  /** Bytes of the text (UTF-8) when the verdict fell. */
  bytes: Float64Array
  /** What each step measured; NaN where it did not. */
  values: Map<string, Float64Array>
}

const decoder = new TextDecoder()
const decode = (value: unknown): string => (value instanceof Uint8Array ? decoder.decode(value) : String(value))

/** Read the verdicts of all shards; of the measured columns, the ones named. 8 bytes a value, and about 150 a document for id and address. */
export async function loadVerdicts(dir: string, shards: number, measured: readonly string[]): Promise<VerdictTable> {
  const files = Array.from({ length: shards }, (_, shard) => join(dir, 'verdicts', `${shardName(shard)}.parquet`))
  const sizes: number[] = []
  for (const path of files) {
    const file = await openParquet(path)
    sizes.push(file.rows)
    file.close()
  }
  const rows = sizes.reduce((a, b) => a + b, 0)
  const numbers = (): Float64Array => new Float64Array(rows).fill(Number.NaN)
  const table = { ids: new Array<string>(rows), urls: new Array<string>(rows), tokens: numbers(), bytes: numbers() }
  const values = new Map(measured.map((name) => [name, numbers()]))
  const [reasons, languages] = [new NameColumn(rows), new NameColumn(rows)]
  let base = 0
  for (const [i, path] of files.entries()) {
    const file = await openParquet(path)
    try {
      await file.chunks(['id', 'url', 'reason', 'language', 'tokens', 'text_bytes', ...measured], (column, chunk, firstRow) => {
        const at = base + firstRow
        if (column === 'reason' || column === 'language') (column === 'reason' ? reasons : languages).add(chunk, at)
        else if (column === 'id' || column === 'url') {
          const to = column === 'id' ? table.ids : table.urls
          for (let k = 0; k < chunk.length; k++) to[at + k] = decode(chunk[k])
        } else {
          const to = column === 'tokens' ? table.tokens : column === 'text_bytes' ? table.bytes : values.get(column)!
          for (let k = 0; k < chunk.length; k++) {
            const value = chunk[k]
            if (value !== null && value !== undefined) to[at + k] = Number(value)
          }
        }
      })
    } finally {
      file.close()
    }
    base += sizes[i]!
  }
  return { rows, ...table, reasons, languages, values }
}

class NameColumn implements Names {
  readonly codes: Int32Array
  readonly names: string[] = []
  readonly #known = new Map<string, number>()

  constructor(rows: number) {
    this.codes = new Int32Array(rows).fill(-1)
  }

  add(chunk: ArrayLike<unknown>, at: number): void {
    for (let i = 0; i < chunk.length; i++) {
      const value = chunk[i]
      if (value === null || value === undefined) continue
      const name = decode(value)
      let code = this.#known.get(name)
      if (code === undefined) {
        code = this.names.push(name) - 1
        this.#known.set(name, code)
      }
      this.codes[at + i] = code
    }
  }
}
