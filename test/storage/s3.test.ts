import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '../../src/core/hash.ts'
import { findInputs } from '../../src/inputs/find_inputs.ts'
import { findFiles } from '../../src/storage/fetching.ts'
import { crawl, decant, fileWith, products, repository, temporaryFolder } from '../support.ts'

// The SDK's advice on versions of Node is not about these tests.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'

const dir = temporaryFolder()
const service = join(dir, 's3')
const script = join(repository, 'test/services/s3.sh')
/** So that two suites can run at once. */
const port = 24_000 + (process.pid % 80) * 100
const env = {
  S3_TEST_PORT: String(port),
  AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
  AWS_ACCESS_KEY_ID: 'testkey',
  AWS_SECRET_ACCESS_KEY: 'testsecret',
  AWS_EC2_METADATA_DISABLED: 'true',
  DECANT_TRIES: '3',
}

/** Why there is no S3 server here; '' once it runs. */
function startServer(): string {
  const missing = ['ceph-mon', 'ceph-osd', 'radosgw', 'ceph'].filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0)
  if (missing.length > 0) return `${missing.join(', ')} not installed (apt-get install radosgw ceph-mon ceph-osd ceph-common)`
  const { status, stderr } = spawnSync(script, ['up', service], { env: { ...process.env, ...env }, encoding: 'utf8', timeout: 120_000 })
  return status === 0 ? '' : stderr || 'it did not start in time'
}
Object.assign(process.env, env)
const problem = startServer()
if (problem !== '') console.warn(`The tests of S3 are skipped: ${problem}`)
afterAll(() => void spawnSync(script, ['down', service], { env: { ...process.env, ...env } }))

