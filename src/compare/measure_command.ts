import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Plan } from '../pipeline/plan.ts'
import { pathsOf } from '../pipeline/splits.ts'

/** The command that measures one more pipeline on the inputs of a measurement. */
export function measureCommand(
  { dir, runs }: { dir: string; runs: readonly { dir: string; plan: Pick<Plan, 'inputs' | 'options'> }[] },
  pipeline: string,
): string {
  const { dir: first, plan } = runs[0]!
  return commandOn({ dir, run: first, inputs: pathsOf(first, plan), limit: plan.options.limit }, pipeline)
}

/** The command for inputs of a measured run in `dir`. */
export function commandOn(
  { dir, run, inputs, limit }: { dir: string; run: string; inputs: readonly string[]; limit: number | null },
  pipeline: string,
): string {
  // A run of its own has no place for another one beside it.
  const output = resolve(run) === resolve(dir) ? 'NEW_DIR' : dir
  return `decant measure ${quoted(pipeline)} -i ${inputsShown(inputs)} -o ${quoted(output)}${limit === null ? '' : ` --limit ${limit}`}`
}

/** Input files as arguments of a shell: as a glob where it names the same files, else one by one. */
function inputsShown(inputs: readonly string[]): string {
  const glob = inputs.length > 1 ? globOf(inputs) : undefined
  return glob ?? inputs.map(quoted).join(' ')
}

function globOf(inputs: readonly string[]): string | undefined {
  const folder = dirname(inputs[0]!)
  const ending = /\..*/.exec(sharedEnding(inputs))?.[0]
  if (ending === undefined || !existsSync(folder)) return undefined
  const matching = readdirSync(folder).flatMap((name) => (name.endsWith(ending) ? [join(folder, name)] : []))
  return matching.sort().join('\n') === [...inputs].sort().join('\n') ? `'${join(folder, `*${ending}`)}'` : undefined
}

function sharedEnding([first, ...others]: readonly string[]): string {
  let length = first!.length
  for (const other of others) while (!other.endsWith(first!.slice(-length))) length--
  return first!.slice(-length)
}

const quoted = (argument: string): string => (/^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`)
