import { editor } from '../core/editor.ts'
import { keepLines } from '../text/keep_lines.ts'

export default editor({
  summary: 'drop lines of nothing but digits (any script, superscripts and circled ones too); empty lines stay',
  why: 'Page numbers, vote counts and cells of tables end up as lines of their own; this removes them and nothing else.',
  source: 'RefinedWeb (Penedo et al. 2023, App. G.2); DCLM numeric_ratio_line_modifier (ratio above 0.999999)',
  edit: () => (doc) => keepLines(doc.text, (line) => line === '' || !digitsOnly.test(line)),
  examples: [
    { text: '12\n1,200\n٣٤\n\n 5', becomes: '1,200\n\n 5' },
    { text: '', becomes: '' },
  ],
})

/** Python's `str.isdigit`: decimal digits and what Unicode calls digits beside them. */
const digitsOnly =
  /^[\p{Nd}\xb2\xb3\xb9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}]+$/u
