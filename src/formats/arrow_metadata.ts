/**
 * Check the FlatBuffers of an Arrow message (Message.fbs, Schema.fbs) before they are decoded: that tables and vectors lie within the message, and
 * that fields do not lead back to themselves. A decoder that believes a wrong length runs until memory ends. Fields of a schema that are run-end
 * encoded are made structs (arrow_runs.ts): returns which those are, field by field.
 */
export function checkMetadata(bytes: Uint8Array): boolean[] {
  const message = tableAt(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0)
  message.vector(4, 4)
  const kind = message.byte(1)
  const header = message.table(2)
  if (!header) return []
  if (kind === 1) return checkSchema(header)
  if (kind === 2) checkDictionary(header)
  else if (kind === 3) checkBatch(header)
  return []
}

/** The same for the footer of a file (File.fbs). Returns nothing; throws where a block lies outside of the file. */
export function checkFooter(bytes: Uint8Array, fileBytes: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const footer = tableAt(view, 0)
  const schema = footer.table(1)
  if (!schema) throw new Error('a footer without a schema')
  checkSchema(schema)
  for (const slot of [2, 3]) {
    const blocks = footer.vector(slot, 24)
    for (let at = blocks.at; at < blocks.at + 24 * blocks.length; at += 24) {
      const [offset, metadataBytes, bodyBytes] = [view.getBigInt64(at, true), view.getInt32(at + 8, true), view.getBigInt64(at + 16, true)]
      if (offset < 0n || metadataBytes < 0 || bodyBytes < 0n || offset + BigInt(metadataBytes) + bodyBytes > BigInt(fileBytes))
        throw new Error('a footer that leads out of the file')
    }
  }
}

const maxFields = 1 << 16
const maxDepth = 64

/** Types of fields, by their number in Schema.fbs. */
const structType = 13
const runType = 22

function checkSchema(schema: FlatTable): boolean[] {
  schema.vector(2, 4)
  const isRun: boolean[] = []
  const check = (owner: FlatTable, slot: number, depth: number): void => {
    const children = owner.vector(slot, 4)
    for (let i = 0; i < children.length; i++) {
      if (isRun.length >= maxFields || depth > maxDepth) throw new Error('a schema with too many fields')
      const field = owner.follow(children.at + 4 * i)
      field.vector(6, 4)
      // The name, and what makes unions and the like: all of them vectors of bytes or numbers, one level down.
      field.vector(0, 1)
      isRun.push(field.byte(2) === runType)
      if (isRun.at(-1)) field.setByte(2, structType)
      check(field, 5, depth + 1)
    }
  }
  check(schema, 1, 0)
  return isRun
}

function checkDictionary(dictionary: FlatTable): void {
  const data = dictionary.table(1)
  if (data) checkBatch(data)
}

function checkBatch(batch: FlatTable): void {
  for (const slot of [1, 2]) batch.vector(slot, 16)
  batch.vector(4, 8)
}

interface FlatTable {
  byte(slot: number): number
  setByte(slot: number, value: number): void
  table(slot: number): FlatTable | undefined
  /** Where the items of a vector begin, and how many there are. */
  vector(slot: number, itemBytes: number): { at: number; length: number }
  /** The table that an offset at a place leads to. */
  follow(at: number): FlatTable
}

/** The table that the offset at `at` leads to. */
function tableAt(view: DataView, at: number): FlatTable {
  const within = (place: number, bytes: number): number => {
    if (place < 0 || place + bytes > view.byteLength) throw new Error('metadata that lead out of their message')
    return place
  }
  const int32 = (place: number): number => view.getInt32(within(place, 4), true)
  const start = within(at + int32(at), 4)
  const layout = within(start - int32(start), 4)
  const slots = view.getUint16(layout, true)
  within(layout, slots)
  /** Where a field is; 0 when it is left out. */
  const placeOf = (slot: number): number => {
    const entry = 4 + 2 * slot
    if (entry + 2 > slots) return 0
    const offset = view.getUint16(within(layout + entry, 2), true)
    return offset === 0 ? 0 : within(start + offset, 1)
  }
  return {
    byte: (slot) => (placeOf(slot) === 0 ? 0 : view.getUint8(placeOf(slot))),
    setByte: (slot, value) => view.setUint8(placeOf(slot), value),
    table: (slot) => (placeOf(slot) === 0 ? undefined : tableAt(view, placeOf(slot))),
    vector(slot, itemBytes) {
      const place = placeOf(slot)
      if (place === 0) return { at: 0, length: 0 }
      const vector = place + int32(place)
      const length = int32(vector)
      if (length < 0) throw new Error('metadata that lead out of their message')
      within(vector + 4, length * itemBytes)
      return { at: vector + 4, length }
    },
    follow: (place) => tableAt(view, place),
  }
}
