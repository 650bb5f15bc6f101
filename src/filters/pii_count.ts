import { filter } from '../core/filter.ts'
import { personalData } from '../text/personal_data.ts'

export default filter({
  summary: 'number of e-mail addresses, North American phone numbers and IPv4 addresses, private ones too',
  why: 'Finds pages that are directories of people. Where the addresses should go and the page stay, use an editor such as `mask_pii`.',
  source: 'Dolma (Soldaini et al. 2024, §5.3), more than 5 are too many; pii.py: pii_regex_with_counts_fast_v2',
  range: [0, Number.POSITIVE_INFINITY],
  measure: () => (doc) => doc.view(personalData).length,
  examples: [
    { text: 'Write to ann@club.example, or call (555) 010-1234 now.', value: 2 },
    { text: 'ping 10.0.0.1', value: 1 },
    // White space must follow an address, and come before a number.
    { text: '555 010 1234 ann@club.example', value: 0 },
    { text: '', value: 0 },
  ],
})
