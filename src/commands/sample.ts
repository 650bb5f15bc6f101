import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { duplicateIdsNote } from '../compare/duplicate_ids.ts'
import { measureCommand } from '../compare/measure_command.ts'
import { type Arm, armOf, openMeasurement } from '../compare/measurement.ts'
import { UserError, unknownName } from '../core/errors.ts'
import { agree, plural } from '../core/plural.ts'
import { overlapping } from '../experiments/sample_manifest.ts'
import { stepsOf } from '../pipeline/plan.ts'
import { count, duration, percent, table } from '../reports/format.ts'
import { wrap } from '../reports/layout.ts'
import { overlapNote } from '../reports/results_page.ts'
import { parseTokens, shownTokens } from '../sample/budget.ts'
import { heldOutSeed, weightSeed } from '../sample/corpus.ts'
import { drawSample, type OnPass, removeAside } from '../sample/draw.ts'
import type { Drawn, SampleManifest } from '../sample/manifest.ts'
import { writeParquet, writeTokens } from '../sample/materialize.ts'
import { readSample } from '../sample/open_sample.ts'
import type { ArmPart, Pin, SampleArm, SampleRequest } from '../sample/request.ts'
import type { TokenFormat } from '../sample/token_files.ts'
import { verifySample } from '../sample/verify_sample.ts'
import { isUrl } from '../storage/url.ts'
import type { BundledTokenizerName } from '../tokenizers/token_counter.ts'

export interface DrawFlags {
  tokens?: string
  seeds: number[]
  output?: string
  tokenizer: BundledTokenizerName
  heldOut?: string
  weight?: string
  clusters?: string
  wholeClusters?: boolean
  allowShort?: boolean
  parquet?: boolean
  tokensBin?: TokenFormat | true
  json?: boolean
  quiet?: boolean
}

export interface SampleFlags extends DrawFlags {
  arms: string[]
  pin: Pin[]
  control?: number
}

/** Draw paired samples of what several pipelines keep of one measurement. */
export async function sample(dir: string, flags: SampleFlags): Promise<void> {
  if (flags.arms.length === 0)
    throw new UserError('missing --arms: the pipelines to sample', 'name measured ones, or files: --arms raw,fineweb,mine.yaml')
  const { tokens, output } = needed(flags)
  const measurement = openMeasurement(dir)
  const arms: SampleArm[] = []
  for (const pipeline of flags.arms) {
    if (pipeline === 'raw' && !measurement.runs.some(({ name }) => name === 'raw') && !existsSync('raw'))
      throw new UserError(
        `${dir} holds no measured pipeline "raw"`,
        `${measureCommand(measurement, 'raw')} adds the text of every page, nothing removed`,
      )
    const arm = await armOf(measurement, pipeline)
    arms.push({ name: nameOf(arm), parts: [{ measurement, arm, share: 1 }], duplicated: 0 })
  }
  checkArms(arms)
  if (flags.control !== undefined) arms.push({ ...arms[0]!, name: 'control', duplicated: flags.control })
  await draw({ arms, pin: flags.pin, ...common(tokens, flags) }, output, flags)
}

export interface MixFlags extends DrawFlags {
  replay?: number[]
}

/** Draw samples that several measurements fill together, each its share of the budget. */
export async function mix(sources: readonly string[], flags: MixFlags): Promise<void> {
  const { tokens, output } = needed(flags)
  const parts: ArmPart[] = []
  for (const source of sources) parts.push(await parseSource(source))
  const twice = parts.find(({ measurement: { runs } }, i) =>
    parts.slice(0, i).some((earlier) => earlier.measurement.runs[0]!.plan.inputs.hash === runs[0]!.plan.inputs.hash),
  )
  if (twice)
    throw new UserError(
      `${twice.measurement.dir}: two sources were measured on the same inputs, so that documents would be drawn twice`,
      'mix measurements of different inputs; for one input, write a pipeline that keeps what either keeps',
    )
  const { replay } = flags
  if (replay && parts.length !== 2)
    throw new UserError('--replay needs two sources: the new data and the old', 'decant mix NEW:PIPELINE OLD:PIPELINE --replay 0.05,0.01')
  const all = parts.reduce((sum, { share }) => sum + share, 0)
  const arms = replay
    ? replay.map((share): SampleArm => {
        const [fresh, old] = parts as [ArmPart, ArmPart]
        return {
          name: `replay-${share}`,
          parts: [{ ...fresh, share: 1 - share }, ...(share > 0 ? [{ ...old, share }] : [])],
          duplicated: 0,
        }
      })
    : [{ name: 'mix', parts: parts.map((part) => ({ ...part, share: part.share / all })), duplicated: 0 }]
  await draw({ arms, pin: [], ...common(tokens, flags) }, output, flags)
}

