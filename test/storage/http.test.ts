import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { openParquet } from '../../src/formats/parquet_reader.ts'
import { type Behaviour, serveFiles } from '../services/file_server.ts'
import { decant, filesBelow, fileWith, htmlResponse, members, random, temporaryFolder } from '../support.ts'

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

beforeAll(() => {
  mkdirSync(files)
  fileWith(files, 'small.warc.gz', pages(1))
  fileWith(files, 'large.warc.gz', pages(60))
})

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

describe('a server that behaves badly costs time, and no bytes', () => {
  test.each<[string, Behaviour]>([
    ['busy, and says for how long', { busyEvery: 4, retryAfter: 1 }],
    ['busy, cuts and stops', { busyEvery: 3, cutEvery: 2, stallEvery: 4 }],
    ['knows no ranges, and cuts', { ranges: 'ignored', cutEvery: 2 }],
    ['knows no HEAD', { noHead: true }],
  ])('%s', async (_, behaviour) => {
    const server = await serveFiles(files, behaviour)
    const { out, code, stderr } = await run([`${server.url}/large.warc.gz`], impatient)
    server.close()
    expect(stderr).not.toContain('hint')
    expect(code).toBe(0)
    expect(await rowsOf(out)).toEqual(await large())
  })

  test('redirects are followed', async () => {
    const server = await serveFiles(files, { redirects: true })
    const { out, code } = await run([`${server.url}/from/large.warc.gz`])
    server.close()
    expect(code).toBe(0)
    expect(await rowsOf(out)).toHaveLength(60)
  })
})

describe('what cannot be had is one located error, and is fetched when the run is started again', () => {
  test.each<[string, Behaviour, RegExp]>([
    ['changes midway', { changesAt: 2 }, /the file has changed since it was listed/],
    ['lies about ranges', { ranges: 'shifted' }, /the server sent other bytes than asked for; tried 4 times/],
    ['does not say which bytes it sends', { ranges: 'unlabelled' }, /the server does not say which bytes it sends; tried 4 times/],
    ['goes on with a byte now and then', { stallEvery: 1, drips: true }, /the server stopped sending; tried 4 times|tried 4 times/],
    ['never sends more than half', { stallEvery: 1 }, /the server stopped sending; tried 4 times|tried 4 times/],
  ])('%s', async (_, behaviour, message) => {
    const bad = await serveFiles(files, behaviour)
    const good = await serveFiles(files)
    const inputs = [`${good.url}/small.warc.gz`, `${bad.url}/large.warc.gz`]
    const { out, code, stderr } = await run(inputs, impatient, ['--split-bytes', '1GiB'])
    bad.close()
    good.close()
    expect(code).toBe(1)
    expect(stderr).toMatch(/1 stretch of the inputs could not be fetched; the results are without it/)
    const errors = filesBelow(join(out, 'errors')).flatMap((name) => readFileSync(join(out, 'errors', name), 'utf8').split('\n'))
    const lost = errors.filter((line) => line.includes('"unreachable"')).map((line) => JSON.parse(line))
    expect(lost).toHaveLength(1)
    expect(lost[0].file).toBe(inputs[1])
    expect(lost[0].message).toMatch(message)
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
    for (const [list, take] of [
      [`${server.url}/warc.paths.gz`, '2'],
      [join(root, 'reversed.paths'), '2'],
      [join(root, 'warc.paths.gz'), '50%'],
      [`${server.url}/warc.paths.gz`, '100%'],
    ] as const) {
      const { out, code } = await run([`@${list}`], {}, ['--base', server.url, '--take', take])
      expect(code).toBe(0)
      drawn.push((await rowsOf(out)).map((row) => (row as { id: string }).id))
    }
    server.close()
    const [two, twoReversed, six, all] = drawn as [string[], string[], string[], string[]]
    expect([two.length, six.length, all.length]).toEqual([2, 6, 12])
    expect(twoReversed).toEqual(two)
    expect(six).toEqual(expect.arrayContaining(two))
    // Only what was drawn was asked for.
    const asked = new Set(server.requests.filter((line) => line.includes('.warc.gz')).map((line) => line.split(' ')[1]))
    expect(asked.size).toBe(12)
  })

  test('a list that names what is not there', async () => {
    const list = fileWith(dir, 'wrong.paths', 'nowhere.warc.gz\n')
    const { code, stderr } = await run([`@${list}`])
    expect(code).toBe(2)
    expect(stderr).toContain(`-i @${list}: lists nowhere.warc.gz, which does not exist`)
  })
})

