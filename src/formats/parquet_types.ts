import { type FileMetaData, parquetSchema, type SchemaElement, type SchemaTree } from 'hyparquet'
import { decimal, timeOfDay } from './exact_values.ts'

/** What a value as it is stored means. */
type Meaning = (stored: unknown) => unknown

/**
 * Columns whose values the decoder would cut (decimals), leave without their unit (times), or refuse (intervals, BSON), inside of lists, structs
 * and maps too, are read as they are stored and given their meaning afterwards. Returns the metadata to read with, and the meaning of values by
 * column.
 */
export function exactTypes(metadata: FileMetaData): { metadata: FileMetaData; meanings: Map<string, Meaning> } {
  const meanings = new Map<string, Meaning>()
  const stored = new Set<SchemaElement>()
  for (const column of metadata.schema.length > 0 ? parquetSchema(metadata).children : []) {
    const meaning = meaningIn(column, stored)
    if (meaning) meanings.set(column.element.name, meaning)
  }
  const schema = metadata.schema.map((element) => {
    if (!stored.has(element)) return element
    const { converted_type: _, logical_type: __, ...plain } = element
    return plain as SchemaElement
  })
  return { metadata: { ...metadata, schema }, meanings }
}

/** The meaning of a column or a part of one; undefined where it is what the decoder gives. Notes the elements that are to be read as they are. */
function meaningIn({ element, children }: SchemaTree, stored: Set<SchemaElement>): Meaning | undefined {
  if (children.length === 0) {
    const meaning = meaningOf(element)
    if (!meaning) return undefined
    stored.add(element)
    return inArrays(meaning)
  }
  const [inner] = children
  const isMap = element.converted_type === 'MAP' && children.length === 1 && inner!.children.length === 2
  if (isMap) {
    // Keys have become names.
    const value = meaningIn(inner!.children[1]!, stored)
    return value && inArrays((map) => Object.fromEntries(Object.entries(map as object).map(([key, part]) => [key, orNull(value)(part)])))
  }
  if (element.converted_type === 'LIST' && children.length === 1 && inner!.children.length < 2)
    return meaningIn(inner!.children[0] ?? inner!, stored)
  const fields = new Map<string, Meaning>()
  for (const child of children) {
    const meaning = meaningIn(child, stored)
    if (meaning) fields.set(child.element.name, orNull(meaning))
  }
  if (fields.size === 0) return undefined
  return inArrays((struct) =>
    Object.fromEntries(Object.entries(struct as object).map(([name, part]) => [name, fields.get(name)?.(part) ?? part])),
  )
}

const orNull =
  (meaning: Meaning): Meaning =>
  (stored) =>
    stored === null || stored === undefined ? stored : meaning(stored)

/** Lists are arrays by now, of values or of lists. */
function inArrays(meaning: Meaning): Meaning {
  const read: Meaning = (stored) => (Array.isArray(stored) ? stored.map(orNull(read)) : meaning(stored))
  return read
}

/** Units in a second, and the decimals of one. */
const timeUnits: Record<'MILLIS' | 'MICROS' | 'NANOS', [perSecond: bigint, digits: number]> = {
  MILLIS: [1000n, 3],
  MICROS: [1_000_000n, 6],
  NANOS: [1_000_000_000n, 9],
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
      return (stored) => timeOfDay(integerOf(stored), ...(timeUnits[logical_type.unit] ?? timeUnits.NANOS))
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
