import type { DataType, Field, Message, MessageHeader, Schema, Vector } from 'apache-arrow'

// Run-end encoded columns, of which apache-arrow knows nothing. They are laid out as structs of their two children, but for a buffer that says
// which are valid: so they are read as such structs, with an empty buffer put in.

/** How a column is to be read: as runs, or not at all, where runs are somewhere inside it. */
export type RunColumn = 'runs' | 'unreadable'

/** What is known of a schema: which of its fields are runs, in the order of a walk that goes into each field before the next one. */
export interface RunSchema {
  schema: Schema
  isRun: readonly boolean[]
}

/** The columns of a schema that are runs, or hold some, by their place. */
export function runColumns({ schema, isRun }: RunSchema): Map<number, RunColumn> {
  const columns = new Map<number, RunColumn>()
  let at = 0
  for (const [k, field] of schema.fields.entries()) {
    const fields = countFields(field)
    const runs = isRun.slice(at, at + fields)
    if (runs.slice(1).includes(true)) columns.set(k, 'unreadable')
    else if (runs[0]) columns.set(k, 'runs')
    at += fields
  }
  return columns
}

const childrenOf = ({ type }: Field): Field[] => type.children ?? []

const countFields = (field: Field): number => childrenOf(field).reduce((sum, child) => sum + countFields(child), 1)

/** What a batch says of its buffers. */
export interface BatchBuffers {
  buffers: { offset: number; length: number }[]
  variadicBufferCounts?: number[]
}

/** Put an empty buffer into a batch for each field that is read as a struct and is none. */
export function addEmptyBuffers(
  message: Message<MessageHeader>,
  { schema, isRun }: RunSchema,
  arrow: typeof import('apache-arrow'),
): Uint8Array {
  const header = message.header()
  const { buffers, variadicBufferCounts = [] } = header as unknown as BatchBuffers
  const { DataType, Message: ArrowMessage, UnionMode } = arrow
  let [field, buffer, view] = [0, 0, 0]
  const buffersOf = (type: DataType): number => {
    if (DataType.isNull(type)) return 0
    if (DataType.isStruct(type) || DataType.isFixedSizeList(type)) return 1
    if (DataType.isUnion(type)) return type.mode === UnionMode.Dense ? 2 : 1
    if (DataType.isUtf8View(type) || DataType.isBinaryView(type)) return 2 + (variadicBufferCounts[view++] ?? 0)
    const hasOffsetsAndValues =
      DataType.isUtf8(type) || DataType.isBinary(type) || DataType.isLargeUtf8(type) || DataType.isLargeBinary(type)
    return hasOffsetsAndValues ? 3 : 2
  }
  const walk = (of: Field): void => {
    if (isRun[field]) buffers.splice(buffer, 0, { offset: 0, length: 0 })
    buffer += buffersOf(of.type)
    field++
    // What a dictionary holds is in a batch of its own.
    if (DataType.isDictionary(of.type)) field += countFields(of) - 1
    else childrenOf(of).forEach(walk)
  }
  schema.fields.forEach(walk)
  return ArrowMessage.encode(ArrowMessage.from(header as unknown as Parameters<typeof ArrowMessage.from>[0], message.bodyLength))
}

/** Values of a column of runs, each by its row. */
export function runValues(column: Vector, convert: (values: Vector, i: number) => unknown): (i: number) => unknown {
  const ends = column.getChildAt(0)!
  const values = column.getChildAt(1)!
  let run = 0
  return (i) => {
    if (run > 0 && Number(ends.get(run - 1)) > i) run = 0
    while (run < ends.length && Number(ends.get(run)) <= i) run++
    if (run >= Math.min(ends.length, values.length)) throw new Error('runs that end before their column')
    return values.isValid(run) ? convert(values, run) : null
  }
}

export const runType = (column: Vector): DataType => column.getChildAt(1)!.type
