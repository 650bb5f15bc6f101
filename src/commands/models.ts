import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, resolve } from 'node:path'
import type { z } from 'zod'
import { UserError, unknownName } from '../core/errors.ts'
import { isFilePath } from '../core/options.ts'
import { checksumOf, type KnownModel, knownModels, modelNamed, modelsOf } from '../models/catalog.ts'
import { inspectModel, type ModelFacts } from '../models/inspect.ts'
import { readConfig } from '../pipeline/config.ts'
import { hashFile } from '../pipeline/hash_file.ts'
import { loadStep } from '../pipeline/registry.ts'
import { bytes, count } from '../reports/format.ts'
import { wrap } from '../reports/layout.ts'

/** Where each model comes from, as lines for people. */
export const modelTable = (models: readonly KnownModel[], indent = ''): string =>
  models
    .map((model) => {
      const { file, kind, what, recipes, url, licence, note } = model
      const size = model.bytes === undefined ? 'exact size unknown' : `${count(model.bytes)} bytes`
      const lines = [
        what,
        ...(recipes.length > 0 ? [`recipes: ${recipes.join(', ')}`] : []),
        ...(url ? [url] : []),
        `${size}; licence: ${licence}`,
        checksumOf(model),
        ...(note ? [note] : []),
      ]
      const shown = lines.map((line) => wrap(line, { indent: `${indent}  `, hanging: `${indent}    ` }))
      return [wrap(`${file} (${kind})`, { indent }), ...shown].join('\n')
    })
    .join('\n\n')

export function listModels({ recipe, json }: { recipe?: string; json?: boolean }): void {
  const recipes = new Set(knownModels.flatMap((model) => model.recipes))
  if (recipe !== undefined && !recipes.has(recipe)) {
    const hint = `recipes with models: ${[...recipes].sort().join(', ')}`
    throw unknownName(`no known models for recipe "${recipe}"`, recipe, recipes, hint)
  }
  const models = recipe === undefined ? knownModels : modelsOf(recipe)
  console.log(json ? JSON.stringify(models, null, 2) : modelTable(models))
}

interface CheckedModel {
  path: string
  ok: boolean
  /** What is wrong, when it is not good. */
  error?: string
  hint?: string
  bytes?: number
  sha256?: string
  /** The model of the catalog that it is, and whether its checksum says so or only its name. */
  known?: string
  verified?: boolean
  facts?: ModelFacts
}

/** Check model files one by one. Returns 0 when all are good, else 1. */
export async function checkModels(paths: readonly string[], flags: { json?: boolean }): Promise<number> {
  const files = (await Promise.all(paths.map(filesOf))).flat()
  if (files.length === 0)
    throw new UserError(`${paths.join(', ')}: no model files found`, 'name files, folders, or pipelines whose options name models')
  const checked: CheckedModel[] = []
  for (const path of new Set(files)) {
    const model = await checkModel(path)
    checked.push(model)
    if (!flags.json) console.log(shown(model))
  }
  const ok = checked.every((model) => model.ok)
  if (flags.json) console.log(JSON.stringify({ ok, models: checked }, null, 2))
  return ok ? 0 : 1
}

const modelFile = /\.(?:bin|ftz|arpa|arpa\.gz|model|npy|tiktoken|trie|probing)$|tokenizer\.json$/

/** The files that an argument stands for. */
async function filesOf(path: string): Promise<string[]> {
  if (/\.ya?ml$/.test(path)) return filesOfPipeline(path)
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path]
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => modelFile.test(name))
    .map((name) => join(path, name))
    .sort()
}

/** Models that the options of a pipeline's steps name; word lists and the like are not looked at. */
async function filesOfPipeline(path: string): Promise<string[]> {
  const found: string[] = []
  for (const step of readConfig(path).steps) {
    const { schema } = await loadStep(step.step)
    for (const [option, value] of Object.entries(step.options)) {
      const type = schema.shape[option] as z.ZodType | undefined
      if (typeof value === 'string' && type && isFilePath(type) && (modelFile.test(value) || option === 'model')) {
        found.push(isAbsolute(value) ? value : resolve(step.folder(option), value))
      }
    }
  }
  return found
}

async function checkModel(path: string): Promise<CheckedModel> {
  try {
    if (!existsSync(path) || !statSync(path).isFile()) throw new UserError(`${path}: no such file`)
    const { size } = statSync(path)
    const sha256 = hashFile(path)
    const known = knownModels.find((model) => model.sha256 === sha256) ?? modelNamed(basename(path))
    const verified = known ? verify(path, known, size, sha256) : undefined
    const facts = await inspectModel(path)
    return { path, ok: true, bytes: size, sha256, ...(known ? { known: known.file, verified: verified! } : {}), facts }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { path, ok: false, error: error.message, ...(error.hint ? { hint: error.hint } : {}) }
  }
}

/** Compare a file with what is published: true when its checksum is, false when none is. Throws a UserError when they differ. */
function verify(path: string, known: KnownModel, size: number, sha256: string): boolean {
  const again = known.url ? `download it again: ${known.url.replace('*', basename(path).split('.')[0]!)}` : undefined
  if (known.bytes !== undefined && known.bytes !== size) {
    throw new UserError(`${path} has ${count(size)} bytes; ${known.file} has ${count(known.bytes)}`, again)
  }
  if (known.sha256 !== undefined && known.sha256 !== sha256)
    throw new UserError(`${path} is not ${known.file}: its sha256 is ${sha256}`, again)
  if (known.md5 === undefined) return known.sha256 !== undefined
  const md5 = hashFile(path, { algorithm: 'md5' })
  if (md5 !== known.md5) throw new UserError(`${path} is not ${known.file}: its md5 is ${md5}`, again)
  return true
}

function shown({ path, ok, error, hint, known, verified, facts, sha256, ...rest }: CheckedModel): string {
  const hanging = ' '.repeat(8)
  if (!ok) return wrap(`FAILED  ${error}${hint ? `\nhint: ${hint}` : ''}`, { indent: '', hanging })
  const published =
    known === undefined ? '' : verified ? `${known} as published\n` : `has the name of ${known}, which has no published checksum\n`
  const { kind, ...others } = facts!
  const parts = Object.entries(others).map(
    ([name, value]) =>
      `${name.replaceAll('_', ' ')} ${Array.isArray(value) ? value.join(' ') : typeof value === 'number' ? count(value) : value}`,
  )
  const lines = [`ok      ${path}: ${kind}, ${bytes(rest.bytes!)}`, `${published}sha256 ${sha256}`, parts.join('; ')]
  return wrap(lines.join('\n'), { indent: '', hanging })
}
