import { z } from 'zod'
import { editor } from '../core/editor.ts'

export default editor({
  summary: 'bring characters with more than one encoding to one of them (Unicode normalization form)',
  why: 'The same word in two encodings counts as two words, and escapes deduplication and lists. NFC changes no meaning; NFKC also folds widths and superscripts.',
  source: 'Unicode Standard Annex #15; MAP-NEO (NFKC)',
  options: { form: z.enum(['NFC', 'NFD', 'NFKC', 'NFKD']).default('NFC').describe('the normalization form') },
  edit:
    ({ form }) =>
    (doc) =>
      doc.text.normalize(form),
  examples: [
    { text: 'e\u0301 ﬁ', becomes: 'é ﬁ' },
    { text: 'ﬁ ①', becomes: 'fi 1', options: { form: 'NFKC' } },
    { text: '', becomes: '' },
  ],
})
