import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll } from 'vitest'
import { type RunFlags, run } from '../src/commands/run.ts'
import { Doc } from '../src/core/doc.ts'
import type { Editor } from '../src/core/editor.ts'
import type { Filter } from '../src/core/filter.ts'
import { openParquet } from '../src/formats/parquet_reader.ts'
import { needPlan } from '../src/pipeline/run_folder.ts'
import type { Manifest } from '../src/reports/manifest.ts'

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export const repository = fromHere('../')
export const cli = fromHere('../dist/cli.js')
/** A small crawl with damage in it (fixtures/README.md). */
export const crawl = fromHere('../fixtures/crawl/')
/** Real files that are too many to ship: a folder beside the checkout. Tests on them are skipped where it is missing. */
export const sharedData = fromHere('../../shared/data/')
export const hasSharedData = existsSync(sharedData)

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'decant-test-'))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

export function fileWith(dir: string, name: string, content: string | Uint8Array): string {
  const path = join(dir, name)
  writeFileSync(path, content)
  return path
}

/** One WARC record; `content` is stored as it is. */
export function warcRecord(type: string, content: string | Uint8Array, headers: Record<string, string> = {}): Buffer {
  const body = Buffer.from(content)
  const all = { 'WARC-Type': type, 'Content-Length': String(body.length), ...headers }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return Buffer.concat([Buffer.from(`WARC/1.0\r\n${head.join('\r\n')}\r\n\r\n`), body, Buffer.from('\r\n\r\n')])
}

