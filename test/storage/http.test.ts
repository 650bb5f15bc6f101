import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openParquet } from '../../src/formats/parquet_reader.ts'
import { findInputs } from '../../src/inputs/find_inputs.ts'
import { limits } from '../../src/storage/limits.ts'
import { requestFrom } from '../../src/storage/stores/https.ts'
import { type Behaviour, serveFiles } from '../services/file_server.ts'
import { decant, filesBelow, fileWith, htmlResponse, jsonLines, members, random, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const files = join(dir, 'files')
/** Quick to give up, so that faults show. */
const impatient = { DECANT_TIMEOUT: '0.3', DECANT_TRIES: '4', DECANT_MAX_WAIT: '0.2' }

/** Pages with noise in comments, which gzip cannot shrink: a file of several blocks that is quickly read. */
function pages(count: number): Buffer {
  const next = random(7)
  const noise = Array.from({ length: 40_000 }, () => Math.floor(next() * 2 ** 32).toString(36)).join('')
  const page = (i: number): Buffer => htmlResponse(`page-${i}`, `<!-- ${noise.slice(i)}${noise.slice(0, i)} --><p>Page ${i}.</p>`)
  return members(Array.from({ length: count }, (_, i) => page(i))).bytes
}

const usual = { ...limits }
afterAll(() => Object.assign(limits, usual))

beforeAll(() => {
  Object.assign(limits, { tries: 3, stall: 500, wait: 200 })
  mkdirSync(files)
  fileWith(files, 'small.warc.gz', pages(1))
  fileWith(files, 'large.warc.gz', pages(60))
})

/** Located errors of a run, in the order of its splits. */
const errorsOf = (out: string): { file: string; start: number; end: number; kind: string; message: string }[] =>
  filesBelow(join(out, 'errors'))
    .sort()
    .flatMap((name) => jsonLines(readFileSync(join(out, 'errors', name), 'utf8')))

/** Rows that a run of the `raw` recipe kept, without where its files were. */
async function rowsOf(run: string): Promise<unknown[]> {
  const rows: unknown[] = []
  for (const name of filesBelow(join(run, 'data'))) {
    const file = await openParquet(join(run, 'data', name))
    for await (const batch of file.batches()) rows.push(...batch.map(({ id, text, url }) => ({ id, text, url })))
    file.close()
  }
  return rows
}

let runs = 0
async function run(inputs: string[], env: Record<string, string> = {}, more: string[] = []) {
  const out = join(dir, `run-${runs++}`)
  const result = await decant(['run', 'raw', '-i', ...inputs, '-o', out, '-w', '0', ...more], { env })
  return { out, ...result }
}

let reference: Promise<unknown[]> | undefined
const large = (): Promise<unknown[]> => (reference ??= run([join(files, 'large.warc.gz')]).then(({ out }) => rowsOf(out)))

test('servers that behave badly cost time, and no bytes', async () => {
  const behaviours: Behaviour[] = [
    { busyEvery: 4, retryAfter: 1 },
    { busyEvery: 3, cutEvery: 2, stallEvery: 4 },
    { ranges: 'ignored', cutEvery: 2 },
    { noHead: true },
    { redirects: true },
    { tags: 'changing-kind' },
    { tags: 'weak' },
  ]
  const servers = await Promise.all(behaviours.map((behaviour) => serveFiles(files, behaviour)))
  const inputs = servers.map(({ url }, i) => `${url}/${behaviours[i]!.redirects ? 'from/' : ''}large.warc.gz`)
  const { out, code, stderr } = await run(inputs, impatient, ['--split-bytes', '1GiB'])
  for (const server of servers) server.close()
  expect(stderr).not.toContain('hint')
  expect(code).toBe(0)
  const expected = await large()
  expect(await rowsOf(out)).toEqual(behaviours.flatMap(() => expected))
})

describe('what cannot be had is one located error, and is fetched when the run is started again', () => {
  test('each server costs its file alone', async () => {
    const faults: [Behaviour, RegExp][] = [
      [{ changesAt: 2 }, /the file has changed since it was listed/],
      [{ ranges: 'shifted' }, /the server sent other bytes than asked for; tried 4 times/],
      [{ ranges: 'unlabelled' }, /the server does not say which bytes it sends; tried 4 times/],
      [{ stallEvery: 1 }, /the server stopped sending; tried 4 times|tried 4 times/],
      [{ stallEvery: 1, drips: true }, /the server stopped sending; tried 4 times/],
      [{ ranges: 'ignored', endless: true }, /the server sent more bytes than the file has; tried 4 times/],
    ]
    const bad = await Promise.all(faults.map(([behaviour]) => serveFiles(files, behaviour)))
    const good = await serveFiles(files)
    const inputs = bad.map(({ url }) => `${url}/large.warc.gz`)
    const { out, code, stderr } = await run([`${good.url}/small.warc.gz`, ...inputs], impatient, ['--split-bytes', '1GiB'])
    for (const server of [...bad, good]) server.close()
    expect(code).toBe(1)
    expect(stderr).toMatch(/6 stretches of the inputs could not be fetched; the results are without them/)
    const lost = errorsOf(out)
    expect(lost.map(({ file }) => file)).toEqual([...inputs].sort())
    for (const [i, input] of inputs.entries()) expect(lost.find(({ file }) => file === input)!.message).toMatch(faults[i]![1])
  })

  test('the same command fetches what was missing', async () => {
    const out = join(dir, 'again')
    const behaviour: Behaviour = {}
    const server = await serveFiles(files, behaviour)
    const input = `${server.url}/large.warc.gz`
    behaviour.changesAt = 2
    const args = ['run', 'raw', '-i', input, '-o', out, '-w', '1']
    expect((await decant(args, { env: impatient })).code).toBe(1)
    delete behaviour.changesAt
    const { code, stdout } = await decant(args)
    server.close()
    expect(code).toBe(0)
    expect(stdout).toContain('60 records read')
    expect(await rowsOf(out)).toEqual(await large())
  })
})

test('a cache answers without the server', async () => {
  const server = await serveFiles(files)
  const cache = join(dir, 'cache')
  await run([`${server.url}/large.warc.gz`], {}, ['--cache', cache])
  const before = server.requests.filter((line) => line.startsWith('GET')).length
  const { code } = await run([`${server.url}/large.warc.gz`], {}, ['--cache', cache])
  const after = server.requests.filter((line) => line.startsWith('GET')).length
  server.close()
  expect(before).toBeGreaterThan(0)
  expect(after).toBe(before)
  expect(code).toBe(0)
  const bytes = filesBelow(cache).reduce((sum, name) => sum + readFileSync(join(cache, name)).length, 0)
  expect(bytes).toBeGreaterThan(0)
})

describe('lists', () => {
  const names = Array.from({ length: 12 }, (_, i) => `crawl-data/CC-MAIN-2025-21/segments/${i}/warc/${i}.warc.gz`)
  const root = join(dir, 'commoncrawl')

  beforeAll(() => {
    for (const [i, name] of names.entries()) {
      mkdirSync(join(root, name, '..'), { recursive: true })
      fileWith(root, name, members([htmlResponse(`page-${i}`, `<p>Page ${i} of the crawl.</p>`)]).bytes)
    }
    fileWith(root, 'warc.paths.gz', gzipSync(`${names.join('\n')}\n`))
    fileWith(root, 'reversed.paths', `# a comment\n\n${[...names].reverse().join('\n')}\n`)
  })

  test('laid out as by Common Crawl; a larger draw contains a smaller one, whatever the order of the list', async () => {
    const server = await serveFiles(root)
    const drawn: string[][] = []
    const named = (path: string): string => path.slice(server.url.length + 1)
    for (const [list, take] of [
      ['warc.paths.gz', { count: 2 }],
      ['reversed.paths', { count: 2 }],
      ['warc.paths.gz', { share: 0.5 }],
      ['warc.paths.gz', { share: 1 }],
    ] as const)
      drawn.push((await findInputs([`@${join(root, list)}`], { base: server.url, take })).map(({ path }) => named(path)))
    const { out, code } = await run([`@${server.url}/warc.paths.gz`], {}, ['--base', server.url, '--take', '2'])
    server.close()
    expect(code).toBe(0)
    expect((await rowsOf(out)).map((row) => (row as { id: string }).id)).toEqual(
      drawn[0]!.map((name) => `<urn:uuid:page-${names.indexOf(name)}>`),
    )
    const [two, twoReversed, six, all] = drawn as [string[], string[], string[], string[]]
    expect([two.length, six.length, all.length]).toEqual([2, 6, 12])
    expect(twoReversed).toEqual(two)
    expect(six).toEqual(expect.arrayContaining(two))
    // Only what was drawn was asked for.
    const asked = new Set(server.requests.filter((line) => line.includes('.warc.gz')).map((line) => line.split(' ')[1]))
    expect(asked.size).toBe(12)
  })
})

describe('an index of records', () => {
  const { bytes, starts } = members(
    Array.from({ length: 40 }, (_, i) => htmlResponse(`record-${i}`, `<p>Record ${i}. ${'x'.repeat(i * 50)}</p>`)),
  )
  const rows = starts.slice(0, -1).map((offset, i) => ({ filename: 'pages.warc.gz', offset, length: starts[i + 1]! - offset }))
  const root = join(dir, 'indexed')
  const wanted = [3, 4, 5, 30]
  beforeAll(() => {
    mkdirSync(root, { recursive: true })
    fileWith(root, 'pages.warc.gz', bytes)
  })

  test('only these records are read, neighbours in one request', async () => {
    const index = fileWith(dir, 'index.jsonl', wanted.map((i) => JSON.stringify(rows[i])).join('\n'))
    const server = await serveFiles(root)
    const { out, code } = await run([`@${index}`], {}, ['--base', server.url])
    server.close()
    expect(code).toBe(0)
    expect((await rowsOf(out)).map((row) => (row as { id: string }).id)).toEqual(wanted.map((i) => `<urn:uuid:record-${i}>`))
    expect(server.requests.filter((line) => line.startsWith('GET'))).toHaveLength(1)
  })

  test('records past the end of a file, and of files that are gone, are errors, and cost no others', async () => {
    const servers = [await serveFiles(root), await serveFiles(root, { ranges: 'ignored' })]
    const past = bytes.length + 10
    const lines = servers.flatMap(({ url }) => [`${url}/pages.warc.gz,${past},100`, `${url}/pages.warc.gz,0,${rows[0]!.length}`])
    const gone = `${servers[0]!.url}/gone.warc.gz`
    const index = fileWith(dir, 'beyond.csv', `filename,offset,length\n${[...lines, `${gone},0,100`].join('\n')}\n`)
    const { out, code } = await run([`@${index}`], impatient)
    for (const server of servers) server.close()
    expect(code).toBe(1)
    const message = 'the file ends before the bytes asked for (416)'
    const expected = [
      ...servers.map(({ url }) => ({ file: `${url}/pages.warc.gz`, start: past, end: past + 100, kind: 'unreachable', message })),
      { file: gone, start: 0, end: 100, kind: 'unreachable', message: 'no such file (404)' },
    ]
    const byFile = (a: { file: string }, b: { file: string }): number => (a.file < b.file ? -1 : 1)
    expect(errorsOf(out).sort(byFile)).toMatchObject(expected.sort(byFile))
    expect(await rowsOf(out)).toHaveLength(2)
  })
})

test('standard input is kept with the run', async () => {
  const out = join(dir, 'piped')
  const input = Buffer.from('{"text":"one"}\n{"text":"two"}\n')
  for (const reused of [false, true]) {
    const { code, stdout } = await decant(['run', 'raw', '-i', '-', '-o', out, '-w', '0'], { input })
    expect(code).toBe(0)
    expect(stdout).toContain('2 records read')
    if (reused) expect(stdout).toContain('1 of 1 task already done')
  }
  expect(readFileSync(join(out, 'inputs/stdin'))).toEqual(input)
})

describe('one clear line', () => {
  test('is what the command prints', async () => {
    const { code, stderr } = await run(['http://127.0.0.1:1/x.warc.gz'], { DECANT_TRIES: '2' })
    expect(code).toBe(2)
    expect(stderr).toBe('decant: -i http://127.0.0.1:1/x.warc.gz: the server refuses connections; tried 2 times\n')
  })

  const password = 'a URL must not hold a user or password'
  test.each<[string, string, RegExp, string?]>([
    ['a name without a server', 'https://nowhere.invalid/x.warc.gz', /no server of that name|cannot be looked up/],
    ['a scheme nobody knows', 'ftp://example.org/x', /: cannot read ftp:\/\/ URLs$/, 'schemes that work: http, https, s3, hf'],
    ['a pattern over HTTP', 'https://example.org/*.gz', /files cannot be listed over HTTP$/, 'name each file'],
    ['no bucket', 's3:///x', /^-i s3:\/\/\/x: names no bucket$/],
    ['no repository', 'hf://datasets/one', /names no repository$/],
    ['a password', 'https://me:secret@example.org/x', new RegExp(`^-i https://example.org/x: ${password}$`)],
    ['a password for a bucket', 's3://me:secret@bucket/x', new RegExp(`^-i s3://bucket/x: ${password}$`)],
  ])('%s', async (_, input, message, hint) => {
    const found = findInputs([input])
    await expect(found).rejects.toThrow(message)
    if (hint !== undefined) await expect(found).rejects.toMatchObject({ hint: expect.stringContaining(hint) })
  })

  test.each<[Behaviour, string]>([
    [{ status: 401 }, 'access is refused: the server wants credentials (401)'],
    [{ status: 403 }, 'access is refused (403)'],
    [{ status: 404 }, 'no such file (404)'],
    [{ status: 410 }, 'the file is gone (410)'],
    [{ status: 500 }, 'the server answered 500; tried 3 times'],
    [{ status: 302, location: 'file:///etc/passwd' }, 'redirects to file://'],
    [{ status: 302, location: 'http://[' }, 'redirects to what is no URL'],
    [{ status: 302, location: '/x.warc.gz' }, 'redirects lead round in circles'],
    [{ status: 101 }, 'the server wants to speak another protocol (101); tried 3 times'],
    [{ interim: true }, 'the server does not answer; tried 3 times'],
    [{ noHead: true, status: 416, size: 1000 }, 'the file ends before the bytes asked for (416)'],
    [{ noHead: true, busyEvery: 1, retryAfter: 86_400 }, 'the server is overloaded (503); it asks to wait 1440 minutes'],
    [{ noLength: true }, 'the server does not say how large the file is'],
  ])('for a server that answers %j', async (behaviour, message) => {
    const server = await serveFiles(files, behaviour)
    const found = findInputs([`${server.url}/x.warc.gz`])
    await expect(found).rejects.toMatchObject({ name: 'UserError', message: `-i ${server.url}/x.warc.gz: ${message}` })
    server.close()
  })
})

test('a password is not sent on to another host', async () => {
  const [from, to] = [await serveFiles(files), await serveFiles(files)]
  const seen = (): string => [...from.requests, ...to.requests].join()
  from.behaviour.status = 302
  from.behaviour.location = `${to.url}/small.warc.gz`
  const answer = await requestFrom(`${from.url}/x`, { headers: { authorization: 'Bearer secret' } })
  answer.discard()
  for (const server of [from, to]) server.close()
  expect(seen()).toBe('GET /x  (authorized),GET /small.warc.gz')
})

test('URLs with spaces, signs, a query, and hosts that are IPv6', async () => {
  const odd = ["a b+c'é.jsonl", '100%.jsonl', 'a#b.jsonl']
  for (const name of odd) fileWith(files, name, '{"text":"a"}\n')
  const server = await serveFiles(files, {}, '::1')
  const inputs = [`${server.url}/a b+c'é.jsonl`, `${server.url}/100%25.jsonl`, `${server.url}/a%23b.jsonl?signed=yes`]
  const found = await findInputs(inputs)
  server.close()
  expect(found.map(({ path, bytes }) => [path, bytes])).toEqual([...inputs].sort().map((path) => [path, 13]))
})