describe('an index of records', () => {
  const { bytes, starts } = members(
    Array.from({ length: 40 }, (_, i) => htmlResponse(`record-${i}`, `<p>Record ${i}. ${'x'.repeat(i * 50)}</p>`)),
  )
  const rows = starts.slice(0, -1).map((offset, i) => ({ filename: 'pages.warc.gz', offset, length: starts[i + 1]! - offset }))
  const root = join(dir, 'indexed')
  const wanted = [3, 4, 5, 30]
  const tables: [string, string][] = [
    [
      'csv',
      `url,warc_filename,warc_record_offset,warc_record_length\n${wanted.map((i) => `"https://a.example/?a,b",${Object.values(rows[i]!).join(',')}`).join('\n')}\n`,
    ],
    ['jsonl', wanted.map((i) => JSON.stringify({ ...rows[i], offset: String(rows[i]!.offset) })).join('\n')],
    ['cdxj', wanted.map((i) => `com,example)/${i} 20250512000000 ${JSON.stringify(rows[i])}`).join('\n')],
  ]

  beforeAll(() => {
    mkdirSync(root, { recursive: true })
    fileWith(root, 'pages.warc.gz', bytes)
  })

  test.each(tables)('%s: only these records are read, neighbours in one request', async (kind, table) => {
    const index = fileWith(dir, `index.${kind}`, table)
    const server = await serveFiles(root)
    const { out, code } = await run([`@${index}`], {}, ['--base', server.url])
    server.close()
    expect(code).toBe(0)
    expect((await rowsOf(out)).map((row) => (row as { id: string }).id)).toEqual(wanted.map((i) => `<urn:uuid:record-${i}>`))
    expect(server.requests.filter((line) => line.startsWith('GET'))).toHaveLength(1)
  })

  test.each<[string, Behaviour]>([
    ['a server with ranges', {}],
    ['a server without', { ranges: 'ignored' }],
  ])('records past the end of the file are errors: %s', async (_, behaviour) => {
    const index = fileWith(
      dir,
      'beyond.csv',
      `filename,offset,length\npages.warc.gz,${bytes.length + 10},100\n${Object.values(rows[0]!).join(',')}\n`,
    )
    const server = await serveFiles(root, behaviour)
    const { out, code } = await run([`@${index}`], impatient, ['--base', server.url])
    server.close()
    expect(code).toBe(1)
    const [error] = readFileSync(join(out, 'errors/00000.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(error).toMatchObject({
      kind: 'unreachable',
      start: bytes.length + 10,
      message: 'the file ends before the bytes asked for (416)',
    })
    expect(await rowsOf(out)).toHaveLength(1)
  })

  test('a file that is gone costs its records', async () => {
    const index = fileWith(dir, 'gone.csv', `filename,offset,length\n${Object.values(rows[0]!).join(',')}\ngone.warc.gz,0,100\n`)
    const server = await serveFiles(root)
    const { out, code } = await run([`@${index}`], impatient, ['--base', server.url])
    server.close()
    expect(code).toBe(1)
    const [error] = readFileSync(join(out, 'errors/00000.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(error).toMatchObject({
      kind: 'unreachable',
      file: `${server.url}/gone.warc.gz`,
      start: 0,
      end: 100,
      message: 'no such file (404)',
    })
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

test.each([
  [
    'a server that is not there',
    'http://127.0.0.1:1/x.warc.gz',
    /-i http:\/\/127.0.0.1:1\/x.warc.gz: the server refuses connections; tried 2 times/,
  ],
  [
    'a name without a server',
    'https://nowhere.invalid/x.warc.gz',
    /-i https:\/\/nowhere.invalid\/x.warc.gz: no server of that name|cannot be looked up/,
  ],
  [
    'a scheme nobody knows',
    'ftp://example.org/x',
    /-i ftp:\/\/example.org\/x: cannot read ftp:\/\/ URLs\n\s+hint: schemes that work: http, https, s3, hf/,
  ],
  ['a pattern over HTTP', 'https://example.org/*.gz', /files cannot be listed over HTTP\n\s+hint: name each file/],
  ['no bucket', 's3:///x', /-i s3:\/\/\/x: names no bucket/],
  ['no repository', 'hf://datasets/one', /names no repository/],
])('%s is one clear line', async (_, input, message) => {
  const { code, stderr } = await run([input], { DECANT_TRIES: '2', DECANT_TIMEOUT: '2' })
  expect(code).toBe(2)
  expect(stderr).toMatch(message)
})

test('a server that asks to wait for a day is not waited for', async () => {
  const server = await serveFiles(files, { busyEvery: 1, retryAfter: 86_400 })
  const { code, stderr } = await run([`${server.url}/small.warc.gz`])
  server.close()
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/the server is overloaded \(503\); it asks to wait 1440 minutes\n {2}hint: run the same/),
  ])
})

test.each([401, 403, 404, 410, 500])('status %d is one clear line', async (status) => {
  const server = await serveFiles(files, { status })
  const { code, stderr } = await run([`${server.url}/x.warc.gz`], { DECANT_TRIES: '2' })
  server.close()
  expect(code).toBe(2)
  expect(stderr).toMatch(new RegExp(`^decant: -i ${server.url}/x.warc.gz: .*${status}`))
})
