import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Barrier } from '../core/barrier.ts'
import type { Editor } from '../core/editor.ts'
import type { Filter } from '../core/filter.ts'
import type { Stage } from '../core/stage.ts'
import { isOwn, loadOwn, ownName } from './own_steps.ts'

export type Step = Filter | Editor | Stage | Barrier

const folders = ['filters', 'editors', 'stages', 'barriers'].map((folder) => new URL(`../${folder}/`, import.meta.url))
const fileName = /^([a-z][a-z0-9_]*)\.(?:ts|js)$/

/** A step's name is its file's name, so that a new file is all it takes to have a new step. */
const files = new Map(
  folders.flatMap((folder) =>
    readdirSync(folder).flatMap((file): [string, URL][] => {
      const name = fileName.exec(file)?.[1]
      return name === undefined ? [] : [[name, new URL(file, folder)]]
    }),
  ),
)

export const stepNames = (): string[] => [...files.keys()].sort()

export const hasStep = (name: string): boolean => files.has(name)

/** Load a step by name, which is one of `stepNames()`, or the path of a file of the user's. */
export async function loadStep(name: string): Promise<Step> {
  if (isOwn(name)) return await loadOwn(name)
  const url = files.get(name)
  if (!url) throw new Error(`no step is named ${name}`)
  const module = (await import(url.href)) as { default: Step }
  return module.default
}

/** The file that a step is defined in. */
export const stepFile = (name: string): string => (isOwn(name) ? name : fileURLToPath(files.get(name)!))

/** A step as people call it. */
export const shownStep = (name: string): string => (isOwn(name) ? ownName(name) : name)

/** Names of the stages for which this holds, sorted. */
export async function stagesWhere(holds: (stage: Stage) => boolean): Promise<string[]> {
  const names = [...files].filter(([, url]) => url.pathname.includes('/stages/')).map(([name]) => name)
  const stages = await Promise.all(names.sort().map(async (name) => ({ name, step: await loadStep(name) })))
  return stages.flatMap(({ name, step }) => (step.kind === 'stage' && holds(step) ? [name] : []))
}
