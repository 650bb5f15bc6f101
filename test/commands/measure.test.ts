import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { measure } from '../../src/commands/measure.ts'
import { crawl, decant, fileWith, products, readJson, runHere, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
/** Two shards, both with damage in them. */
const inputs = `${crawl}CC-MAIN-*-0000{1,4}.warc.gz`
const pipeline = (name: string, steps: string): string => fileWith(dir, `${name}.yaml`, `name: ${name}\nsteps:\n${steps}`)

fileWith(dir, 'words.txt', 'list\n')

/** The same pages, read, extracted, edited and looked for duplicates in different ways. */
const pipelines = [
  pipeline('plain', '  - read\n  - extract_html\n  - detect_language\n  - word_count: {min: 50}\n  - token_count\n  - write\n'),
  pipeline(
    'deduplicated',
    '  - read\n  - url_word_count: {words: words.txt, max: 0}\n  - extract_html\n  - detect_language\n  - word_count: {min: 20}\n  - minhash_dedup: {ngram: 3}\n  - token_count\n  - mask_emails\n  - write\n',
  ),
  pipeline(
    'edited',
    '  - read\n  - extract_html\n  - trim_lines\n  - word_count\n  - drop_short_lines: {min_words: 3}\n  - removed_word_ratio: {before: word_count, max: 0.5}\n  - exact_dedup\n  - write\n',
  ),
  pipeline('all_text', '  - read: {ok_status_only: false}\n  - extract_html: {method: all_text}\n  - word_count: {min: 50}\n  - write\n'),
]
const names = ['plain', 'deduplicated', 'edited', 'all_text']

describe('one reading gives what a measured run of each pipeline gives', () => {
  const alone: Record<string, Record<string, string>> = {}
  beforeAll(async () => {
    for (const [i, path] of pipelines.entries()) {
      const out = join(dir, 'alone', names[i]!)
      await runHere(path, inputs, out, { measure: true })
      alone[names[i]!] = products(out)
    }
  })
  const together = (out: string) => Object.fromEntries(names.map((name) => [name, products(join(out, name))]))

  test('in two workers, byte for byte', async () => {
    const out = join(dir, 'together')
    const { code, stdout } = await decant(['measure', ...pipelines, '-i', inputs, '-o', out, '-w', '2'])
    expect([code, together(out)]).toEqual([0, alone])
    expect(stdout).toMatch(/\nplain +\d+ +\d+/)
  })

  test('when it is killed, and given again; and when pipelines are added', async () => {
    const out = join(dir, 'killed')
    // As left by one that was killed before it had a plan.
    mkdirSync(join(out, 'edited'), { recursive: true })
    writeFileSync(join(out, 'edited/plan.json.123.part'), '{')
    const args = ['measure', ...pipelines, '-i', inputs, '-o', out, '-w', '1']
    await decant(args, { onStart: (kill) => setTimeout(() => kill('SIGKILL'), 1500) })
    expect((await decant(args)).code).toBe(0)
    expect(together(out)).toEqual(alone)
    const added = join(dir, 'added')
    const here = { input: [inputs], output: added, workers: 0, quiet: true }
    expect([await measure([pipelines[0]!], here), await measure(pipelines.slice(1), here)]).toEqual([0, 0])
    expect(together(added)).toEqual(alone)
  })
})

interface Swept {
  standing: string[]
  kept: { documents: number }[]
}

test('what another pipeline has recorded is not read again: the same run, byte for byte', async () => {
  const out = join(dir, 'recorded')
  const steps = (url: string, words: number, dedup: string): string =>
    `  - read\n${url}  - extract_html\n  - detect_language\n  - word_count: {min: ${words}}\n  - line_punct_ratio: {min: 0.1}\n  - ${dedup}\n  - token_count\n  - write\n`
  const url = '  - url_word_count: {words: words.txt, max: 0}\n'
  await decant(['measure', pipeline('base', steps(url, 20, 'minhash_dedup: {ngram: 3}')), '-i', inputs, '-o', out, '-w', '1'])
  const variants = [pipeline('stricter', steps(url, 90, 'minhash_dedup: {ngram: 3}')), pipeline('looser', steps('', 1, 'exact_dedup'))]
  const { code, stderr } = await decant(['measure', ...variants, '-i', inputs, '-o', out, '-w', '2'])
  expect([code, stderr.match(/texts and values from \S+recorded\/base, nothing is read again/g)?.length]).toEqual([0, 2])
  for (const [i, name] of ['stricter', 'looser'].entries()) {
    await runHere(variants[i]!, inputs, join(dir, `solo-${name}`), { measure: true })
    expect(products(join(out, name))).toEqual(products(join(dir, `solo-${name}`)))
  }
  // Compare with --exact keeps what a run with the change keeps.
  const compared = await decant(['compare', out, 'base', '--set', 'word_count.min=90', '--exact', '--json', '--no-report'])
  const kept = readJson<{ records: { kept: number } }>(join(out, 'stricter/manifest.json')).records.kept
  expect((JSON.parse(compared.stdout) as { b: { kept: { documents: number }; standing: string[] } }).b).toMatchObject({
    kept: { documents: kept },
    standing: [],
  })
  // So does a sweep, and without it the note says which way its figures err.
  const swept = ['sweep', out, 'word_count.min', 'base', '--from', '20', '--to', '90', '--step', '70']
  const exact = JSON.parse((await decant([...swept, '--exact', '--json', '--no-report'])).stdout) as Swept
  const base = readJson<{ records: { kept: number } }>(join(out, 'base/manifest.json')).records.kept
  expect([exact.standing, exact.kept.map(({ documents }) => documents)]).toEqual([[], [base, kept]])
  const quick = (await decant([...swept, '--no-report'])).stdout
  expect(quick.replace(/\s+/g, ' ')).toContain(
    'note: minhash_dedup compared only what the measured bound keeps, so figures are too high where',
  )
  expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([])
  // A value that the other bound of the rule forbids is left out, and told.
  const bounded = [...swept, '--set', 'word_count.max=80', '--exact']
  const told = await decant([...bounded, '--report', join(dir, 'sweep.html')])
  const note = '1 value (90) is left out: with the upper bound of word_count, nothing would be kept'
  expect(told.stdout.replace(/\s+/g, ' ')).toContain(`note: ${note}`)
  expect(readFileSync(join(dir, 'sweep.html'), 'utf8')).toContain(note)
  expect(readJson<{ kept: { threshold: number }[]; left_out: number[] }>(join(dir, 'sweep.json'))).toMatchObject({
    kept: [{ threshold: 20 }],
    left_out: [90],
  })
})

describe('what cannot be measured is told', () => {
  test.each([
    ['two of one name', [pipelines[0]!, pipelines[0]!], 'are both named "plain"'],
    [
      'a language that the model does not know',
      [pipelines[0]!, pipeline('xx', '  - extract_html\n  - language_score: {languages: [xx], min: 0.5}\n')],
      'xx',
    ],
  ])('%s', async (name, given, message) => {
    const { code, stderr } = await decant(['measure', ...given, '-i', inputs, '-o', join(dir, name), '-w', '1'])
    expect([code, stderr.includes(message) ? message : stderr]).toEqual([2, message])
  })

  test('a folder that holds one run, or other things', async () => {
    const { stderr } = await decant(['measure', pipelines[0]!, '-i', inputs, '-o', join(dir, 'alone/plain')])
    expect(stderr).toContain('holds a run of one pipeline')
    expect((await decant(['measure', pipelines[0]!, '-i', inputs, '-o', dir])).stderr).toContain('the folder holds something else')
  })
})
