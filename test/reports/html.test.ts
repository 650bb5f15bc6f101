import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Parser } from 'htmlparser2'
import { beforeAll, describe, expect, test } from 'vitest'
import { fileFormats } from '../../src/core/file_format.ts'
import { type HtmlContent, html, page, raw, scriptJson } from '../../src/reports/html.ts'
import { harnessJson, sampled } from '../experiments/support.ts'
import { decant, fileWith, runHere, temporaryFolder } from '../support.ts'

describe('html', () => {
  test.each<[string, { toString(): string }, string]>([
    ['texts are escaped', html`<td title="${`"a'`}">${'<b>&</b>'}</td>`, '<td title="&#34;a&#39;">&#60;b&#62;&#38;&#60;/b&#62;</td>'],
    ['numbers', html`${1}${0.5}`, '10.5'],
    ['markup stays', html`<p>${html`<b>${'<'}</b>`}</p>`, '<p><b>&#60;</b></p>'],
    ['lists of markup', html`<p>${[html`<i>a</i>`, html`<i>b</i>`]}</p>`, '<p><i>a</i><i>b</i></p>'],
    ['nothing', html`${[]}${''}`, ''],
    ['our own markup', html`${raw('<br>')}`, '<br>'],
  ])('%s', (_, markup, expected) => expect(markup.toString()).toBe(expected))

  test.each([undefined, null, true, { toString: () => '<b>' }, ['<b>']])('takes nothing else: %j', (value) => {
    expect(() => html`${value as unknown as HtmlContent}`).toThrow(TypeError)
  })

  test('data in a script cannot end it', () => {
    const data = { text: '</script><!-- ]]> \u2028\u2029 & é' }
    const shown = scriptJson(data).toString()
    expect(shown).not.toMatch(/[<>&\u2028\u2029]/)
    expect(JSON.parse(shown)).toEqual(data)
  })

  test('title and lead of a page are escaped', () => {
    const text = page({ title: '<i>', lead: '</title>' }, [])
    expect(text).toContain('<h1>&#60;i&#62;</h1><p class="lead">&#60;/title&#62;</p>')
  })
})

const dir = temporaryFolder()
/** Ends what it stands in, whatever that is, and begins an element of its own. */
const evil = `"'></script></style></title></svg><x-evil onload="x">&amp;<!--\u2028`
const evilFile = `"'><x-evil onload="x">`
const evilArm = `${evilFile}a`
/** Names of pipelines have no slash. */
const evilName = `p${evil.replaceAll('/', '')}`

beforeAll(async () => {
  const documents = Array.from({ length: 60 }, (_, i) => ({
    id: `${evil}${i}`,
    url: i % 7 === 0 ? '' : `https://${i % 3}.example/${evil}`,
    text: `${evil} ${'word '.repeat(3 + (i % 30))}`,
    language: evil,
    dump: evil,
  }))
  const lines = [...documents, documents[0]].map((document) => JSON.stringify(document))
  const input = fileWith(dir, `${evilFile}.jsonl`, `${lines.join('\n')}\n{"${evil.replaceAll('"', '')}": \n`)
  const pipeline = (name: string, min: number): string =>
    fileWith(
      dir,
      `${min}.yaml`,
      `name: ${JSON.stringify(name)}\ndescription: ${JSON.stringify(evil)}\nsteps:\n  - word_count: {min: ${min}}\n  - mean_word_length\n  - exact_dedup: {by: text}\n  - token_count\n`,
    )
  await runHere(pipeline(evilName, 12), input, join(dir, 'run'))
  await runHere(pipeline(evilName, 12), input, join(dir, evilFile), { measure: true })
  const commands = [
    ['compare', evilFile, '--set', 'word_count.min=20', '--samples', '5', '--report', 'compare.html'],
    ['sweep', evilFile, 'word_count.min', '--report', 'sweep.html'],
    ['suggest', '--good', evilFile, '--bad', `${evilFile}:removed`, '--report', 'suggest.html'],
    ['results', dir, 'eval', '--report', 'results.html'],
  ]
  const arms = [evilArm, 'b', 'c']
  fileWith(dir, 'manifest.json', JSON.stringify({ format: fileFormats.sample, budget: 1e9, arms: sampled(arms, [1, 2]) }))
  mkdirSync(join(dir, 'eval'))
  for (const [i, arm] of arms.entries())
    for (const seed of [1, 2])
      fileWith(dir, `eval/results-${arm}-seed${seed}-step1.json`, harnessJson({ [evil]: 0.3 + i / 20 + seed / 90, b: 0.5 }))
  for (const command of commands) {
    const { code, stderr } = await decant(command, { cwd: dir })
    expect([command[0], code, stderr]).toEqual([command[0], 0, ''])
  }
})

test.each([
  ['run/report.html', 0],
  [`${evilFile}/report.html`, 0],
  ['compare.html', 3],
  ['sweep.html', 3],
  ['suggest.html', 3],
  ['results.html', 3],
])('names, ids, URLs and texts are text on %s', (name, scripts) => {
  const page = readFileSync(join(dir, name), 'utf8')
  const tags: string[] = []
  const attributes = new Set<string>()
  let comments = 0
  const parser = new Parser({
    onopentag: (tag, given) => {
      tags.push(tag)
      for (const attribute of Object.keys(given)) attributes.add(attribute)
    },
    oncomment: () => comments++,
  })
  parser.end(page)
  expect(page.includes('x-evil')).toBe(true)
  expect(tags).not.toContain('x-evil')
  expect([...attributes].filter((attribute) => /^on|["'<]/.test(attribute))).toEqual([])
  expect([tags.filter((tag) => tag === 'script').length, comments]).toEqual([scripts, 0])
  const [, data = '{}'] = /<script>const data = (.*)<\/script>/.exec(page) ?? []
  expect(/[<>\u2028]/.test(data)).toBe(false)
  expect(typeof JSON.parse(data)).toBe('object')
})
