import type { Tally } from './comparison.ts'

/** What was compared, and by whom. */
export interface Comparison {
  peer: string
  /** Packages with their versions. */
  packages: readonly string[]
  python: { version: string; unicode: string }
  node: { version: string; unicode: string }
  texts: { count: number; bytes: number; sha256: string }
  tallies: readonly Tally[]
}

const count = (n: number): string => n.toLocaleString('en-US')

/** `bench/parity/PEER.snap`: nothing in it depends on when and where it was made. */
export function snapshot({ peer, packages, python, node, texts, tallies }: Comparison): string {
  const head = [
    ['parity', `decant and ${peer}, format 1`],
    ['packages', packages.toSorted((a, b) => Number(b.startsWith(`${peer} `)) - Number(a.startsWith(`${peer} `))).join(', ')],
    ['python', `${python.version}, Unicode ${python.unicode}`],
    ['node', `${node.version}, Unicode ${node.unicode}`],
    ['texts', `${count(texts.count)} texts, ${(texts.bytes / 1e6).toFixed(1)} MB, sha256 of ids and texts ${texts.sha256}`],
    ['command', `npm run parity -- --texts DIR --peer ${peer}`],
  ]
  const rows = tallies.map(({ check, texts, values, different, failed }) => [
    check.name,
    count(texts),
    count(values),
    count(different),
    count([...failed.values()].reduce((a, b) => a + b, 0)),
    check.about,
  ])
  const table = [['check', 'texts', 'values', 'differences', 'peer fails', 'what is compared'], ...rows]
  const widths = table[0]!.map((_, i) => Math.max(...table.map((row) => row[i]!.length)))
  const lines = [
    ...head.map(([name, value]) => `${name!.padEnd(10)}${value}`),
    '',
    ...table.map((row) => row.map((cell, i) => (i === 0 || i === 5 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')),
  ]
  for (const { check, different, failed, examples } of tallies) {
    if (different > 0) lines.push('', `${check.name}: ${examples.length} of ${count(different)} texts that differ`)
    for (const { id, at, peer, decant } of examples) lines.push(`  ${id}${at && `  ${at}`}`, `    peer    ${peer}`, `    decant  ${decant}`)
    for (const [error, texts] of failed) lines.push('', `${check.name}: the peer fails on ${count(texts)} texts: ${error}`)
  }
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}