describe.skipIf(problem !== '')('with a real S3 server', () => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_ENDPOINT_URL: endpoint } = env
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } })

  beforeAll(async () => {
    await client.send(new CreateBucketCommand({ Bucket: 'test' }))
    for (const name of readdirSync(crawl)) {
      const Body = readFileSync(join(crawl, name))
      await client.send(new PutObjectCommand({ Bucket: 'test', Key: `crawl/${name}`, Body, ContentLength: Body.length }))
    }
  })

  const args = (input: string, out: string) => ['run', 'fineweb', '-i', input, '-o', out, '-w', '1', '--split-bytes', '150kB']

  test('a run on objects gives what a run on files gives', async () => {
    const [local, remote] = [join(dir, 'local'), join(dir, 'remote')]
    expect((await decant(args(`${crawl}*-0000[34].warc.gz`, local))).code).toBe(0)
    const { code, stderr } = await decant(args('s3://test/crawl/*-0000[34].warc.gz', remote), { env })
    expect(stderr).not.toContain('Warning')
    expect(code).toBe(0)
    const [expected, got] = [products(local), products(remote)]
    const told = (all: Record<string, string>) =>
      // Documents carry the name of their file, errors and the manifest too.
      Object.fromEntries(Object.entries(all).filter(([path]) => /^(verdicts|duplicates)\//.test(path)))
    expect(Object.keys(got)).toEqual(Object.keys(expected))
    expect(told(got)).toEqual(told(expected))
  })

  test('the same command reads nothing again', async () => {
    const { code, stdout } = await decant(args('s3://test/crawl/*-0000[34].warc.gz', join(dir, 'remote')), { env })
    expect(code).toBe(0)
    expect(stdout).toMatch(/(\d+) of \1 tasks already done/)
  })

  /** What is stored below a prefix, by key. */
  async function stored(prefix: string): Promise<Map<string, Buffer>> {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: 'test', Prefix: prefix }))
    const all = new Map<string, Buffer>()
    for (const { Key } of Contents) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: 'test', Key }))
      all.set(Key!.slice(prefix.length), Buffer.from(await Body!.transformToByteArray()))
    }
    return all
  }

  const pipeline = fileWith(
    dir,
    'p.yaml',
    'name: stored\nsteps:\n  - extract_html\n  - char_count: {min: 100}\n  - minhash_dedup: {partitions: 2}\n  - word_count: {min: 20}\n',
  )
  const input = ['-i', 's3://test/crawl/*-0000[234].warc.gz', '--split-bytes', '250kB']
  const isProduct = (path: string): boolean => /^(data|verdicts|duplicates|errors)\/|^manifest.json$/.test(path)
  const productsOf = async (prefix: string) =>
    Object.fromEntries([...(await stored(prefix))].filter(([path]) => isProduct(path)).map(([path, bytes]) => [path, sha256(bytes)]))

  test('a run folder in S3 holds what a local one holds, and the same command finds it done', async () => {
    const local = join(dir, 'as-local')
    expect((await decant(['run', pipeline, ...input, '-o', local, '-w', '0'], { env })).code).toBe(0)
    const there = ['run', pipeline, ...input, '-o', 's3://test/runs/one', '-w', '1']
    const { code, stdout } = await decant(there, { env })
    expect(code).toBe(0)
    expect(stdout).toContain('data      s3://test/runs/one/data/*.parquet')
    expect(await productsOf('runs/one/')).toEqual(products(local))
    expect((await decant(there, { env })).stdout).toMatch(/(\d+) of \1 tasks already done/)
    const verified = await decant(['verify', 's3://test/runs/one'], { env })
    expect(verified.stdout).toContain('s3://test/runs/one matches its manifest')
    expect((await decant(['status', 's3://test/runs/one'], { env })).stdout).toContain('stored in s3://test/runs/one: complete')
    // Nothing secret is written down.
    for (const bytes of (await stored('runs/one/')).values()) expect(bytes.includes('testsecret')).toBe(false)
  })

  test('a run is published with a card; files of an earlier one that had more go, those of others stay', async () => {
    for (const Key of ['sets/one/data/00099.parquet', 'sets/one/notes.txt'])
      await client.send(new PutObjectCommand({ Bucket: 'test', Key, Body: 'old' }))
    const { code, stdout } = await decant(['publish', 's3://test/runs/one', 's3://test/sets/one'], { env })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^published \d+ files, [\d.]+ kB → s3:\/\/test\/sets\/one$/m)
    const files = await stored('sets/one/')
    const isData = (path: string): boolean => /^(data|verdicts)\//.test(path)
    const run = [...(await stored('runs/one/'))].filter(([path]) => isData(path))
    expect([...files].filter(([path]) => isData(path))).toEqual(run)
    expect([...files.keys()].filter((path) => !isData(path)).sort()).toEqual(['README.md', 'manifest.json', 'notes.txt', 'report.html'])
    expect(files.get('README.md')!.toString()).toMatch(/^---\npretty_name: stored\n/)
  })

  test('processes that race and are killed lose nothing', async () => {
    const run = 's3://test/runs/raced'
    expect((await decant(['plan', pipeline, ...input, '--write', run], { env })).code).toBe(0)
    let kills = 0
    let isDone = false
    const machine = async (n: number): Promise<void> => {
      for (let i = 0; i < 60 && !isDone; i++) {
        const isKilled = (i + n) % 3 === 0 && kills < 4
        const { stderr } = await decant(['task', run], {
          env,
          onStart: (kill) => {
            if (isKilled) setTimeout(() => kill('SIGKILL'), 700 + 200 * n + 150 * i)
          },
        })
        if (isKilled) kills++
        if (stderr.includes('nothing is missing')) isDone = true
        else if (n === 0) await decant(['missing', run], { env })
      }
    }
    await Promise.all([machine(0), machine(1), machine(2)])
    expect(isDone).toBe(true)
    expect((await decant(['finish', run], { env })).code).toBe(0)
    expect(await productsOf('runs/raced/')).toEqual(await productsOf('runs/one/'))
  })

  test('a folder that another decant works in is refused', async () => {
    const Body = JSON.stringify({ pid: 1, host: 'elsewhere', at: Date.now() })
    await client.send(new PutObjectCommand({ Bucket: 'test', Key: 'runs/locked/.lock', Body }))
    const { code, stderr } = await decant(['run', pipeline, ...input, '-o', 's3://test/runs/locked'], { env })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^decant: -o s3:\/\/test\/runs\/locked: another decant \(process 1 on elsewhere\) is working in it\n/)
  })

  test.each([
    ['an object that is not there', 's3://test/none.warc.gz', 'no file there'],
    ['an empty prefix', 's3://test/none/', 'no file there'],
    ['a pattern that nothing matches', 's3://test/crawl/*.parquet', 'no file there'],
    ['a bucket that is not there', 's3://nobody/x', 'no such bucket'],
  ])('%s is one clear line', async (_, input, message) => {
    await expect(findInputs([input])).rejects.toMatchObject({ name: 'UserError', message: `-i ${input}: ${message}` })
  })

  const odd = [
    "a b+c'é日本.jsonl",
    '100%.jsonl',
    'a#b?c=d.jsonl',
    'br{a,b}.jsonl',
    'star*.jsonl',
    'x1.jsonl',
    'x[1].jsonl',
    '/double.jsonl',
  ]

  test('keys with any signs are found by folder, by pattern and by name; marks of folders are no files', async () => {
    for (const name of odd) await client.send(new PutObjectCommand({ Bucket: 'test', Key: `odd/${name}`, Body: '{"text":"a"}\n' }))
    await client.send(new PutObjectCommand({ Bucket: 'test', Key: 'odd/mark/', Body: '' }))
    await client.send(new PutObjectCommand({ Bucket: 'test', Key: 'oddity.jsonl', Body: '' }))
    const urls = odd.map((name) => `s3://test/odd/${name}`).sort()
    for (const patterns of [['s3://test/odd/'], ['s3://test/odd'], ['s3://test/odd/**'], urls])
      expect((await findInputs(patterns)).map(({ path, bytes }) => [path, bytes])).toEqual(urls.map((url) => [url, 13]))
  })

  test('more keys than one page holds', async () => {
    const keys = Array.from({ length: 1100 }, (_, i) => `many/${i}.jsonl`)
    for (let i = 0; i < keys.length; i += 50)
      await Promise.all(keys.slice(i, i + 50).map((Key) => client.send(new PutObjectCommand({ Bucket: 'test', Key, Body: 'x' }))))
    expect((await findFiles('s3://test/many/')).map(({ url }) => url)).toEqual(keys.map((key) => `s3://test/${key}`).sort())
  })

  test('a folder that holds another run is refused by its URL', async () => {
    const { code, stderr } = await decant(['run', 'raw', '-i', `${crawl}*4.warc.gz`, '-o', 's3://test/runs/one'], { env })
    expect([code, stderr]).toEqual([
      2,
      'decant: -o s3://test/runs/one: holds a run of "stored", not of "raw"\n  hint: choose another folder with -o, or delete s3://test/runs/one\n',
    ])
  })

  test.each<[string, string, Record<string, string>, RegExp]>([
    [
      'a wrong secret',
      's3://test/',
      { AWS_SECRET_ACCESS_KEY: 'wrong' },
      /: access is refused \(403\) \(SignatureDoesNotMatch\)\n {2}hint: set credentials/,
    ],
    [
      'no credentials',
      's3://test/',
      { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' },
      /: no AWS credentials found\n {2}hint: set AWS_PROFILE/,
    ],
  ])('%s is one clear line', async (_, input, more, message) => {
    const { code, stderr } = await decant(['plan', 'raw', '-i', input], { env: { ...env, HOME: dir, ...more } })
    expect(code).toBe(2)
    expect(stderr).toMatch(message)
    for (const secret of ['testsecret', 'testkey']) expect(stderr).not.toContain(secret)
  })
})
