import { high, multiply } from './uint64.ts'

/**
 * Python's `hash` of strings and of tuples of two, as CPython 3.11 and later compute it on 64-bit machines. The low half of a hash is
 * returned, the high half is in `hashHigh` until the next call.
 */
export let hashHigh = 0

/** Key of the hash of strings: what the environment variable PYTHONHASHSEED makes of a number. */
export function hashKey(seed: number): Int32Array {
  const key = new Int32Array(4)
  if (seed === 0) return key
  const bytes = new Uint8Array(key.buffer)
  let state = seed
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 214013) + 2531011) | 0
    bytes[i] = state >>> 16
  }
  return key
}

/** `hash(text)`: SipHash-1-3 (Aumasson and Bernstein 2012) of its characters, which take 1, 2 or 4 bytes as the widest needs. */
export function hashString(text: string, key: Int32Array): number {
  hashHigh = 0
  if (text === '') return 0
  const length = layOut(text)
  return notMinusOne(sipHash(length, key))
}

let message = new Int32Array(64)
let messageBytes = new Uint8Array(message.buffer)

/** Write a string into `message` as Python holds it; returns its length in bytes. */
function layOut(text: string): number {
  if (text.length * 4 + 16 > messageBytes.length) {
    message = new Int32Array(2 ** Math.ceil(Math.log2(text.length + 4)))
    messageBytes = new Uint8Array(message.buffer)
  }
  let widest = 0
  for (let i = 0; i < text.length; i++) widest = Math.max(widest, text.codePointAt(i)!)
  const width = widest < 0x100 ? 1 : widest < 0x10000 ? 2 : 4
  let length = 0
  for (let i = 0; i < text.length; i++) {
    const character = text.codePointAt(i)!
    if (character > 0xffff) i++
    for (let byte = 0; byte < width; byte++) messageBytes[length++] = character >>> (8 * byte)
  }
  messageBytes.fill(0, length, length + 8)
  return length
}

/** v0 to v3, low half and high half. */
const state = new Int32Array(8)

function sipHash(length: number, key: Int32Array): number {
  const [low0, high0, low1, high1] = key as unknown as [number, number, number, number]
  state.set([low0 ^ 0x70736575, high0 ^ 0x736f6d65, low1 ^ 0x6e646f6d, high1 ^ 0x646f7261])
  state.set([low0 ^ 0x6e657261, high0 ^ 0x6c796765, low1 ^ 0x79746573, high1 ^ 0x74656462], 4)
  const last = length >> 3
  message[2 * last + 1] = message[2 * last + 1]! | (length << 24)
  for (let block = 0; block <= last; block++) {
    const [low, top] = [message[2 * block]!, message[2 * block + 1]!]
    state[6]! ^= low
    state[7]! ^= top
    mix()
    state[0]! ^= low
    state[1]! ^= top
  }
  state[4]! ^= 0xff
  for (let i = 0; i < 3; i++) mix()
  hashHigh = state[1]! ^ state[3]! ^ state[5]! ^ state[7]!
  return state[0]! ^ state[2]! ^ state[4]! ^ state[6]!
}

function mix(): void {
  halfMix(0, 2, 4, 6, 13, 16)
  halfMix(4, 2, 0, 6, 17, 21)
}

function halfMix(a: number, b: number, c: number, d: number, left: number, right: number): void {
  add(a, b)
  add(c, d)
  turn(b, left, a)
  turn(d, right, c)
  const low = state[a]!
  state[a] = state[a + 1]!
  state[a + 1] = low
}

/** a += b */
function add(a: number, b: number): void {
  const low = (state[a]! >>> 0) + (state[b]! >>> 0)
  state[a] = low
  state[a + 1] = state[a + 1]! + state[b + 1]! + (low > 0xffffffff ? 1 : 0)
}

/** a = (a rotated left by less than 32 bits) ^ b */
function turn(a: number, bits: number, b: number): void {
  const [low, top] = [state[a]!, state[a + 1]!]
  state[a] = ((low << bits) | (top >>> (32 - bits))) ^ state[b]!
  state[a + 1] = ((top << bits) | (low >>> (32 - bits))) ^ state[b + 1]!
}

/** -1 is an error to Python, so that no hash may be. */
const notMinusOne = (low: number): number => (low === -1 && hashHigh === -1 ? -2 : low)

const [prime1High, prime1Low] = [0x9e3779b1 | 0, 0x85ebca87 | 0]
const [prime2High, prime2Low] = [0xc2b2ae3d | 0, 0x27d4eb4f]
const [prime5High, prime5Low] = [0x27d4eb2f, 0x165667c5]
const rotation = 31

/** `hash((a, b))` of two hashes: xxHash as far as it goes. */
export function hashPair(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  const first = step(prime5High, prime5Low, aHigh, aLow)
  const second = step(stepHigh, first, bHigh, bLow)
  const low = (second >>> 0) + ((2 ^ prime5Low ^ 3527539) >>> 0)
  hashHigh = (stepHigh + prime5High + (low > 0xffffffff ? 1 : 0)) | 0
  if ((low | 0) !== -1 || hashHigh !== -1) return low | 0
  hashHigh = 0
  return 1546275796
}

let stepHigh = 0

function step(sumHigh: number, sumLow: number, laneHigh: number, laneLow: number): number {
  const added = (multiply(laneHigh, laneLow, prime2High, prime2Low) >>> 0) + (sumLow >>> 0)
  const top = (sumHigh + high + (added > 0xffffffff ? 1 : 0)) | 0
  const low = added | 0
  const result = multiply(
    (top << rotation) | (low >>> (32 - rotation)),
    (low << rotation) | (top >>> (32 - rotation)),
    prime1High,
    prime1Low,
  )
  stepHigh = high
  return result
}
