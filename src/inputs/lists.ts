import { UserError } from '../core/errors.ts'
import type { ByteSource } from '../formats/byte_source.ts'
import { detectCompression } from '../formats/detect_format.ts'
import { readLines } from '../formats/jsonl.ts'
import { isUrl } from '../storage/url.ts'

/** A name relative to a folder or URL. */
export function below(base: string | undefined, name: string): string {
  if (base === undefined || isUrl(name) || name.startsWith('/')) return name
  return `${base.replace(/\/+$/, '')}/${name.replace(/^\/+/, '')}`
}

/** The names in a list, one a line; blank lines and those that begin with # are passed over. Throws a UserError where a line cannot be read. */
export async function* namesIn(source: ByteSource): AsyncGenerator<string> {
  for await (const line of readLines(source, detectCompression(source), 1 << 20)) {
    if (line.kind === 'damage') throw new UserError(`-i @${source.path}: damaged at byte ${line.start}: ${line.message}`)
    const name = line.bytes
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .trim()
    if (name !== '' && !name.startsWith('#')) yield name
  }
}
