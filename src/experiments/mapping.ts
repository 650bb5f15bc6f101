import { z } from 'zod'
import { UserError } from '../core/errors.ts'
import { issueText } from '../core/issue.ts'
import { amountOf, type Mapped } from './placing.ts'

export interface MappedFile extends Mapped {
  file: string
}

const amount = z.preprocess((value) => (typeof value === 'string' ? (amountOf(value) ?? value) : value), z.number())
const row = z.strictObject({
  file: z.string(),
  arm: z.string().optional(),
  seed: amount.optional(),
  tokens: amount.optional(),
  step: amount.optional(),
})
const names = ['file', 'arm', 'seed', 'tokens', 'step']

/** A `--map` file: a JSON list of {file, arm, seed, tokens or step}, or CSV with these columns. */
export function parseMapping(path: string, text: string): MappedFile[] {
  const rows = /^\s*\[/.test(text) ? parseJson(path, text) : parseCsv(path, text)
  return rows.map(({ where, value }) => {
    const { success, data, error } = row.safeParse(value)
    if (success) return data
    throw new UserError(`${path}: ${where}: ${issueText(error, value, names)}`, `columns: ${names.join(', ')}`)
  })
}

interface MappingRow {
  where: string
  value: unknown
}

function parseJson(path: string, text: string): MappingRow[] {
  try {
    return (JSON.parse(text) as unknown[]).map((value, i) => ({ where: `entry ${i + 1}`, value }))
  } catch (error) {
    throw new UserError(`${path}: not JSON: ${(error as Error).message}`)
  }
}

/** Commas or tabs; fields in quotes may hold them. */
function parseCsv(path: string, text: string): MappingRow[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/)
  const separator = lines[0]?.includes('\t') ? '\t' : ','
  const header = fields(lines[0] ?? '', separator)
  if (!header.includes('file'))
    throw new UserError(`${path}: line 1: no column "file"`, `begin with "file,arm,seed,step"; columns: ${names.join(', ')}`)
  return lines.slice(1).flatMap((line, i) => {
    if (line.trim() === '') return []
    const values = fields(line, separator)
    const cells = header.flatMap((name, k): [string, string][] => (values[k] ? [[name, values[k]]] : []))
    return [{ where: `line ${i + 2}`, value: Object.fromEntries(cells) }]
  })
}

const fields = (line: string, separator: string): string[] =>
  [...line.matchAll(separator === '\t' ? /("(?:[^"]|"")*"|[^\t]*)(?:\t|$)/g : /("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .map(([, field]) => (field!.startsWith('"') ? field!.slice(1, -1).replaceAll('""', '"') : field!.trim()))
    .slice(0, line.split(separator).length)
