import { UserError } from '../../core/errors.ts'
import { fieldsOf } from '../protobuf.ts'

export const pieceTypes = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const

export interface VocabularyPiece {
  bytes: Uint8Array
  /** The higher, the more likely, or the sooner merged. */
  score: number
  type: number
}

/** What a SentencePiece model holds. */
export interface SentencePieceFile {
  kind: 'unigram' | 'bpe'
  pieces: VocabularyPiece[]
  /** Whether what no piece covers becomes a piece for each byte. */
  byteFallback: boolean
  spaceAsSuffix: boolean
  /** A trie of character sequences and what they become (`Precompiled`), or empty. */
  characterMap: Uint8Array
  addDummyPrefix: boolean
  removeExtraSpaces: boolean
  escapeSpaces: boolean
}

const kinds: Record<number, string> = { 1: 'unigram', 2: 'bpe', 3: 'word', 4: 'char' }

/** Read a `.model` file of SentencePiece (`sentencepiece_model.proto`). Throws a UserError for any other. */
export function readSentencePieceFile(bytes: Uint8Array, name: string): SentencePieceFile {
  let file: Omit<SentencePieceFile, 'kind'> & { kind: string }
  try {
    file = readModel(bytes)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new UserError(`${name} is not a SentencePiece model, or a damaged one`, `it is ${bytes.length} bytes long: ${error.message}`)
  }
  const { kind, ...rest } = file
  if (kind !== 'unigram' && kind !== 'bpe') {
    throw new UserError(`${name} is a SentencePiece model of type ${kind}`, 'models of type unigram and bpe can be read')
  }
  if (file.pieces.filter(({ type }) => type === pieceTypes.unknown).length !== 1 || file.pieces.some(({ bytes }) => bytes.length === 0)) {
    throw new UserError(`${name} is not a SentencePiece model`, 'expected one piece for what is unknown')
  }
  return { kind, ...rest }
}

function readModel(bytes: Uint8Array) {
  const file = {
    kind: 'unigram',
    pieces: [] as VocabularyPiece[],
    byteFallback: false,
    spaceAsSuffix: false,
    characterMap: new Uint8Array() as Uint8Array,
    addDummyPrefix: true,
    removeExtraSpaces: true,
    escapeSpaces: true,
  }
  for (const { number, value } of messagesOf(bytes)) {
    if (number === 1) file.pieces.push(readPiece(value))
    if (number === 2) {
      for (const field of fieldsOf(value)) {
        if (field.number === 3) file.kind = kinds[Number(field.value)] ?? String(field.value)
        if (field.number === 24) file.spaceAsSuffix = field.value !== 0
        if (field.number === 35) file.byteFallback = field.value !== 0
      }
    }
    if (number === 3) {
      for (const field of fieldsOf(value)) {
        if (field.number === 2 && typeof field.value !== 'number') file.characterMap = field.value
        if (field.number === 3) file.addDummyPrefix = field.value !== 0
        if (field.number === 4) file.removeExtraSpaces = field.value !== 0
        if (field.number === 5) file.escapeSpaces = field.value !== 0
      }
    }
  }
  return file
}

function* messagesOf(bytes: Uint8Array): Generator<{ number: number; value: Uint8Array }> {
  for (const { number, value } of fieldsOf(bytes)) {
    if (typeof value === 'number') throw new RangeError('a number stands where a message should')
    yield { number, value }
  }
}

function readPiece(bytes: Uint8Array): VocabularyPiece {
  const piece: VocabularyPiece = { bytes: new Uint8Array(), score: 0, type: pieceTypes.normal }
  for (const { number, value } of fieldsOf(bytes)) {
    if (typeof value === 'number') {
      if (number === 3) piece.type = value
    } else if (number === 1) piece.bytes = value
    else if (number === 2 && value.length === 4) piece.score = new DataView(value.buffer, value.byteOffset).getFloat32(0, true)
  }
  return piece
}
