import { afterEach, expect, test, vi } from 'vitest'
import { explainError } from '../../src/command_line/explain_error.ts'
import { planRun } from '../../src/commands/run.ts'
import { crawl, decant, fileWith, jsonShards, repository, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const page = `${crawl}CC-MAIN-20250512-00000.warc.gz`
afterEach(() => void vi.restoreAllMocks())

/** What "decant plan" says of a pipeline with these steps, without the folder. */
async function said(steps: string, settings: string[] = [], head = 'name: m\n'): Promise<string> {
  const lines: string[] = []
  vi.spyOn(console, 'error').mockImplementation((line: string) => void lines.push(line))
  const pipeline = fileWith(dir, 'm.yaml', `${head}${steps === '' ? '' : 'steps:\n'}${steps}`)
  try {
    await planRun(pipeline, { set: settings, input: [page] })
    lines.push('(nothing)')
  } catch (error) {
    lines.push(`exit ${explainError(error)}`)
  }
  return lines
    .join('\n')
    .replaceAll(`${dir}/`, '')
    .replaceAll(repository.replace(/\/*$/, '/'), '')
    .replace(/^decant: .*?(?=m\.yaml)/gm, 'decant: ')
}

fileWith(dir, 'w.txt', 'word\n')
const html = '  - extract_html\n'
test.each<[title: string, steps: string, settings?: string[], head?: string]>([
  ['a text rule before extraction', `  - word_count: { min: 50 }\n${html}`],
  ['two of them, and an editor', `  - trim_lines\n  - line_count\n${html}  - word_count\n`],
  ['rules on URLs may stand there', `  - url_word_count: { words: w.txt }\n${html}`],
  ['a share above 1', `${html}  - line_punct_ratio: { min: 12 }\n`],
  ['a share below 0', `${html}  - short_line_ratio: { max_length: 30, max: -0.1 }\n`],
  ['a negative count', `${html}  - word_count: { below: 0 }\n`],
  ['a percentage', `${html}  - line_punct_ratio: { min: "12%" }\n`],
  ['a number in words', `${html}  - word_count: { min: fifty }\n`],
  ['min above max', `${html}  - word_count: { min: 50, max: 10 }\n`],
  ['no colon', `${html}  - word_count { min: 50 }\n`],
  ['options beside their step', `${html}  - word_count:\n    min: 50\n`],
  ['options that are no map', `${html}  - word_count: 50\n`],
  ['no dash', `${html}  word_count: { min: 50 }\n`],
  ['no space after the colon', `${html}  - word_count:{ min: 50 }\n`],
  ['a tab', `${html}\t- word_count\n`],
  ['minimum', `${html}  - word_count: { minimum: 50 }\n`],
  ['an option misspelt', `${html}  - word_count: { mni: 50 }\n`],
  ['an option of another step', `${html}  - word_count: { list: x.txt }\n`],
  ['a group of rules as a step', `${html}  - gopher_quality\n`],
  ['a recipe as a step', '  - fineweb\n'],
  ['two steps misspelt', `${html}  - word_cuont: { min: 1 }\n  - line_cont\n`],
  ['several options wrong', `${html}  - word_count: { min: a }\n  - line_count: { max: b }\n  - stop_word_ratio\n`],
  ['an include that is not there', `${html}  - include: rules/gopher.yaml\n`],
  ['a list that is not there', `${html}  - stop_word_ratio: { list: words.txt }\n`],
  ['two steps of one name', `${html}  - word_count: { as: words }\n  - line_count: { as: words }\n`],
  ['a name that is no column', `${html}  - word_count: { as: My Words }\n`],
  ['a name that is a column already', `${html}  - word_count: { as: url }\n`],
  ['no extraction', '  - word_count\n'],
  ['an unknown key', '', [], 'name: m\nstep:\n  - extract_html\n'],
  ['steps that are no list', '', [], 'name: m\nsteps: extract_html\n'],
  ['--set of a step that is not there', html, ['word_count.min=5']],
  ['--set without a value', `${html}  - word_count\n`, ['word_count.min=']],
  ['a name with a path', html, [], 'name: ../m\n'],
])('%s', async (_, steps, settings, head) => {
  expect(await said(steps, settings, head)).toMatchSnapshot()
})

test('a run that keeps nothing says so last, and exits with 1; --allow-empty accepts it', async () => {
  const inputs = jsonShards(dir, [
    [
      { id: 'a', text: 'one two' },
      { id: 'b', text: 'three' },
    ],
  ])
  const pipeline = fileWith(dir, 'e.yaml', 'name: e\nsteps:\n  - read\n  - word_count: {min: 5}\n  - write\n')
  const run = (...more: string[]) => decant(['run', pipeline, '-i', ...inputs, '-o', `${dir}/e`, '-w', '0', ...more])
  const { code, stderr } = await run()
  expect([code, stderr.trim().split('\n').slice(-2)]).toEqual([
    1,
    [
      'decant: nothing is kept of 2 documents; most are removed by word_count.min (2)',
      `  hint: "decant why ${dir}/e URL" shows what became of a page; --allow-empty accepts such a run`,
    ],
  ])
  expect((await run('--allow-empty')).code).toBe(0)
})
