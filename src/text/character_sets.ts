import { CodePointSet } from './code_point_set.ts'

/** Marks that end a sentence in any script (datatrove, `utils/text.py`: TERMINAL_PUNCTUATION). */
const terminalRanges = `
  21 2e 3f 589 61d-61f 6d4 700-702 7f9 837 839 83d-83e 964-965 104a-104b 1362 1367-1368 166e 1735-1736 17d4-17d6 17d9-17da 1803 1809
  1944-1945 1aa8-1aab 1b5a-1b5b 1b5e-1b5f 1b7d-1b7e 1c3b-1c3c 1c7e-1c7f 203c-203d 2047-2049 2e2e 2e3c 2e53-2e54 3002 a4ff a60e-a60f
  a6f3 a6f7 a876-a877 a8ce-a8cf a92f a9c8-a9c9 aa5d-aa5f aaf0-aaf1 abeb fe52 fe56-fe57 ff01 ff0e ff1f ff61 10a56-10a57 10f55-10f59
  10f86-10f89 11047-11048 110be-110c1 11141-11143 111c5-111c6 111cd 111de-111df 11238-11239 1123b-1123c 112a9 1144b-1144c
  115c2-115c3 115c9-115d7 11641-11642 1173c-1173e 11944 11946 11a42-11a43 11a9b-11a9c 11c41-11c42 11ef7-11ef8 11f43-11f44
  16a6e-16a6f 16af5 16b37-16b38 16b44 16e98 1bc9f 1da88`
export const terminalMarks = CodePointSet.fromRanges(terminalRanges)

const symbolRanges = '0-8 b-1f 7f-9f'
const symbolCharacters = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~«»´–—’“”„…∶━►、。〈〉《》「」【】！％（），．１：；？～'

/**
 * What makes a word a mere symbol when it has nothing else (datatrove, `utils/text.py`: PUNCTUATION_SET): punctuation, control characters
 * and the marks above; not ‘ • · € £ ° § ™ ©.
 */
export const symbols = CodePointSet.fromRanges(`${symbolRanges} ${terminalRanges}`).add(symbolCharacters)

/** The same in datatrove 0.2: of the marks above, only . ! ? and 。 ． ！ ？. */
export const commonSymbols = CodePointSet.fromRanges(symbolRanges).add(symbolCharacters)

/** Ideographs that are numbers: what `str.isnumeric` knows beside `\p{N}` (Unicode 14). */
export const numberIdeographs = CodePointSet.fromRanges(`
  3405 3483 382a 3b4d 4e00 4e03 4e07 4e09 4e5d 4e8c 4e94 4e96 4ebf-4ec0 4edf 4ee8 4f0d 4f70 5104 5146 5169 516b 516d 5341 5343-5345
  534c 53c1-53c4 56db 58f1 58f9 5e7a 5efe-5eff 5f0c-5f0e 5f10 62fe 634c 67d2 6f06 7396 767e 8086 842c 8cae 8cb3 8d30 9621 9646 964c
  9678 96f6 f96b f973 f978 f9b2 f9d1 f9d3 f9fd 20001 20064 200e2 20121 2092a 20983 2098c 2099c 20aea 20afd 20b19 22390 22998 23b1b
  2626d 2f890`)
