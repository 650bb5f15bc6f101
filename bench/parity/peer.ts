import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What can be said of a text: what JSON can hold. */
export type Answer = null | boolean | number | string | readonly Answer[] | { readonly [name: string]: Answer }

/** One thing that peer and decant are both asked about a text. */
export interface Check {
  /** Also the name of the function in the peer's Python file. */
  name: string
  about: string
  /** Ask about every so many texts only; 1 unless given. */
  every?: number
  /** How far numbers may lie apart; 0 unless given. */
  within?: number
  /** decant's answer. */
  answer(text: string): Answer
}

/** Another program to compare decant with. `bench/parity/NAME.ts` exports one, `bench/parity/NAME.py` asks the program itself. */
export interface Peer {
  /** What pip installs, with exact versions. */
  packages: readonly string[]
  /** Packages of which only the files are wanted. */
  withoutDependencies?: readonly string[]
  /** Of a peer that is no package: the commit of its source. */
  commit?: string
  checks(): Promise<readonly Check[]>
  /** What the peer's Python file is told before the first text, such as paths of models; paths start at the repository. */
  settings?(): Promise<Answer>
}

/** Names of all packages of a peer. */
export const packageNames = ({ packages, withoutDependencies = [] }: Pick<Peer, 'packages' | 'withoutDependencies'>): string[] =>
  [...packages, ...withoutDependencies].map((pinned) => pinned.split('==')[0]!)

/** The folder of the repository, whether this file runs as it is or compiled. */
export const repository = ((folder: string): string => {
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
})(import.meta.dirname)

/** A module of decant as built, so that what is compared is what ships. */
export async function built<T>(path: string): Promise<T> {
  return (await import(pathToFileURL(join(repository, 'dist', `${path}.js`)).href)) as T
}