/** `DIR:PIPELINE=WEIGHT`; the pipeline may be left out where only one was measured, the weight where all are equal. */
async function parseSource(source: string): Promise<ArmPart> {
  const match = /^(.+?)(?::([^:=]+))?(?:=([^:=]*))?$/.exec(source)!
  const [, dir, pipeline, weight = '1'] = match
  const share = Number(weight)
  if (!(share > 0))
    throw new UserError(`${source}: the weight must be a number above 0`, 'write DIR:PIPELINE=WEIGHT, such as runs/new:fineweb=0.95')
  const measurement = openMeasurement(dir!)
  return { measurement, arm: await armOf(measurement, pipeline), share }
}

function common(
  tokens: string,
  { seeds, tokenizer, heldOut, weight, clusters, wholeClusters, allowShort }: DrawFlags,
): Omit<SampleRequest, 'arms' | 'pin'> {
  if (wholeClusters && clusters === undefined)
    throw new UserError('--whole-clusters needs --clusters', 'name a measured pipeline that looks for near-duplicates with --clusters')
  if (seeds.includes(heldOutSeed)) throw new UserError(`--seeds: ${heldOutSeed} is the seed of held-out slices`)
  if (seeds.includes(weightSeed)) throw new UserError(`--seeds: ${weightSeed} is the seed of weights`)
  if (new Set(seeds).size !== seeds.length) throw new UserError('--seeds: the same seed twice')
  return {
    seeds,
    budget: parseTokens(tokens),
    tokenizer,
    heldOut: heldOut === undefined ? null : parseTokens(heldOut),
    weight: weight ?? null,
    clusters: clusters ?? null,
    wholeClusters: wholeClusters ?? false,
    allowShort: allowShort ?? false,
  }
}

const nameOf = ({ name }: Arm): string => name.replace(/[^\w.-]+/g, '-')

function checkArms(arms: readonly SampleArm[]): void {
  for (const [i, { name }] of arms.entries()) {
    if (name === 'control' || name === 'held-out')
      throw new UserError(`an arm may not be named "${name}"`, 'give the pipeline another "name:"')
    if (arms.slice(0, i).some((earlier) => earlier.name === name))
      throw new UserError(`--arms: two arms are named "${name}"`, 'give the pipelines different names')
  }
}

/** Weights and clusters must be there before anything is read. */
function checkColumns({ arms, weight, clusters }: SampleRequest): void {
  const parts = arms.flatMap(({ parts }) => parts)
  for (const { arm } of weight === null ? [] : parts) {
    const measured = stepsOf(arm.run.plan).flatMap(({ kind, label }) => (kind === 'filter' ? [label] : []))
    if (!measured.includes(weight!))
      throw unknownName(`--weight ${weight}: ${arm.run.name} has not measured it`, weight!, measured, `measured: ${measured.join(', ')}`)
  }
  const run = parts.flatMap(({ measurement }) => measurement.runs).find(({ name }) => name === clusters)
  if (run && !stepsOf(run.plan).some(({ finds }) => finds === 'clusters'))
    throw new UserError(`--clusters ${clusters}: that pipeline does not look for duplicates`, 'name one with minhash_dedup or exact_dedup')
}

/** Checked here and not by commander, because \`sample verify\` does not need them. */
function needed({ tokens, output }: DrawFlags): { tokens: string; output: string } {
  if (tokens === undefined) throw new UserError('missing --tokens: tokens for each arm', 'such as --tokens 28B')
  if (output === undefined) throw new UserError('missing -o: output folder', 'such as -o samples/28B')
  if (isUrl(output)) throw new UserError(`-o ${output}: samples are drawn into local folders`)
  return { tokens, output }
}

async function draw(request: SampleRequest, output: string, flags: DrawFlags): Promise<void> {
  checkColumns(request)
  if (existsSync(output) && readdirSync(output).length > 0)
    throw new UserError(`-o ${output}: the folder is not empty`, 'choose a new folder, or delete this one')
  const onSignal = (): never => {
    removeAside(output)
    console.error('decant: stopped; nothing half-written was kept')
    process.exit(130)
  }
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  const manifest = await drawSample(request, output, passes(flags))
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  if (flags.json) console.log(JSON.stringify(manifest, null, 2))
  else if (!flags.quiet) printSample(output, manifest)
  const formats: Materialize[] = [
    ...(flags.parquet ? [{ parquet: true }] : []),
    ...(flags.tokensBin ? [{ tokensBin: flags.tokensBin }] : []),
  ]
  if (formats.length === 0 && !flags.json && !flags.quiet) console.log(`next      decant sample materialize ${output} --tokens-bin`)
  for (const format of formats) await materialize(output, { ...format, ...(flags.quiet || flags.json ? { quiet: true } : {}) })
}

