import type { FileMetaData, SchemaElement } from 'hyparquet'
import { decimal, timeOfDay } from './exact_values.ts'

/** What a value as it is stored means. */
type Meaning = (stored: unknown) => unknown

/**
 * Columns whose values the decoder would cut (decimals), leave without their unit (times), or refuse (intervals, BSON) are read as they are stored
 * and given their meaning afterwards. Returns the metadata to read with, and the meaning of values by column.
 */
export function exactTypes(metadata: FileMetaData): { metadata: FileMetaData; meanings: Map<string, Meaning> } {
  const meanings = new Map<string, Meaning>()
  const [root] = metadata.schema
  let topLevel = root?.num_children ?? 0
  let inner = 0
  const schema = metadata.schema.map((element, i) => {
    if (i === 0) return element
    const isTop = inner === 0 && topLevel-- > 0
    inner += (element.num_children ?? 0) - (inner > 0 ? 1 : 0)
    const meaning = isTop && !element.num_children ? meaningOf(element) : undefined
    if (!meaning) return element
    meanings.set(element.name, meaning)
    const { converted_type: _, logical_type: __, ...plain } = element
    return plain as SchemaElement
  })
  return { metadata: { ...metadata, schema }, meanings }
}

function meaningOf({ converted_type, logical_type, scale = 0 }: SchemaElement): Meaning | undefined {
  switch (converted_type) {
    case 'DECIMAL':
      return (stored) => decimal(integerOf(stored), scale)
    case 'TIME_MILLIS':
      return (stored) => timeOfDay(integerOf(stored), 1000n, 3)
    case 'TIME_MICROS':
      return (stored) => timeOfDay(integerOf(stored), 1_000_000n, 6)
    case 'INTERVAL':
      return (stored) => interval(stored as Uint8Array)
    case 'BSON':
      return (stored) => Buffer.from(stored as Uint8Array).toString('base64')
    default:
      if (logical_type?.type !== 'TIME') return undefined
      return (stored) => timeOfDay(integerOf(stored), 1_000_000_000n, 9)
  }
}

/** A number, or two's complement in bytes, the highest first. */
function integerOf(stored: unknown): bigint {
  if (typeof stored === 'bigint') return stored
  if (typeof stored === 'number') return BigInt(stored)
  const bytes = Buffer.from(stored as Uint8Array)
  return bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString('hex')}`))
}

/** Months, days and milliseconds, as ISO 8601 writes a duration. */
function interval(stored: Uint8Array): string {
  const bytes = Buffer.from(stored)
  const [months, days, millis] = [0, 4, 8].map((at) => bytes.readUInt32LE(at))
  return `P${months}M${days}DT${millis! / 1000}S`
}
