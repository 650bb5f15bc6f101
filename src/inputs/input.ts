import type { Detected } from '../formats/detect_format.ts'

/** A file to read. */
export interface Input {
  /** A path or URL. */
  path: string
  bytes: number
  /** Of a URL: changes when the content does; '' where nobody says. */
  tag?: string
  /** Bytes that reading it takes, where it only says where they are. */
  reads?: number
  detected: Detected
}

/** What the user says of inputs beside their names. */
export interface InputOptions {
  /** What names in lists are relative to: a folder or URL. */
  base?: string | undefined
  /** Draw so many files (of an index: records), or this share of them. */
  take?: Take | undefined
  /** Of the draw. */
  seed?: number | undefined
  /** Folder for what must be kept of inputs that cannot be read twice, and of indexes. */
  keepIn?(): string
  /** Called with lines for the user. */
  say?: ((line: string) => void) | undefined
}

export type Take = { count: number } | { share: number }
