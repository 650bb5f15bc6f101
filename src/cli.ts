#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type CompareFlags, compare } from './commands/compare.ts'
import { describe } from './commands/describe.ts'
import { type MeasureFlags, measure } from './commands/measure.ts'
import { plan } from './commands/plan.ts'
import { type RunFlags, run } from './commands/run.ts'
import { status } from './commands/status.ts'
import { sweep } from './commands/sweep.ts'
import { verify } from './commands/verify.ts'
import { why } from './commands/why.ts'
import { UserError } from './core/errors.ts'
import { version } from './pipeline/plan.ts'

const program = new Command('decant')
  .description('Filter web crawls as FineWeb does, measure every document once, and see what each rule does.')
  .version(version())
  .showHelpAfterError('  hint: --help shows all options')
  .configureOutput({
    outputError: (text, write) => write(text.replace(/^error: /, 'decant: ').replace(/\n\(Did you mean (.+)\?\)/, '; did you mean $1?')),
  })
  .exitOverride()
  .configureHelp({ sortSubcommands: false })
  .addHelpText(
    'after',
    `
Examples:
  decant run pipelines/fineweb.yaml -i 'crawl/*.warc.gz' -o runs/fineweb
  decant plan fineweb -i crawl/ -o runs/fineweb
  decant why runs/fineweb https://example.org/page
  decant describe word_count`,
  )

const repeated = (value: string, earlier: string[]): string[] => [...earlier, value]
const whole =
  (least: number) =>
  (text: string): number => {
    const n = Number(text.replace(/[_,]/g, ''))
    if (!Number.isSafeInteger(n) || n < least) throw new InvalidArgumentError(`Expected a whole number of at least ${least}.`)
    return n
  }
const number = (text: string): number => {
  const n = Number(text)
  if (text.trim() === '' || !Number.isFinite(n)) throw new InvalidArgumentError('Expected a number.')
  return n
}
const share = (text: string): number => {
  const n = Number(text)
  if (!(n >= 0 && n <= 1)) throw new InvalidArgumentError('Expected a share between 0 and 1.')
  return n
}

/** Options that decide what a run does, shared by `run` and `plan`. */
const deciding = (command: Command): Command =>
  command
    .argument('<pipeline>', 'pipeline file, or the name of a shipped one (fineweb)')
    .requiredOption('-i, --input <path...>', 'files, folders or quoted globs; repeatable')
    .option('--set <step.option=value>', 'change one option of one step; null takes it away; repeatable', repeated, [])
    .option('--parameters <file>', 'YAML file with the values that the pipeline leaves open, such as the thresholds of a language')
    .option('--limit <documents>', 'stop after this many documents, in order of shards', whole(1))
    .option('--measure', 'measure every rule on every document; drop nothing, record what would be dropped')
    .option('--audit <rate>', 'measure every rule on this share of the documents, chosen by hash', share)
    .option('--keep-removed', 'write the texts of removed documents to removed/')

deciding(program.command('run'))
  .description('run a pipeline over files and write data, verdicts, errors, manifest and report')
  .requiredOption('-o, --output <dir>', 'folder of the run; give the same one again to go on after a stop')
  .option('-w, --workers <n>', 'worker threads (default: one a core; 0 stays in this thread)', whole(0))
  .option('--fail-above <share>', 'exit with 1 when more than this share of the records cannot be used', share)
  .option('--json', 'progress and result as JSON lines on stdout')
  .option('-q, --quiet', 'print nothing but errors')
  .option('--timings', 'measure the time spent in each step (see bench/run.ts)')
  .addOption(new Option('--samples <n>', 'sample verdicts to print').argParser(whole(0)).default(3))
  .addHelpText(
    'after',
    `
Examples:
  decant run fineweb -i 'crawl/*.warc.gz' -o runs/fineweb -w 8
  decant run fineweb -i shard.parquet -o runs/try --limit 1000 --keep-removed
  decant run fineweb -i crawl/ -o runs/strict --set word_count.min=100
  decant run fineweb -i crawl/ -o runs/all --measure

Ctrl-C ends a run cleanly; the same command goes on. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped.`,
  )
  .action(async (pipeline: string, flags: RunFlags) => {
    process.exitCode = await run(pipeline, flags)
  })

deciding(program.command('plan'))
  .description('check a pipeline and show passes, tasks and the disk a run needs, without running it')
  .option('-o, --output <dir>', 'folder of the run: also show what is already done there')
  .option('--json', 'the whole plan as JSON')
  .addHelpText('after', "\nExample:\n  decant plan fineweb -i 'crawl/*.warc.gz' -o runs/fineweb")
  .action(plan)

program
  .command('measure')
  .description('read the inputs once and measure all that any of the pipelines measures, for compare, sweep, suggest and sample')
  .argument('<pipelines...>', 'pipeline files, or names of shipped ones')
  .requiredOption('-i, --input <path...>', 'files, folders or quoted globs; repeatable')
  .requiredOption('-o, --output <dir>', 'folder; each pipeline gets a measured run in it, more can be added later')
  .option('--limit <documents>', 'stop after this many documents, in order of shards', whole(1))
  .option('-w, --workers <n>', 'worker threads (default: one a core; 0 stays in this thread)', whole(0))
  .option('--fail-above <share>', 'exit with 1 when more than this share of the records cannot be used', share)
  .option('--json', 'progress and result as JSON lines on stdout')
  .option('-q, --quiet', 'print nothing but errors')
  .addHelpText(
    'after',
    `
Drops nothing. One measured run for each pipeline lies in DIR/NAME; what equal steps extract, edit and measure is done once.

Examples:
  decant measure raw fineweb c4 gopher -i 'crawl/*.warc.gz' -o runs/measured
  decant measure mine.yaml -i 'crawl/*.warc.gz' -o runs/measured      # adds one`,
  )
  .action(async (pipelines: string[], flags: MeasureFlags) => {
    process.exitCode = await measure(pipelines, flags)
  })

