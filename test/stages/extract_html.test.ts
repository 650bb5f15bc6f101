import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileWith, htmlResponse, jsonLines, members, parquetRows, repository, runHere, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const lists = `${repository}pipelines/lists/`
let runs = 0

/** The one row that a page gives, and what the run says of records. */
async function extracted(html: string | Uint8Array, options: string, type?: string) {
  const pipeline = fileWith(dir, `p${runs}.yaml`, `name: one\nsteps:\n  - read\n  - extract_html: ${options}\n  - write\n`)
  const input = fileWith(dir, `i${runs}.warc.gz`, members([htmlResponse('a', html, type === undefined ? {} : { type })]).bytes)
  const out = join(dir, `run${runs++}`)
  const { manifest } = await runHere(pipeline, input, out)
  const errors = jsonLines<{ kind: string }>(readFileSync(join(out, 'errors/00000.jsonl'), 'utf8'))
  const [row] = await parquetRows(join(out, 'data/00000.parquet'))
  return { row, removed: manifest.records.removed, errors: errors.map(({ kind }) => kind) }
}

const sentence =
  'When the river rose in the spring of that year, the people of the lower town carried their furniture upstairs and waited for the water. '
const page = `<html lang="en-GB"><head><title>The flood</title><link rel=canonical href="https://example.org/flood">
  <meta property="article:published_time" content="2024-05-06"></head>
  <body><nav><a href="/">Home</a> <a href="/news">News</a></nav><p>${sentence}</p><p>${sentence.repeat(2)}</p><footer>© The Town Paper</footer></body></html>`
const [first, second] = [sentence.trim(), sentence.repeat(2).trim()]

test.each<[string, string]>([
  ['{}', `${first}\n${second}`],
  ['{method: all_text}', `The flood\nHome News\n${first}\n${second}\n© The Town Paper`],
  ['{method: justext}', `${first}\n${second}`],
  [`{method: justext, stop_words: ${lists}justext_en.txt}`, `${first}\n${second}`],
  [`{method: justext, stop_words: ${fileWith(dir, 'list.txt', 'und\noder\n')}}`, ''],
])('%s', async (options, text) => {
  expect((await extracted(page, options)).row?.['text'] ?? '').toBe(text)
})

test('code, tables and images as asked for', async () => {
  const html = `<p>${sentence}</p><pre>a\n  b</pre><table><tr><th>Year<th>Height<tr><td>1947<td>7 m</table><p>${sentence}<img alt="The river"></p>`
  const text = async (options: string) => (await extracted(html, options)).row!['text']
  expect(await text('{}')).toBe(`${first}\n\na\n  b\n\nYear | Height\n1947 | 7 m\n\n${first}`)
  expect(await text('{code: fences, tables: markdown, images: alt}')).toBe(
    `${first}\n\n\`\`\`\na\n  b\n\`\`\`\n\n| Year | Height |\n| --- | --- |\n| 1947 | 7 m |\n\n${first} The river`,
  )
})

test('a page served as XHTML is read as such', async () => {
  const xhtml = `<html><head><script src="a.js"/></head><body><p>${sentence}</p></body></html>`
  expect((await extracted(xhtml, '{}', 'application/xhtml+xml')).row!['text']).toBe(first)
})

test('what the page says of itself goes to a column where it is asked for', async () => {
  const asked = await extracted(page, '{metadata: true}')
  expect(JSON.parse(asked.row!['metadata'] as string)).toEqual({
    title: 'The flood',
    published: '2024-05-06',
    html_language: 'en-GB',
    canonical_url: 'https://example.org/flood',
  })
  expect(asked.row!['date']).toBe('2025-05-12T00:00:00Z')
  expect(Object.keys((await extracted(page, '{}')).row!)).not.toContain('metadata')
})

test('a page without text is removed, one that is too large is an error', async () => {
  expect((await extracted('<nav><a href=/>Home</a></nav>', '{}')).removed).toEqual({ 'extract_html.empty': 1 })
  expect((await extracted(page, '{max_bytes: 100}')).errors).toEqual(['page_too_large'])
})

test('stop words are for jusText', async () => {
  await expect(extracted(page, `{stop_words: ${lists}justext_en.txt}`)).rejects.toThrow('extract_html.stop_words needs "method: justext"')
})

test('the page is decoded as it says', async () => {
  const latin = Buffer.from(`<p>${'Das Hochwasser stand bis zur Tür, für drei Tage. '.repeat(5).trim()}</p>`, 'latin1')
  expect((await extracted(latin, '{}', 'text/html; charset=iso-8859-1')).row!['text']).toContain('Tür, für')
})