/** A response record with an HTML page, as Common Crawl writes it. */
export function htmlResponse(
  id: string,
  html: string | Uint8Array,
  { url = `https://example.org/${id}`, status = '200 OK', type = 'text/html; charset=utf-8' } = {},
): Buffer {
  const body = Buffer.from(html)
  const http = Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`), body])
  return warcRecord('response', http, {
    'WARC-Record-ID': `<urn:uuid:${id}>`,
    'WARC-Target-URI': url,
    'WARC-Date': '2025-05-12T00:00:00Z',
    'Content-Type': 'application/http; msgtype=response',
  })
}

/** Records as gzip members, one each, with where each member lies. */
export function members(records: readonly Uint8Array[]): { bytes: Buffer; starts: number[] } {
  const parts = records.map((record) => gzipSync(record))
  const starts: number[] = []
  let at = 0
  for (const part of parts) {
    starts.push(at)
    at += part.length
  }
  return { bytes: Buffer.concat(parts), starts: [...starts, at] }
}

/** Pseudo-random bytes and numbers that are the same in every run (mulberry32). */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Everything below a folder, as paths relative to it. */
export function filesBelow(dir: string): string[] {
  const paths = existsSync(dir) ? readdirSync(dir, { recursive: true, encoding: 'utf8' }) : []
  return paths.filter((path) => statSync(join(dir, path)).isFile()).sort()
}

/** What a run gives: the SHA-256 of every file under a final name, by path; not the ledger, which tells times, nor what names the run's options. */
export function products(dir: string): Record<string, string> {
  const kept = filesBelow(dir).filter((path) => /^(data|verdicts|removed|duplicates|errors)\//.test(path) || path === 'manifest.json')
  return Object.fromEntries(
    kept.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(join(dir, path)))
        .digest('hex'),
    ]),
  )
}

/** Folder of a run that holds what the tasks of a pass wrote for others. */
export const resultsOf = (dir: string, pass: string): string => {
  const { key } = needPlan(dir).passes.find(({ name }) => name === pass)!
  return join(dir, 'work', `${pass}.${key}`)
}

/** Take back all that passes after this one gave. */
export function forgetAfter(dir: string, pass: string): void {
  const { passes } = needPlan(dir)
  for (const { name, key } of passes.slice(passes.findIndex((each) => each.name === pass) + 1))
    for (const folder of ['work', 'ledger']) rmSync(join(dir, folder, `${name}.${key}`), { recursive: true, force: true })
}

/** Run a pipeline in this thread. */
export async function runHere(
  pipeline: string,
  input: string | string[],
  output: string,
  flags: Partial<RunFlags> = {},
): Promise<{ code: number; manifest: Manifest }> {
  const inputs = Array.isArray(input) ? input : [input]
  const code = await run(pipeline, { input: inputs, output, set: [], workers: 0, quiet: true, samples: 0, ...flags })
  return { code, manifest: readJson<Manifest>(join(output, 'manifest.json')) }
}

let shardRuns = 0

/** Documents as JSON Lines files, one for each list. */
export function jsonShards(dir: string, shards: readonly (readonly object[])[]): string[] {
  const n = shardRuns++
  return shards.map((lines, i) => fileWith(dir, `shards${n}-${i}.jsonl`, lines.map((line) => `${JSON.stringify(line)}\n`).join('')))
}

/** Run one step on shards of documents: what is left of each text, by id. */
export async function runShards(dir: string, shards: readonly (readonly object[])[], step: string) {
  const inputs = jsonShards(dir, shards)
  const out = `${inputs[0]!}.run`
  const pipeline = fileWith(dir, 'p.yaml', `name: dedup\nsteps:\n  - read\n  - ${step}\n  - write\n`)
  const { manifest } = await runHere(pipeline, inputs, out)
  return { out, inputs, manifest, texts: await textsOf(out, shards.length) }
}

/** The texts that a run has kept, by id. */
export async function textsOf(out: string, shards: number): Promise<Record<string, string>> {
  const rows = await Promise.all(Array.from({ length: shards }, (_, i) => parquetRows(join(out, `data/0000${i}.parquet`))))
  return Object.fromEntries(rows.flat().map(({ id, text }) => [String(id), String(text)]))
}

/** A small pipeline with a barrier in it. */
export const twoPasses = `name: two_passes
description: both sides of a barrier
steps:
  - read
  - extract_html
  - char_count: {min: 200}
  - exact_dedup
  - char_count: {max: 5000, as: chars_after}
  - write
`

export const readJson = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T

/** Objects of a JSON Lines text. */
export const jsonLines = <T = Record<string, unknown>>(text: string): T[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)

/** All rows of a Parquet file; bytes as text. */
export async function parquetRows(path: string): Promise<Record<string, unknown>[]> {
  const file = await openParquet(path)
  const batches = await collect(file.batches())
  file.close()
  const plain = (value: unknown): unknown =>
    value instanceof Uint8Array ? new TextDecoder().decode(value) : typeof value === 'bigint' ? Number(value) : (value ?? null)
  return batches.flat().map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])))
}

export interface Finished {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** Run the built command line. `onStart` gets what ends it early. */
export function decant(
  args: readonly string[],
  {
    cwd = repository,
    env = {},
    input,
    onStart,
    onOutput,
  }: {
    cwd?: string
    /** Added to the environment. */
    env?: Record<string, string>
    /** Standard input. */
    input?: Uint8Array
    onStart?(kill: (signal: NodeJS.Signals) => void): void
    onOutput?(stdout: string, kill: (signal: NodeJS.Signals) => void): void
  } = {},
): Promise<Finished> {
  const child = spawn(process.execPath, [cli, ...args], { cwd, stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  // A command that does not read it may be gone before it is written.
  child.stdin.on('error', () => {}).end(input)
  const kill = (signal: NodeJS.Signals): void => void child.kill(signal)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    onOutput?.(stdout, kill)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  onStart?.(kill)
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })))
}

/** The objects in a JSON Lines file, named from `test/`. */
export const vectors = <T>(name: string | URL): T[] => jsonLines<T>(readFileSync(new URL(name, import.meta.url), 'utf8'))

/** What a filter measures on a text, with options as a pipeline file gives them. */
export async function measured(filter: Filter, text: string, options: object = {}): Promise<number> {
  return (await filter.measure(filter.schema.parse(options)))(new Doc({ id: 'test', text }))
}

/** What an editor makes of a text. */
export async function edited(editor: Editor, text: string, options: object = {}): Promise<string> {
  return (await editor.edit(editor.schema.parse(options)))(new Doc({ id: 'test', text }))
}

/** CPU seconds that this process spends on something: unlike the time on the clock, they say nothing of what else the machine does. */
export async function cpuSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}
