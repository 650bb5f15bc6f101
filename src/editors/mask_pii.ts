import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { type PersonalDataKind, personalData } from '../text/personal_data.ts'

const replacement = (kind: string, fallback: string): z.ZodDefault<z.ZodString> =>
  z.string().default(fallback).describe(`what takes the place of ${kind}`)

export default editor({
  summary: 'replace e-mail addresses, North American phone numbers and IPv4 addresses, with the marks and white space around addresses',
  why: 'Masks three kinds at once with markers, as Dolma did, so that a reader sees that something was masked.',
  source: 'Dolma (Soldaini et al. 2024, §5.3); pii.py: pii_regex_with_counts_fast_v2, configs/dolma-v1_6/mixing/cc-head.yaml',
  options: {
    email: replacement('an e-mail address', ' |||EMAIL_ADDRESS||| '),
    phone: replacement('a phone number', ' |||PHONE_NUMBER||| '),
    ip: replacement('an IP address', ' |||IP_ADDRESS||| '),
  },
  edit(replacements: Record<PersonalDataKind, string>) {
    return (doc) => {
      const found = doc.view(personalData)
      if (found.length === 0) return doc.text
      const parts: string[] = []
      let at = 0
      // Of two that overlap, the one that begins first.
      for (const { kind, start, end } of [...found].sort((a, b) => a.start - b.start)) {
        if (start < at) continue
        parts.push(doc.text.slice(at, start), replacements[kind])
        at = end
      }
      return parts.join('') + doc.text.slice(at)
    }
  },
  examples: [
    { text: 'Write to (ann@club.example) please.', becomes: 'Write to |||EMAIL_ADDRESS||| please.' },
    { text: 'Call 555-010-1234 or ping 10.0.0.1', becomes: 'Call |||PHONE_NUMBER|||  or ping  |||IP_ADDRESS||| ' },
    { text: 'Call 555-010-1234', becomes: 'Call [phone]', options: { phone: ' [phone]' } },
    { text: '', becomes: '' },
  ],
})
