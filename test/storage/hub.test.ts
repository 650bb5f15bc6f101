import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { decant, fileWith, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const commit = 'c0ffee'.padEnd(40, '0')
const files: Record<string, string> = {
  'README.md': '# A dataset\n',
  'data/train-0.jsonl': '{"text":"zero"}\n',
  'data/train-1.jsonl': '{"text":"one"}\n',
  'data/test-0.jsonl': '{"text":"test"}\n',
}
const requests: string[] = []

/** What was committed: paths with their contents, or null where a file was deleted. */
const committed: Record<string, string | null> = {}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    request.on('end', () => resolve(text))
  })
}

/** The hub's calls that are used, as its API answers them; files are served by another host, as large ones are. */
const hub = createServer(async (request, response) => {
  const [path = ''] = request.url!.split('?')
  requests.push(`${request.headers.authorization ?? 'nobody'} ${path}`)
  const json = (body: unknown): void => void response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  if (path === '/api/datasets/one/two/revision/main')
    return json({ id: '1', _id: '1', sha: commit, private: false, lastModified: '2026-01-01' })
  if (path.startsWith(`/api/datasets/one/two/tree/${commit}`))
    return json(Object.entries(files).map(([name, text]) => ({ type: 'file', path: name, size: text.length, oid: `oid of ${name}` })))
  if (path === '/api/datasets/me/set') return response.writeHead(404).end('{}')
  if (path === '/api/repos/create') return json({ url: 'https://hub/datasets/me/set', id: '1' })
  if (path === '/api/datasets/me/set/tree/main')
    return json(['data/00099.parquet', 'notes.txt'].map((name) => ({ type: 'file', path: name, size: 1, oid: name })))
  if (path === '/api/datasets/me/set/preupload/main') {
    const { files: asked } = JSON.parse(await bodyOf(request)) as { files: { path: string }[] }
    return json({ files: asked.map(({ path: name }) => ({ path: name, uploadMode: 'regular' })) })
  }
  if (path === '/api/datasets/me/set/commit/main') {
    for (const line of (await bodyOf(request)).trim().split('\n')) {
      const { key, value } = JSON.parse(line) as { key: string; value: { path: string; content: string; encoding: 'base64' } }
      if (key === 'file') committed[value.path] = Buffer.from(value.content, value.encoding).toString()
      if (key === 'deletedFile') committed[value.path] = null
    }
    return json({ success: true, commitOid: commit, commitUrl: 'https://hub/commit', hookOutput: '' })
  }
  const [, resolved] = /^\/datasets\/one\/two\/resolve\/\w+\/(.*)$/.exec(path) ?? []
  if (resolved !== undefined && files[resolved]) return void response.writeHead(302, { location: `${storage()}/${resolved}` }).end()
  response.writeHead(401).end(JSON.stringify({ error: 'Invalid username or password.' }))
})
const store = createServer((request, response) => {
  const text = files[request.url!.slice(1)]!
  requests.push(`${request.headers.authorization ?? 'nobody'} storage`)
  const [, from, to] = /bytes=(\d+)-(\d+)/.exec(request.headers.range!)!
  const part = text.slice(Number(from), Number(to) + 1)
  response
    .writeHead(206, { 'content-length': part.length, 'content-range': `bytes ${from}-${to}/${text.length}`, etag: '"of the storage"' })
    .end(part)
})
const storage = (): string => `http://localhost:${(store.address() as AddressInfo).port}`
for (const server of [hub, store]) await new Promise<void>((resolve) => server.listen(0, resolve))
afterAll(() => {
  for (const server of [hub, store]) server.close()
})
const env = { HF_ENDPOINT: `http://127.0.0.1:${(hub.address() as AddressInfo).port}`, HF_TOKEN: 'hf_secret' }

test.each([
  ['a pattern', 'hf://datasets/one/two/data/train-*.jsonl', 2],
  ['a folder', 'hf://datasets/one/two/data', 3],
  ['a whole repository, without what lies beside the data', 'hf://datasets/one/two', 3],
  ['a revision', 'hf://datasets/one/two@main/data/test-0.jsonl', 1],
])('%s', async (name, input, records) => {
  const out = join(dir, name)
  const { code, stdout, stderr } = await decant(['run', 'raw', '-i', input, '-o', out, '-w', '0'], { env })
  expect(stderr).not.toContain('hint')
  expect(code).toBe(0)
  expect(stdout).toMatch(new RegExp(`^${records} records? read`, 'm'))
})

test('the token goes to the hub alone, and into no file of the run', async () => {
  const out = join(dir, 'token')
  await decant(['run', 'raw', '-i', 'hf://datasets/one/two/data/test-0.jsonl', '-o', out, '-w', '0'], { env })
  expect(requests).toContain('Bearer hf_secret /api/datasets/one/two/revision/main')
  expect(requests).toContain('nobody storage')
  expect(requests.filter((line) => line.endsWith('storage'))).not.toContain('Bearer hf_secret storage')
  const { execFileSync } = await import('node:child_process')
  expect(execFileSync('sh', ['-c', `grep -rl hf_secret "$0" || true`, out], { encoding: 'utf8' })).toBe('')
})

test('what is private, or is not there, is one clear line', async () => {
  const { code, stderr } = await decant(['plan', 'raw', '-i', 'hf://datasets/no/body/x.jsonl'], { env })
  expect(code).toBe(2)
  expect(stderr).toBe(
    'decant: -i hf://datasets/no/body/x.jsonl: no such repository, revision or path, or access is refused (401)\n  hint: for private and gated ones, set HF_TOKEN\n',
  )
})

test('a run becomes a data set in one commit; the repository is made where there is none', async () => {
  const out = join(dir, 'published')
  const input = fileWith(dir, 'docs.jsonl', '{"text":"one","id":"1"}\n')
  const { code, stdout } = await decant(['run', 'raw', '-i', input, '-o', out, '-w', '0', '--publish', 'hf://datasets/me/set'], { env })
  expect(code).toBe(0)
  expect(stdout).toContain('→ hf://datasets/me/set')
  expect(requests).toContain('Bearer hf_secret /api/repos/create')
  expect(Object.keys(committed).sort()).toEqual([
    ...['README.md', 'data/00000.parquet', 'data/00099.parquet', 'manifest.json', 'report.html', 'verdicts/00000.parquet'],
  ])
  expect(committed['data/00099.parquet']).toBe(null)
  expect(committed['README.md']).toContain(`\ndecant run raw -i ${input} -o raw\n`)
})

test.each([
  ['no token', 'hf://datasets/me/set', { HF_TOKEN: '' }, 'no token of Hugging Face found'],
  ['a place that nobody can write to', 'https://example.org/set', {}, 'not a URL that can be written to'],
])('%s is one clear line', async (_, url, more, message) => {
  const { code, stderr } = await decant(['publish', join(dir, 'published'), url], { env: { ...env, ...more } })
  expect(code).toBe(2)
  expect(stderr).toMatch(new RegExp(`^decant: --publish ${url}: ${message}\\n`))
})
