import { strip } from './python.ts'

/** What CCNet makes of punctuation (`text_normalizer.py`: UNICODE_PUNCT); "１" is among it, but a digit before that. */
const punctuation = new Map(
  Object.entries({
    '，': ',',
    '。': '.',
    '、': ',',
    '„': '"',
    '”': '"',
    '“': '"',
    '«': '"',
    '»': '"',
    '１': '"',
    '」': '"',
    '「': '"',
    '《': '"',
    '》': '"',
    '´': "'",
    '∶': ':',
    '：': ':',
    '？': '?',
    '！': '!',
    '（': '(',
    '）': ')',
    '；': ';',
    '–': '-',
    '—': ' - ',
    '．': '. ',
    '～': '~',
    '’': "'",
    '…': '...',
    '━': '-',
    '〈': '<',
    '〉': '>',
    '【': '[',
    '】': ']',
    '％': '%',
    '►': '-',
  }),
)
const marks = new RegExp(`[${[...punctuation.keys()].join('')}]`, 'g')
const controls = /[\0-\x1f\x7f-\x9f]+/g

// " Été 1984…\nОн" → "ete 0000...он"
/** CCNet's `normalize`, what its language models were trained on: lower case, no accents, digits as 0, ASCII punctuation, one line. */
export const normalizeForModel = (text: string): string =>
  strip(text)
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}+/gu, '')
    .replace(/\p{Nd}/gu, '0')
    .replace(marks, (mark) => punctuation.get(mark)!)
    .replace(controls, '')

// " 1984: Été…" → "0000: été"
/** CCNet's `normalize_for_dedup`, what its lines are compared by: lower case, digits as 0, no punctuation beyond ASCII, no control characters. */
export const normalizeForDedup = (line: string): string =>
  strip(line)
    .toLowerCase()
    .replace(/\p{Nd}/gu, '0')
    .replace(marks, '')
    .replace(controls, '')
