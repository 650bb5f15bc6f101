import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { MeasuredRun } from '../compare/measurement.ts'
import { sha256 } from '../core/hash.ts'
import { shardName } from '../pipeline/plan.ts'
import type { SampleManifest } from './manifest.ts'

/** A measured run that texts come from. */
export interface Source {
  run: MeasuredRun
  about: SampleManifest['sources'][number]
  /** Path and hash of each shard's texts, as the run's manifest has them. */
  fileOf(shard: number): { path: string; sha256: string }
}

/** `base` is the folder that the sample's folder stands in: paths are relative to the sample's folder. */
export function sourceOf(run: MeasuredRun, measurement: number, base: string): Source {
  const text = readFileSync(join(run.dir, 'manifest.json'))
  const { outputs } = JSON.parse(text.toString('utf8')) as { outputs: { path: string; sha256: string }[] }
  const hashes = new Map(outputs.map(({ path, sha256 }) => [path, sha256]))
  const { name, hash, decant, code } = run.plan
  return {
    run,
    about: {
      measurement,
      dir: join('..', relative(base, resolve(run.dir))),
      manifest_sha256: sha256(text),
      pipeline: name,
      pipeline_hash: hash,
      decant,
      code,
    },
    fileOf(shard) {
      const path = `data/${shardName(shard)}.parquet`
      return { path, sha256: hashes.get(path) ?? '' }
    },
  }
}