function printSample(output: string, manifest: SampleManifest): void {
  const { arms, held_out, budget, training, options, duplicate_ids } = manifest
  const severalSeeds = new Set(arms.map(({ seed }) => seed)).size > 1
  const rows = [...arms, ...(held_out ? [held_out] : [])].map(({ name, seed, tokens, documents, repeated, overlap, is_short }) => [
    name,
    seed === heldOutSeed ? '–' : String(seed),
    count(tokens),
    count(documents),
    repeated.tokens > 0 ? percent(repeated.tokens, tokens) : '–',
    ...(severalSeeds ? [seed === heldOutSeed ? '–' : percent(overlap, 1)] : []),
    is_short ? (options.pin.length > 0 ? `too little of some ${options.pin.join(' · ')}` : 'less than asked for') : '',
  ])
  const note = rows.some((row) => row.at(-1) !== '') ? [''] : []
  const header = ['arm', 'seed', 'tokens', 'documents', 'repeated', ...(severalSeeds ? ['overlap'] : []), ...note]
  console.log(
    table(
      header,
      rows.map((row) => row.slice(0, header.length)),
    ),
  )
  warnOfOverlap(arms)
  const ids = duplicateIdsNote(duplicate_ids)
  if (ids) console.log(wrap(`warning: ${ids}; documents of one id are drawn together, or not at all`))
  noteOfCopies(manifest)
  for (const { name, parts } of arms.filter(({ seed }) => seed === arms[0]!.seed)) {
    const standing = [...new Set(parts.flatMap((part) => part.standing))]
    if (standing.length > 0)
      console.log(
        wrap(`note: ${standing.join(' and ')} of ${name} saw what the measured rules keep; measure ${name} to look for duplicates again`),
      )
  }
  for (const { name, seed, duplicates } of arms) {
    if (!duplicates) continue
    const several = (counts: Record<string, number>): string => {
      const all = Object.values(counts).reduce((a, b) => a + b, 0)
      return percent(all - (counts['1'] ?? 0), all)
    }
    console.log(
      wrap(
        `${name}, seed ${seed}: ${several(duplicates.in_corpus)} of its documents have copies among them, ${several(duplicates.in_sample)} within the sample`,
      ),
    )
  }
  if (options.pin.length > 0) {
    const where = arms.some(({ is_short }) => is_short) ? ', but where there is too little' : ''
    console.log(wrap(`shares of ${options.pin.join(' and ')} are those of ${arms[0]!.name}${where}`))
  }
  for (const { name, parts } of arms.filter(({ seed }) => seed === arms[0]!.seed)) {
    const edits = [...new Set(parts.flatMap((part) => part.edited_after_counting))]
    if (edits.length > 0) console.log(wrap(`note: tokens of ${name} were counted before ${edits.join(' and ')}, as its pipeline does`))
  }
  console.log(
    wrap(
      `\n${shownTokens(Math.min(budget, ...arms.map(({ tokens }) => tokens)))} tokens: ${plural(training.steps, 'step')} of FineWeb's ablation training (${join(output, training.config)}); enough for ${shownTokens(training.chinchilla_parameters)} parameters (Chinchilla)`,
    ),
  )
  console.log(`manifest  ${join(output, 'manifest.json')}`)
}

/** How many held-out documents have copies that arms may take, and how many each arm holds. */
function noteOfCopies({ arms, held_out, held_out_copies, options }: SampleManifest): void {
  if (!held_out || !held_out_copies) return
  const { documents, clusters_of, values } = held_out_copies
  const known = [
    ...(clusters_of.length > 0 ? [`by the duplicates that ${clusters_of.join(', ')} found`] : []),
    ...(values > 0 ? [`by equal length and ${values} equal measures`] : []),
  ]
  if (known.length === 0) {
    const hint = 'measure a pipeline with a deduplication, and name it with --clusters'
    console.log(wrap(`warning: whether arms hold copies of held-out documents is not known; ${hint}`))
    return
  }
  const elsewhere = options.clusters === null ? 'elsewhere' : `elsewhere, beside those that --clusters ${options.clusters} left out`
  const told = `${count(documents)} of ${plural(held_out.documents, 'held-out document')} ${agree(documents, 'has', 'have')} copies ${elsewhere} (${known.join(' or ')})`
  if (documents === 0) {
    console.log(wrap(`note: ${told}`))
    return
  }
  const held = [...new Set(arms.map(({ name }) => name))].map((name) => {
    const copies = arms.filter((arm) => arm.name === name).map((arm) => arm.held_out_copies)
    return `${copies.length > 1 ? 'up to ' : ''}${count(Math.max(...copies))} in ${name}`
  })
  const advice =
    options.clusters === null && clusters_of.length > 0 ? '; --clusters leaves out those that one of these pipelines found' : ''
  console.log(wrap(`warning: ${told}: ${held.join(', ')}${advice}`))
}

