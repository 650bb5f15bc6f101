import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, resolve } from 'node:path'
import glob from 'fast-glob'
import { UserError } from '../core/errors.ts'
import { type MappedFile, parseMapping } from '../experiments/mapping.ts'
import { placeResult } from '../experiments/placing.ts'
import { parseResults } from '../experiments/result_files.ts'
import { parseSample } from '../experiments/sample_manifest.ts'
import { collectScores, defaultMetrics, type Scores } from '../experiments/scores.ts'

/** How result files are found, placed and read; shared by `results` and `power`. */
export interface ReadingFlags {
  pattern?: string
  map?: string
  metric?: string[]
  tasks?: string[]
  tokensPerStep?: number
}

/** Scores of the runs that were trained on a sample. */
export async function readScores(out: string, given: readonly string[], flags: ReadingFlags): Promise<Scores> {
  const manifest = existsSync(out) && statSync(out).isDirectory() ? join(out, 'manifest.json') : out
  if (!existsSync(manifest))
    throw new UserError(`${out}: no sample here (no manifest.json)`, 'give the folder that was named with "decant sample -o"')
  const { arms, budget, tokensPerStep: stated } = parseSample(manifest, readFileSync(manifest, 'utf8'))
  const pattern = flags.pattern === undefined ? undefined : parsePattern(flags.pattern)
  const mapping = flags.map === undefined ? undefined : readMapping(flags.map)
  const paths = await findResults(given)
  const files = paths.map((path) => {
    const file = parseResults(path, readFileSync(path, 'utf8'))
    const mapped = mapping?.get(resolve(path))
    if (mapping && !mapped && !pattern)
      throw new UserError(`${path}: --map ${flags.map} does not name it`, 'add a line for it, or leave the file out')
    return { file, placed: placeResult(path.replaceAll('\\', '/'), file.model, arms, { pattern, mapped }) }
  })
  const { metric, tasks } = flags
  const tokensPerStep = flags.tokensPerStep ?? stated ?? undefined
  return collectScores(files, arms, { metrics: metric ?? defaultMetrics, tasks, tokensPerStep, budget })
}

function parsePattern(text: string): RegExp {
  try {
    const pattern = new RegExp(text)
    if (!text.includes('(?<arm>')) throw new Error('no group (?<arm>...)')
    return pattern
  } catch (error) {
    throw new UserError(
      `--pattern ${text}: ${(error as Error).message}`,
      "for example --pattern '(?<arm>[^/]+)-seed(?<seed>\\d+)/step-(?<step>\\d+)'",
    )
  }
}

function readMapping(path: string): Map<string, MappedFile> {
  if (!existsSync(path)) throw new UserError(`--map ${path}: no such file`)
  const rows = parseMapping(path, readFileSync(path, 'utf8'))
  // From where the command runs, or from the file.
  const place = (file: string): string => (existsSync(file) ? resolve(file) : resolve(dirname(path), file))
  return new Map(rows.map((row) => [place(row.file), row]))
}

/** Files, folders (all results*.json below) and globs, each once, sorted. */
async function findResults(given: readonly string[]): Promise<string[]> {
  const paths = new Set<string>()
  for (const pattern of given) {
    const isFolder = existsSync(pattern) && statSync(pattern).isDirectory()
    const isFile = existsSync(pattern) && !isFolder
    const found = isFile
      ? [pattern]
      : isFolder
        ? await glob(`${glob.escapePath(pattern.replace(/\/+$/, ''))}/**/results*.json`)
        : await glob(pattern)
    if (found.length === 0)
      throw new UserError(
        `${pattern}: ${isFolder ? 'no results*.json in it or its subfolders' : glob.isDynamicPattern(pattern) ? 'no file matches' : 'no such file or folder'}`,
      )
    for (const path of found) paths.add(normalize(path))
  }
  return [...paths].sort()
}
