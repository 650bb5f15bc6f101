import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compare, countValues, differenceOf, fail, newTally } from '../../bench/parity/comparison.ts'
import { type Answer, type Peer, packageNames } from '../../bench/parity/peer.ts'
import { snapshot } from '../../bench/parity/snapshot.ts'
import { repository } from '../support.ts'

const folder = join(repository, 'bench/parity')
const namesOf = (extension: string): string[] =>
  readdirSync(folder).flatMap((file) => (file.endsWith(extension) ? [file.slice(0, -extension.length)] : []))
const peers = namesOf('.py')

describe('where two answers differ', () => {
  const same: [Answer, Answer][] = [
    [null, null],
    ['a', 'a'],
    [1, 1],
    [[], []],
    [
      ['a', ['b', 2]],
      ['a', ['b', 2]],
    ],
    [
      { a: 1, b: null },
      { b: null, a: 1 },
    ],
  ]
  test.each(same)('%j and %j do not', (peer, decant) => {
    expect(differenceOf(peer, decant)).toBe(undefined)
  })

  const different: [Answer | undefined, Answer | undefined, at: string, peer: string, decant: string][] = [
    ['kept', null, '', '"kept"', 'null'],
    [1, 2, '', '1', '2'],
    [1, '1', '', '1', '"1"'],
    [true, 1, '', 'true', '1'],
    [['a', 'b'], ['a', 'c', 'd'], '[1]', '"b"', '"c"'],
    [[1, [2, 3]], [1, [2, 4]], '[1][1]', '3', '4'],
    [[], {}, '', '[]', '{}'],
    ['a', ['a'], '', '"a"', '["a"]'],
  ]
  test.each(different)('%j and %j do', (peer, decant, at, theirs, ours) => {
    expect(differenceOf(peer, decant)).toEqual({ at, peer: theirs, decant: ours })
  })

  const missing: [Answer | undefined, Answer | undefined, at: string, peer: string, decant: string][] = [
    [undefined, 'a', '', 'missing', '"a"'],
    ['a', undefined, '', '"a"', 'missing'],
    [['a'], ['a', 'b'], '[1]', 'missing', '"b"'],
    [['a', 'b'], ['a'], '[1]', '"b"', 'missing'],
    [{ a: 1 }, { a: 1, b: null }, '[b]', 'missing', 'null'],
    [{ a: 1, b: null }, { a: 1 }, '[b]', 'null', 'missing'],
  ]
  test.each(missing)('%j and %j: one lacks something', (peer, decant, at, theirs, ours) => {
    expect(differenceOf(peer, decant)).toEqual({ at, peer: theirs, decant: ours })
  })

  test('numbers may lie as far apart as the check allows', () => {
    expect(differenceOf({ en: 0.5 }, { en: 0.500004 }, 5e-6)).toBe(undefined)
    expect(differenceOf({ en: 0.5 }, { en: 0.500006 }, 5e-6)).toEqual({ at: '[en]', peer: '0.5', decant: '0.500006' })
    expect(differenceOf(0.5, 0.5000000000000001)).toBeDefined()
  })

  test('long strings are shown around the place', () => {
    const found = differenceOf(`${'a'.repeat(500)}b${'c'.repeat(500)}`, `${'a'.repeat(500)}d`)
    expect(found).toEqual({ at: '', peer: `…"${'a'.repeat(20)}b${'c'.repeat(39)}"…`, decant: `…"${'a'.repeat(20)}d"` })
  })
})

test.each<[Answer | undefined, number]>([
  [undefined, 0],
  [null, 1],
  ['text', 1],
  [[], 0],
  [['a', ['b', 'c']], 3],
  [{ a: 1, b: [2, 3] }, 3],
])('%j holds %i values', (answer, values) => {
  expect(countValues(answer)).toBe(values)
})

const about = { name: 'words', about: 'words of a text' }
const facts = {
  peer: 'some',
  packages: ['other 1.0', 'some 2.1'],
  python: { version: '3.11.7', unicode: '14.0.0' },
  node: { version: '20.19.0', unicode: '15.1' },
  texts: { count: 1234, bytes: 5_678_000, sha256: 'abc' },
}

test('texts, values, differences and failures are counted', () => {
  const tally = newTally(about)
  compare(tally, 'a', ['x'], ['x'])
  compare(tally, 'b', ['x', 'y'], ['x'])
  fail(tally, 'ValueError')
  fail(tally, 'ValueError')
  expect(tally).toMatchObject({ texts: 4, values: 3, different: 1, failed: new Map([['ValueError', 2]]) })
  for (let i = 0; i < 10; i++) compare(tally, `more ${i}`, 1, 2)
  expect(tally).toMatchObject({ different: 11, examples: { length: 5 } })
  expect(snapshot({ ...facts, tallies: [{ ...tally, examples: tally.examples.slice(0, 2) }] })).toBe(`\
parity    decant and some, format 1
packages  some 2.1, other 1.0
python    3.11.7, Unicode 14.0.0
node      20.19.0, Unicode 15.1
texts     1,234 texts, 5.7 MB, sha256 of ids and texts abc
command   npm run parity -- --texts DIR --peer some

check  texts  values  differences  peer fails  what is compared
words     14      13           11           2  words of a text

words: 2 of 11 texts that differ
  b  [1]
    peer    "y"
    decant  missing
  more 0
    peer    1
    decant  2

words: the peer fails on 2 texts: ValueError
`)
})

describe('committed results', () => {
  const head = (peer: string): RegExp =>
    new RegExp(
      [
        `^parity    decant and ${peer}, format 1`,
        `packages  ${peer} \\S+(?:, \\S+ \\S+)*`,
        'python    3\\.\\d+\\.\\d+, Unicode \\d+\\.\\d+\\.\\d+',
        'node      \\d+\\.\\d+\\.\\d+, Unicode \\d+\\.\\d+',
        'texts     [\\d,]+ texts, [\\d.]+ MB, sha256 of ids and texts [0-9a-f]{64}',
        `command   npm run parity -- --texts DIR --peer ${peer}`,
        '',
        'check +texts +values +differences +peer fails +what is compared\n',
      ].join('\n'),
    )
  const texts = new Set(namesOf('.snap').map((peer) => /^texts .*$/m.exec(readFileSync(join(folder, `${peer}.snap`), 'utf8'))?.[0]))

  test('every peer has one, and every one a peer', () => {
    expect(namesOf('.snap')).toEqual(peers)
  })

  test('all are of the same texts', () => {
    expect(texts.size).toBe(1)
  })

  test.each(peers)('%s', async (peer) => {
    expect(existsSync(join(folder, `${peer}.ts`))).toBe(true)
    const snap = readFileSync(join(folder, `${peer}.snap`), 'utf8')
    expect(snap).toMatch(head(peer))
    expect(snap).not.toMatch(/\/(?:home|root|tmp|work|Users)\//)
    const { default: pinned } = (await import(join(folder, `${peer}.ts`))) as { default: Peer }
    for (const name of [...pinned.packages, ...(pinned.withoutDependencies ?? [])]) {
      expect(name).toMatch(/^[\w-]+==[\w.]+$/)
      expect(/^packages +(.*)$/m.exec(snap)![1]!.split(', ')).toContain(name.replace('==', ' '))
    }
    if (pinned.commit === undefined) expect(packageNames(pinned)).toContain(peer)
    else expect(snap).toContain(`packages  ${peer} ${pinned.commit.slice(0, 7)}, `)
  })
})