function warnOfOverlap(arms: readonly Drawn[]): void {
  const alike = overlapping(arms)
  if (alike.length > 0)
    console.log(
      wrap(`warning: ${overlapNote(alike)}, and "decant results" may see gaps that are not there; ask for fewer tokens, or measure more`),
    )
}

export async function verify(output: string, flags: { texts: boolean; json?: boolean; quiet?: boolean }): Promise<number> {
  const checks = []
  for await (const check of verifySample(output, flags.texts, passes(flags))) {
    checks.push(check)
    if (!flags.json && !(flags.quiet && check.ok))
      console.log(wrap(`${check.ok ? 'ok    ' : 'FAILED'}  ${check.name}: ${check.detail}`, { hanging: ' '.repeat(8) }))
  }
  const ok = checks.every((check) => check.ok)
  if (flags.json) console.log(JSON.stringify({ ok, checks }, null, 2))
  else if (!flags.quiet) console.log(ok ? `\n${output} matches its manifest` : `\n${output} does not match its manifest`)
  return ok ? 0 : 1
}

interface Materialize {
  parquet?: boolean
  tokensBin?: TokenFormat | true
  output?: string
  arms?: string[]
  quiet?: boolean
}

/** Write the texts or tokens of the arms of a sample. */
export async function materialize(output: string, flags: Materialize): Promise<void> {
  const manifest = readSample(output)
  if (!flags.parquet && !flags.tokensBin) throw new UserError('missing --parquet or --tokens-bin', 'choose what to write')
  const all = [...manifest.arms, ...(manifest.held_out ? [manifest.held_out] : [])]
  const chosen = all.filter(({ name }) => !flags.arms || flags.arms.includes(name))
  if (chosen.length === 0)
    throw new UserError(`${output}: no arm of that name`, `arms: ${[...new Set(all.map(({ name }) => name))].join(', ')}`)
  const onPass = passes(flags)
  for (const arm of chosen) {
    const onShard = (done: number, shards: number): void => onPass(`${arm.name}, seed ${arm.seed}`, done, shards)
    if (flags.parquet)
      report(
        await writeParquet(output, manifest, arm, folder(flags, output, arm, 'parquet'), onShard),
        arm,
        folder(flags, output, arm, 'parquet'),
      )
    if (flags.tokensBin) {
      const format = flags.tokensBin === true ? 'datatrove' : flags.tokensBin
      const dir = folder(flags, output, arm, 'tokens')
      report(await writeTokens(output, manifest, arm, { dir, format, onShard }), arm, dir)
    }
  }
  function report(written: { documents: number; tokens?: number }, arm: Drawn, dir: string): void {
    if (written.documents !== arm.documents) throw new Error(`${dir}: ${written.documents} documents instead of ${arm.documents}`)
    if (!flags.quiet)
      console.log(
        wrap(
          `${dir}: ${plural(written.documents, 'document')}${written.tokens === undefined ? '' : `, ${plural(written.tokens, 'token')} with ends of text`}`,
        ),
      )
  }
}

const folder = ({ output }: Materialize, sample: string, { name, seed }: Drawn, kind: string): string =>
  join(output ?? join(sample, kind), name === 'held-out' ? name : `${name}-seed${seed}`)

/** A progress line on stderr. */
function passes({ quiet, json }: { quiet?: boolean; json?: boolean }): OnPass {
  let [current, started, shown] = ['', 0, 0]
  return (pass, done, shards) => {
    if (quiet || json || !process.stderr.isTTY) return
    const now = performance.now()
    if (pass !== current || done === 1) [current, started] = [pass, now]
    if (done < shards && now - shown < 200) return
    shown = now
    const left = ((now - started) / 1000 / Math.max(1, done - 1)) * (shards - done)
    process.stderr.write(
      done === shards ? '\r\x1b[K' : `\r\x1b[K${pass} · shard ${count(done)} of ${count(shards)} · ETA ${duration(left)}`,
    )
  }
}
