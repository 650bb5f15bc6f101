import { type Command, Option } from 'commander'
import { byteCount, repeated, share, taking, whole } from './arguments.ts'

/** Options and arguments that several commands have. */

export const setting = (about: string): Option => new Option('--set <step.option=value>', about).argParser(repeated).default([])

export const input = [
  '-i, --input <path...>',
  'input files, folders, quoted globs, URLs (https, s3, hf), - for standard input, or @LIST; repeatable',
] as const
export const base = ['--base <url>', 'URL or folder that the names in a list (-i @LIST) are relative to'] as const
export const take = ['--take <n>', 'read only so many files, or a share (0.1%), chosen by hash; of an index, records', taking] as const
export const drawSeed = ['--seed <n>', 'seed of --take (default: 1); a larger draw contains a smaller one', whole(0)] as const
export const cache = ['--cache <dir>', 'keep what is fetched from URLs in this folder'] as const
export const s3Style = (): Option =>
  new Option('--s3-style <style>', 'how URLs of S3 name buckets (default: path where AWS_ENDPOINT_URL is set, else virtual)').choices([
    'path',
    'virtual',
  ])
export const cacheBytes = ['--cache-bytes <size>', 'delete the oldest of the cache above this size (default: 100GiB)', byteCount] as const

/** Options that determine what a run does, shared by `run` and `plan`. */
export const deciding = (command: Command): Command =>
  command
    .argument('<pipeline>', 'pipeline file, or the name of a recipe ("decant describe" lists them)')
    .requiredOption(...input)
    .addOption(setting('change one option of one step; null removes it; repeatable'))
    .option('--parameters <file>', 'YAML file with the values that the pipeline leaves open, such as thresholds for a language')
    .option('--limit <documents>', 'stop after this many documents, in shard order', whole(1))
    .option('--measure', 'measure every rule on every document, drop nothing, and record what would be dropped')
    .option('--audit <rate>', 'measure every rule on this share of the documents, chosen by hash', share)
    .option('--keep-removed', 'write the texts of removed documents to removed/')
    .option(...splitBytes)
    .option(...base)
    .option(...take)
    .option(...drawSeed)
    .option(...cache)
    .option(...cacheBytes)
    .addOption(s3Style())

export const splitBytes = [
  '--split-bytes <size>',
  'read files larger than this (bytes as stored) in parts, each a task (default: 1/256 of the inputs, 16MiB to 1GiB)',
  byteCount,
] as const
export const workers = [
  '-w, --workers <n>',
  'worker threads; 0 runs in the main thread (default: one per core, fewer for small inputs)',
  whole(0),
] as const
export const failAbove = ['--fail-above <share>', 'exit with code 1 if more than this share of the records is unusable', share] as const
export const jsonLines = ['--json', 'print progress and result as JSON Lines on stdout'] as const
export const asJson = ['--json', 'print JSON'] as const
export const onlyErrors = ['-q, --quiet', 'print only errors'] as const

export const measuredDir = 'output folder of "decant measure", or of "decant run --measure"'
export const measuredPipeline = 'name of a measured pipeline, or a pipeline file'
export const reporting = (command: Command): Command =>
  command
    .addOption(new Option('--report <file>', 'where to write the HTML report, with a JSON file beside it (default: in DIR/reports/)'))
    .option('--no-report', 'write no report')
