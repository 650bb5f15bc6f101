import { Layout } from '../kernels/kernels.ts'
import { tokenizers, type WordTokenizerName } from '../text/words/word_tokenizers.ts'

/** A text as a row of words or of characters (code points). */
export interface Pieces {
  count: number
  /** 64-bit hashes of all runs of n pieces, low and high; the kernels' memory, until it is laid out again. White space between words is left out. */
  hashes(n: number): Int32Array
  /** UTF-16 offsets where a piece begins and ends. */
  start(piece: number): number
  end(piece: number): number
}

/** Tokenizers that cut a text as it is: what they find can be cut out of it. */
const rewriting = ['nltk_english', 'normalized'] as const satisfies WordTokenizerName[]
export type CuttingTokenizer = Exclude<WordTokenizerName, (typeof rewriting)[number]>
export const cuttingTokenizers = Object.keys(tokenizers).filter((name) => !(rewriting as readonly string[]).includes(name)) as [
  CuttingTokenizer,
  ...CuttingTokenizer[],
]

export const piecesBy = ({ unit, tokenizer }: { unit: 'word' | 'character'; tokenizer: CuttingTokenizer }): ((text: string) => Pieces) => {
  const tokenize = tokenizers[tokenizer]
  return unit === 'word'
    ? (text) => {
        const { offsets } = tokenize(text)
        const count = offsets.length / 2
        const join = (layout: ReturnType<typeof layOut>): void => {
          layout.write('offsets', offsets)
          layout.kernels.joinWords(layout.at.units, layout.at.offsets, count, layout.at.bytes, layout.at.starts)
        }
        return { count, hashes: (n) => hashRuns(text, count, n, 1, join), start: (i) => offsets[2 * i]!, end: (i) => offsets[2 * i + 1]! }
      }
    : (text) => {
        const starts = characterStarts(text)
        const count = starts.length - 1
        const join = (layout: ReturnType<typeof layOut>): void =>
          void layout.kernels.joinCharacters(layout.at.units, text.length, layout.at.bytes, layout.at.starts)
        return { count, hashes: (n) => hashRuns(text, count, n, 0, join), start: (i) => starts[i]!, end: (i) => starts[i + 1]! }
      }
}

const layOut = (text: string, count: number): Layout<'units' | 'offsets' | 'bytes' | 'starts' | 'hashes'> =>
  new Layout({ units: 2 * text.length, offsets: 8 * count, bytes: 3 * text.length + count, starts: 4 * (count + 1), hashes: 8 * count })

function hashRuns(text: string, count: number, n: number, gap: number, join: (layout: ReturnType<typeof layOut>) => void): Int32Array {
  const layout = layOut(text, count)
  layout.writeText('units', text)
  join(layout)
  const runs = layout.kernels.hashShingles(layout.at.bytes, layout.at.starts, count, n, gap, 0, layout.at.hashes)
  return layout.numbers('hashes', 2 * runs)
}

/** Where each code point begins, and where the last one ends. */
function characterStarts(text: string): Int32Array {
  const starts = new Int32Array(text.length + 1)
  let count = 0
  for (let at = 0; at < text.length; at += text.codePointAt(at)! > 0xffff ? 2 : 1) starts[count++] = at
  starts[count++] = text.length
  return starts.subarray(0, count)
}

/**
 * Winnowing (Schleimer et al. 2003): of every `window` hashes in a row, the place of the smallest (by its high half; of equal ones the first), each
 * place once. What is chosen in a window depends on nothing but that window, so that equal stretches have equal choices.
 */
export function* winnow(hashes: Int32Array, window: number): Generator<number> {
  const count = hashes.length / 2
  // Places whose hashes ascend: the first is the smallest of the window.
  const queue = new Int32Array(count)
  let head = 0
  let tail = 0
  let last = -1
  for (let i = 0; i < count; i++) {
    const hash = hashes[2 * i + 1]! >>> 0
    while (tail > head && hashes[2 * queue[tail - 1]! + 1]! >>> 0 > hash) tail--
    queue[tail++] = i
    if (i < window - 1) continue
    while (queue[head]! <= i - window) head++
    if (queue[head] !== last) yield (last = queue[head]!)
  }
}