program
  .command('status')
  .description('show how far a run is, and its funnel when it is complete')
  .argument('<dir>', 'folder of the run')
  .option('--json', 'as JSON')
  .action(status)

program
  .command('verify')
  .description('check a finished run: hashes and rows of every file, counts of every verdict, conservation of documents, bytes and tokens')
  .argument('<dir>', 'folder of the run')
  .option('--inputs', 'also hash the input files again')
  .option('--json', 'as JSON')
  .action(async (dir: string, flags: { inputs?: boolean; json?: boolean }) => {
    process.exitCode = await verify(dir, flags)
  })

program
  .command('describe')
  .description('list all steps, or explain one: what it measures, its source, options and examples')
  .argument('[step]', 'step name')
  .option('--json', "the step's JSON Schema")
  .action(describe)

program
  .command('why')
  .description('replay the rules on one document: every value against its bound, and the text')
  .argument('<dir>', 'folder of the run')
  .argument('<document>', 'id or URL')
  .option('--no-text', 'leave the text out')
  .option('--json', 'as JSON')
  .addHelpText('after', '\nExample:\n  decant why runs/fineweb https://example.org/page')
  .action(why)

const measuredDir = 'folder of "decant measure", or of a run with --measure'
const reporting = (command: Command): Command =>
  command
    .addOption(new Option('--report <file>', 'where the HTML report goes (default: DIR/reports/); its numbers as JSON beside it'))
    .option('--no-report', 'write no report')

reporting(program.command('compare'))
  .description('compare what two pipelines keep of a measurement, and what each rule removes first, alone, and as the only one')
  .argument('<dir>', measuredDir)
  .argument('[a]', 'measured pipeline by name, or a pipeline file (default: the only measured one)')
  .argument('[b]', 'the same (default: A with the changes of --set)')
  .addOption(
    new Option('--set <step.option=value>', 'change one option of one step of B; null takes it away; repeatable')
      .argParser(repeated)
      .default([], 'none'),
  )
  .addOption(new Option('--at <step.option=value>', 'the same as --set').argParser(repeated).default([], 'none'))
  .option('--parameters <file>', 'YAML file with the values that pipeline B leaves open')
  .addOption(
    new Option('--by <names>', 'break down by language, domain, length, dump, or by tenths of a measured value')
      .argParser((text) => text.split(',').filter(Boolean))
      .default(['language', 'domain', 'length', 'dump'], 'language,domain,length,dump'),
  )
  .addOption(new Option('--samples <n>', 'documents to print that only one side keeps').argParser(whole(0)).default(3))
  .addOption(new Option('--seed <n>', 'of the samples').argParser(whole(0)).default(1))
  .option('--json', 'as JSON, with the overlaps of all rules')
  .addHelpText(
    'after',
    `
Examples:
  decant measure fineweb c4 -i 'crawl/*.warc.gz' -o runs/measured
  decant compare runs/measured fineweb c4                                    # who keeps what, and why?
  decant compare runs/measured fineweb                                       # what does each rule do?
  decant compare runs/measured fineweb --set line_punct_ratio.min=0.2       # what would a stricter bound do?`,
  )
  .action((dir: string, a: string | undefined, b: string | undefined, { at, ...flags }: CompareFlags & { at: string[] }) =>
    compare(dir, a, b, { ...flags, set: [...flags.set, ...at] }),
  )

reporting(program.command('sweep'))
  .description('what a pipeline keeps of a measurement for each value of one bound, and the documents nearest to the bound it has')
  .argument('<dir>', measuredDir)
  .argument('<step.bound>', 'such as word_count.min')
  .argument('[pipeline]', 'measured pipeline by name, or a pipeline file (default: the only measured one)')
  .option('--from <value>', 'first value (default: the least that was measured)', number)
  .option('--to <value>', 'last value (default: the most)', number)
  .option('--step <value>', 'distance between values (default: 21 values)', number)
  .option('--set <step.option=value>', 'change one option of another step; repeatable', repeated, [])
  .option('--parameters <file>', 'YAML file with the values that the pipeline leaves open')
  .addOption(new Option('--nearest <n>', 'documents to print on either side of the bound').argParser(whole(0)).default(5))
  .option('--json', 'as JSON')
  .addHelpText('after', '\nExample:\n  decant sweep runs/measured line_punct_ratio.min fineweb --from 0 --to 0.5 --step 0.05')
  .action(sweep)

// Who reads the output has gone (`| head`): a run is stopped as by Ctrl-C, anything else has said enough.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE' && process.exitCode === undefined && !process.emit('SIGTERM')) process.exit(0)
})

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

/** One line and a hint for what the user can mend; a stack only for bugs. */
function explain(error: unknown): number {
  // Commander has said what is wrong by now; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { name, message, code, stack, path } = error as NodeJS.ErrnoException
  if (error instanceof UserError || name === 'UserError') {
    console.error(`decant: ${message}`)
    const { hint } = error as UserError
    if (hint) console.error(`  hint: ${hint}`)
    return 2
  }
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    console.error(`decant: the disk is full (${code}${path ? `, ${path}` : ''}). Make room and give the same command again.`)
    return 1
  }
  if (code && /^E[A-Z]+$/.test(code)) {
    console.error(`decant: ${message}`)
    return 1
  }
  console.error(`decant: this is a bug: ${stack ?? message}`)
  return 1
}
