import type { Address } from './address.ts'
import { wasm } from './module.generated.ts'

/** Hot loops in WebAssembly. What each reads and writes stands beside its code in `assembly/`. */
interface Kernels {
  memory: WebAssembly.Memory
  /** Where memory is free for the caller. */
  free: WebAssembly.Global<'i32'>
  numberWords(
    units: Address,
    offsets: Address,
    count: number,
    ids: Address,
    firsts: Address,
    counts: Address,
    table: Address,
    mask: number,
  ): number
  nextLevel(
    n: number,
    positions: Address,
    groups: Address,
    counts: Address,
    size: number,
    ids: Address,
    count: number,
    positionsOut: Address,
    groupsOut: Address,
    countsOut: Address,
    firsts: Address,
    table: Address,
    mask: number,
    found: Address,
  ): void
  squeeze(
    units: Address,
    offsets: Address,
    count: number,
    squeezed: Address,
    starts: Address,
    prefixes: Address,
    repeats: Address,
    table: Address,
    mask: number,
  ): void
  greedySkipChars(
    n: number,
    count: number,
    squeezed: Address,
    starts: Address,
    before: Address,
    prefixes: Address,
    repeats: Address,
    table: Address,
    mask: number,
  ): number
  joinWords(units: Address, offsets: Address, count: number, bytes: Address, starts: Address): void
  joinCharacters(units: Address, length: number, bytes: Address, starts: Address): number
  hashShingles(bytes: Address, starts: Address, count: number, n: number, gap: number, algorithm: number, hashes: Address): number
  minhash(hashes: Address, count: number, a: Address, b: Address, size: number, signature: Address): void
  bandKeys(signature: Address, bands: number, rows: number, scope: number, keys: Address): void
  sketch(signature: Address, size: number, bytes: Address): void
  common(a: Address, aCount: number, b: Address, bCount: number): number
}

const module = new WebAssembly.Module(Buffer.from(wasm, 'base64'))
const instantiate = (): Kernels => new WebAssembly.Instance(module).exports as unknown as Kernels
let kernels = instantiate()

/** Memory that a large document has taken is given back when the next one comes that does not need it. */
const keptBytes = 64 << 20
const pageBytes = 1 << 16

/** Memory laid out for a call of a kernel, or for a few that go together: named regions, which the next layout overwrites. */
export class Layout<Name extends string> {
  static #latest: object
  readonly kernels: Kernels
  /** Address of each region. */
  readonly at: Record<Name, Address>

  /** Regions of so many bytes each; what is in them is what was there before. */
  constructor(sizes: Readonly<Record<Name, number>>) {
    const regions = Object.entries<number>(sizes) as [Name, number][]
    const total = regions.reduce((sum, [, bytes]) => sum + roomFor(bytes), 0)
    if (kernels.memory.buffer.byteLength > keptBytes && total < keptBytes / 2) kernels = instantiate()
    this.kernels = kernels
    this.at = {} as Record<Name, Address>
    let at = roomFor(kernels.free.value)
    const missing = at + total - kernels.memory.buffer.byteLength
    if (missing > 0) kernels.memory.grow(Math.ceil(missing / pageBytes))
    for (const [name, bytes] of regions) {
      this.at[name] = at
      at += roomFor(bytes)
    }
    Layout.#latest = this
  }

  /** Whether what was written here still stands. */
  get isLatest(): boolean {
    return Layout.#latest === this
  }

  writeText(region: Name, text: string): void {
    Buffer.from(this.kernels.memory.buffer, this.at[region], 2 * text.length).write(text, 'utf16le')
  }

  write(region: Name, values: Int32Array): void {
    this.numbers(region, values.length).set(values)
  }

  zero(region: Name, bytes: number): void {
    new Uint8Array(this.kernels.memory.buffer, this.at[region], bytes).fill(0)
  }

  /** A copy. */
  read(region: Name, length: number): Int32Array {
    return this.numbers(region, length).slice()
  }

  /** As they stand in memory, until the next layout. */
  numbers(region: Name, length: number): Int32Array {
    return new Int32Array(this.kernels.memory.buffer, this.at[region], length)
  }

  units(region: Name, length: number): Uint16Array {
    return new Uint16Array(this.kernels.memory.buffer, this.at[region], length)
  }
}

/** Each region begins at a multiple of 16, and has room for a load beyond its end. */
const roomFor = (bytes: number): number => Math.ceil(bytes / 16) * 16 + 16

/** Entries of a hash table that stays at most half full: a power of two. */
export function tableSize(entries: number): number {
  let size = 1 << 10
  while (size < 2 * entries) size *= 2
  return size
}
