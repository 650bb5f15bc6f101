import { createReadStream, existsSync, type ReadStream, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { UserError } from '../core/errors.ts'
import { ByteSource } from '../formats/byte_source.ts'
import { FileWriter } from '../formats/file_writer.ts'

/** Whether a name is standard input or a pipe: something that can be read only once. */
export function isStream(path: string): boolean {
  if (path === '-') return true
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats !== undefined && (stats.isFIFO() || stats.isCharacterDevice() || stats.isSocket())
}

/**
 * Save what comes from standard input or a pipe, since a run may read it again. Returns the file; the one that is there, if it holds the same. Pipes
 * of one command that have the same name get numbers; `taken` holds the names so far.
 */
export async function saveStream(path: string, folder: string, taken: Set<string>): Promise<string> {
  if (path === '-' && process.stdin.isTTY) throw new UserError('-i -: nothing is piped into standard input')
  const plain = path === '-' ? 'stdin' : basename(path)
  let name = plain
  for (let n = 2; taken.has(name); n++) name = `${plain}-${n}`
  taken.add(name)
  const file = join(folder, name)
  const aside = `${file}.${process.pid}.part`
  const writer = new FileWriter(aside, 1 << 20)
  const stream = path === '-' ? process.stdin : createReadStream(path)
  try {
    for await (const chunk of stream as ReadStream) writer.write(chunk as Buffer)
  } catch (error) {
    writer.discard()
    throw new UserError(`-i ${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`)
  }
  writer.close()
  if (existsSync(file) && digestOf(file) === digestOf(aside)) rmSync(aside)
  else renameSync(aside, file)
  return file
}

function digestOf(path: string): string {
  const source = new ByteSource(path)
  try {
    source.beginDigest(0, source.size)
    return source.endDigest()
  } finally {
    source.close()
  }
}
