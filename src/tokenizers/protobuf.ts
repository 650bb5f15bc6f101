/** A field of a protocol buffer: a number (of a varint), or bytes (of anything else). */
export interface Field {
  number: number
  value: number | Uint8Array
}

/** The fields of a message, in order. Throws a RangeError when it ends within one, or holds what is no field. */
export function* fieldsOf(message: Uint8Array): Generator<Field> {
  let at = 0
  const byte = (): number => {
    if (at >= message.length) throw new RangeError('a message ends within a field')
    return message[at++]!
  }
  const varint = (): number => {
    let value = 0
    for (let scale = 1; scale < 2 ** 70; scale *= 128) {
      const next = byte()
      value += (next & 0x7f) * scale
      if (next < 0x80) return value
    }
    throw new RangeError('a number is too long')
  }
  const take = (length: number): Uint8Array => {
    if (at + length > message.length) throw new RangeError('a message ends within a field')
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const tag = varint()
    const [number, kind] = [Math.floor(tag / 8), tag % 8]
    if (kind === 0) yield { number, value: varint() }
    else if (kind === 1) yield { number, value: take(8) }
    else if (kind === 2) yield { number, value: take(varint()) }
    else if (kind === 5) yield { number, value: take(4) }
    else throw new RangeError(`a field is of kind ${kind}`)
  }
}
