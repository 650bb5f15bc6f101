import type { Random } from '../../fixtures/random.ts'

/** Where in a file edits are worth most, such as its headers: half of them go there. */
export type Focus = readonly (readonly [start: number, end: number])[]

const numbers = [0, 1, 2, 7, 8, 127, 128, 255, 256, 1 << 15, 65535, 1 << 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 53, -1, -2, -(2 ** 31)]

/** A few edits of bytes: bits, numbers of any width, stretches left out, repeated, or taken from another file. */
export function mutateBytes(random: Random, bytes: Buffer, { tokens = [], other = bytes, focus = [] }: ByteEdits = {}): Buffer {
  let result: Buffer = Buffer.from(bytes)
  for (let edits = random.int(1, random.pick([1, 2, 6])); edits > 0 && result.length > 0; edits--) result = editBytes(random, result)
  return result

  function editBytes(_: Random, from: Buffer): Buffer {
    const at = placeIn(random, from.length, focus)
    const end = Math.min(from.length, at + random.int(1, random.pick([4, 64, 4096])))
    const insert = (piece: Buffer): Buffer => Buffer.concat([from.subarray(0, at), piece, from.subarray(at)])
    switch (random.int(0, 8)) {
      case 0:
        from[at]! ^= 1 << random.int(0, 7)
        return from
      case 1:
        from[at] = random.int(0, 255)
        return from
      case 2:
      case 3:
        return writeNumber(random, from, at)
      case 4:
        return Buffer.concat([from.subarray(0, at), from.subarray(end)])
      case 5:
        return insert(Buffer.concat(Array.from({ length: random.pick([1, 2, 50]) }, () => from.subarray(at, end))))
      case 6: {
        const start = random.int(0, Math.max(0, other.length - 1))
        return insert(other.subarray(start, start + random.int(1, 512)))
      }
      case 7:
        return tokens.length > 0 ? insert(Buffer.from(random.pick(tokens))) : from.subarray(0, end)
      default:
        from.copy(from, at, random.int(0, from.length - 1), random.int(0, from.length))
        return from
    }
  }
}

interface ByteEdits {
  tokens?: readonly string[]
  other?: Buffer
  focus?: Focus
}

function placeIn(random: Random, length: number, focus: Focus): number {
  const [start, end] = focus.length > 0 && random.next() < 0.6 ? random.pick(focus) : [0, length]
  return Math.min(length - 1, random.int(start, Math.max(start, end - 1)))
}

function writeNumber(random: Random, bytes: Buffer, at: number): Buffer {
  const value = BigInt(random.next() < 0.2 ? bytes.length + random.int(-8, 8) : random.pick(numbers))
  const width = random.pick([1, 2, 4, 8])
  if (at + width > bytes.length) return bytes
  for (let i = 0; i < width; i++) bytes[at + i] = Number((value >> BigInt(8 * i)) & 255n)
  return bytes
}

/** A few edits of a text that is made of pieces, such as lines or tags: pieces left out, repeated, swapped, moved, or taken from elsewhere. */
export function mutatePieces(random: Random, pieces: readonly string[], tokens: readonly string[], other: readonly string[]): string[] {
  const result = [...pieces]
  for (let edits = random.int(1, random.pick([2, 8])); edits > 0; edits--) {
    const at = random.int(0, Math.max(0, result.length - 1))
    const few = random.int(1, random.pick([1, 3, 40]))
    const kind = random.int(0, 6)
    if (kind === 0) result.splice(at, few)
    else if (kind === 1) result.splice(at, 0, random.pick(tokens))
    else if (kind === 2) result.splice(at, 0, ...repeated(result.slice(at, at + few), random.int(1, 20)))
    else if (kind === 3) result.splice(random.int(0, result.length), 0, ...result.splice(at, few))
    else if (kind === 4 && other.length > 0) {
      const from = random.int(0, other.length - 1)
      result.splice(at, 0, ...other.slice(from, from + few))
    } else if (kind === 5) result.splice(at, 0, random.pick(tokens).repeat(random.pick([2, 50, 1000])))
    else result[at] = cutUp(random, result[at] ?? '')
  }
  return result
}

const repeated = <T>(items: readonly T[], times: number): T[] => Array.from({ length: times }, () => structuredClone(items)).flat()

function cutUp(random: Random, piece: string): string {
  const at = random.int(0, piece.length)
  return random.next() < 0.5 ? piece.slice(0, at) : piece.slice(0, at) + String.fromCharCode(random.int(0, 0xffff)) + piece.slice(at + 1)
}

/** What JSON cannot say, or hardly anybody writes: put into the text in place of a value. */
const odd = [
  'NaN',
  '-Infinity',
  '1e999',
  '12345678901234567890',
  '-0',
  '1.0',
  '{"__proto__":{"a":1}}',
  '"\\ud800"',
  '"\\u0000"',
  '',
  '[',
  '}',
  '['.repeat(9000),
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
]
const plainValues: readonly unknown[] = [null, true, 0, -1, 1.5, 2 ** 53, '', 'text', [], {}, [[]], 'x'.repeat(10_000)]
const oddNames = ['__proto__', 'constructor', '', 'text', 'id', 'toString', 'length', '\u0000']

/** A JSON value with a few of its parts replaced, left out, repeated, renamed or nested, as text. */
export function mutateJson(random: Random, value: unknown): string {
  let tree = structuredClone(value)
  for (let edits = random.int(1, random.pick([1, 4])); edits > 0; edits--) tree = editTree(random, tree)
  const text = JSON.stringify(tree) ?? 'null'
  return random.next() < 0.3
    ? mutateBytes(random, Buffer.from(text), { tokens: odd }).toString('utf8')
    : text.replaceAll(/"@odd (\d+)"/g, (_, i) => odd[Number(i)]!)
}

function editTree(random: Random, tree: unknown): unknown {
  const children = typeof tree === 'object' && tree !== null ? Object.keys(tree) : []
  if (children.length === 0 || random.next() < 0.1) return editedValue(random, tree)
  const holder = tree as Record<string, unknown>
  const name = random.pick(children)
  const kind = random.int(0, 9)
  if (kind === 0) {
    if (Array.isArray(tree)) tree.splice(Number(name), 1)
    else delete holder[name]
  } else if (kind === 1 && !Array.isArray(tree)) {
    Object.defineProperty(holder, random.pick(oddNames), { value: holder[name], enumerable: true, configurable: true, writable: true })
  } else if (kind === 2 && Array.isArray(tree)) tree.push(...repeated([holder[name]], random.pick([1, 3, 500])))
  else Object.defineProperty(holder, name, { value: editTree(random, holder[name]), enumerable: true, configurable: true, writable: true })
  return tree
}

function editedValue(random: Random, value: unknown): unknown {
  const kind = random.int(0, 5)
  if (kind === 0) return `@odd ${random.int(0, odd.length - 1)}`
  if (kind === 1) return [value]
  if (kind === 2) return { [random.pick(oddNames)]: value }
  if (kind === 4 && typeof value === 'number') return random.pick(numbers)
  if (kind === 4 && typeof value === 'string') return cutUp(random, value)
  return structuredClone(random.pick(plainValues))
}
