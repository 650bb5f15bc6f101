import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { replaceInTurn, type Span } from '../text/replace_in_turn.ts'

const octet = '(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)'
/** Without word boundaries, as in the reference: `v1.2.3.4.5` has `1.2.3.4`. */
const address = new RegExp(`(?:${octet}\\.){3}${octet}`, 'g')

function* publicAddresses(text: string): Generator<Span> {
  for (const { 0: match, index } of text.matchAll(address)) {
    if (isPublic(match)) yield { start: index, end: index + match.length }
  }
}

/** IANA's IPv4 special-purpose registry, as Python's `ipaddress` reads it; multicast addresses are public there. */
const notPublic = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
].map((network) => {
  const [first, bits] = network.split('/') as [string, string]
  return { first: toNumber(first), size: 2 ** (32 - Number(bits)) }
})
const publicAfterAll = new Set(['192.0.0.9', '192.0.0.10'].map(toNumber))

/** Python's `is_global`; an octet with a leading zero makes no address. */
function isPublic(text: string): boolean {
  if (/(?:^|\.)0[0-9]/.test(text)) return false
  const number = toNumber(text)
  return publicAfterAll.has(number) || !notPublic.some(({ first, size }) => number >= first && number < first + size)
}

function toNumber(text: string): number {
  return text.split('.').reduce((number, part) => number * 256 + Number(part), 0)
}

export default editor({
  summary: 'replace public IPv4 addresses by ones that answered no ping, in turn',
  why: 'Keeps the sentence and takes the machine out, as FineWeb did. Private addresses, which identify nobody, stay.',
  source: 'datatrove PIIFormatter, FineWeb',
  options: {
    replacements: z
      .array(z.string())
      .nonempty()
      .default(['22.214.171.124', '126.96.36.199', '188.8.131.52', '184.108.40.206', '220.127.116.11', '18.104.22.168'])
      .describe('what takes the place of the first address of a document, the second, and so on, over and over'),
  },
  // The reference goes on in the list from one document to the next, so that its output depends on their order
  edit:
    ({ replacements }) =>
    (doc) =>
      replaceInTurn(doc.text, publicAddresses(doc.text), replacements),
  examples: [
    { text: 'The server is 8.8.4.4, the spare 192.168.0.17.', becomes: 'The server is 22.214.171.124, the spare 192.168.0.17.' },
    { text: '1.1.1.1 9.9.9.9', becomes: '22.214.171.124 126.96.36.199' },
    { text: 'version 1.2.3 or 08.8.8.8', becomes: 'version 1.2.3 or 08.8.8.8' },
    { text: '8.8.8.8', becomes: '[address]', options: { replacements: ['[address]'] } },
    { text: '', becomes: '' },
  ],
})
