#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { above0, list, number, repeated, seeds, share, whole } from './commands/arguments.ts'
import type { CompareFlags } from './commands/compare.ts'
import type { MeasureFlags } from './commands/measure.ts'
import type { RunFlags } from './commands/run.ts'
import { UserError } from './core/errors.ts'
import { version } from './pipeline/code.ts'
import { type Pin, pins } from './sample/request.ts'
import { tokenFormats } from './sample/token_files.ts'
import { tokenizerNames } from './tokenizers/token_counter.ts'

const program = new Command('decant')
  .description('Filter web crawls as FineWeb does, measure every document once, and see what each rule does.')
  .version(version())
  .showHelpAfterError('  hint: --help shows all options')
  .configureOutput({
    outputError: (text, write) => write(text.replace(/^error: /, 'decant: ').replace(/\n\(Did you mean (.+)\?\)/, '; did you mean $1?')),
  })
  .exitOverride()
  // So that options behind a subcommand are its own, whatever the command above it calls its own.
  .enablePositionalOptions()
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

/** Load a command when it is called for: help and mistakes are told at once. */
const lazily =
  <M, K extends keyof M>(load: () => Promise<M>, name: K) =>
  async (...given: M[K] extends (...args: infer A) => unknown ? A : never): Promise<void> => {
    const command = (await load())[name] as (...args: typeof given) => unknown
    await command(...given)
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
    process.exitCode = await (await import('./commands/run.ts')).run(pipeline, flags)
  })

deciding(program.command('plan'))
  .description('check a pipeline and show passes, tasks and the disk a run needs, without running it')
  .option('-o, --output <dir>', 'folder of the run: also show what is already done there')
  .option('--json', 'the whole plan as JSON')
  .addHelpText('after', "\nExample:\n  decant plan fineweb -i 'crawl/*.warc.gz' -o runs/fineweb")
  .action(lazily(() => import('./commands/plan.ts'), 'plan'))

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
    process.exitCode = await (await import('./commands/measure.ts')).measure(pipelines, flags)
  })

program
  .command('status')
  .description('show how far a run is, and its funnel when it is complete')
  .argument('<dir>', 'folder of the run')
  .option('--json', 'as JSON')
  .action(lazily(() => import('./commands/status.ts'), 'status'))

program
  .command('verify')
  .description('check a finished run: hashes and rows of every file, counts of every verdict, conservation of documents, bytes and tokens')
  .argument('<dir>', 'folder of the run')
  .option('--inputs', 'also hash the input files again')
  .option('--json', 'as JSON')
  .action(async (dir: string, flags: { inputs?: boolean; json?: boolean }) => {
    process.exitCode = await (await import('./commands/verify.ts')).verify(dir, flags)
  })

program
  .command('describe')
  .description(
    'list all steps, or explain one: what it measures, its source, options and examples; or tell which models a shipped pipeline uses',
  )
  .argument('[name]', 'a step, or a shipped pipeline')
  .option('--json', "the step's JSON Schema")
  .action(lazily(() => import('./commands/describe.ts'), 'describe'))

const models = program
  .command('models')
  .description('list the model files that recipes use, and where they come from; or check those that you have put in place')
  .addHelpText(
    'after',
    `
Examples:
  decant models                                  # names, sizes, licences, checksums, addresses
  decant models --recipe dclm
  decant models check models/lid.176.bin         # size and checksum as published, and what is in it
  decant models check models/ pipelines/my.yaml  # all files of a folder, and all that a pipeline names`,
  )
models
  .command('list', { isDefault: true })
  .description('list the model files that recipes use, and where they come from')
  .option('--recipe <name>', 'only those of one shipped pipeline')
  .option('--json', 'as JSON')
  .action(lazily(() => import('./commands/models.ts'), 'listModels'))
models
  .command('check')
  .description('load model files, say what is in them, and compare size and checksum with what is published')
  .argument('<path...>', 'files, folders, or pipeline files (.yaml) whose options name models')
  .option('--json', 'as JSON')
  .addHelpText(
    'after',
    '\nExample:\n  decant models check models/lid.176.bin models/en.arpa.bin models/en.sp.model\n\nExit codes: 0 all are good, 1 one is not, 2 wrong usage.',
  )
  .action(async (paths: string[], flags: { json?: boolean }) => {
    process.exitCode = await (await import('./commands/models.ts')).checkModels(paths, flags)
  })

program
  .command('why')
  .description('replay the rules on one document: every value against its bound, and the text')
  .argument('<dir>', 'folder of the run')
  .argument('<document>', 'id or URL')
  .option('--no-text', 'leave the text out')
  .option('--json', 'as JSON')
  .addHelpText('after', '\nExample:\n  decant why runs/fineweb https://example.org/page')
  .action(lazily(() => import('./commands/why.ts'), 'why'))

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
  .option('--exact', 'where rules before a deduplication change, look for duplicates anew, in the recorded texts; takes longer')
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
  .action(async (dir: string, a: string | undefined, b: string | undefined, { at, ...flags }: CompareFlags & { at: string[] }) =>
    (await import('./commands/compare.ts')).compare(dir, a, b, { ...flags, set: [...flags.set, ...at] }),
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
  .action(lazily(() => import('./commands/sweep.ts'), 'sweep'))

const drawing = (command: Command): Command =>
  command
    .option('--tokens <n>', 'tokens of each arm, such as 28B, 2.5M or 360000')
    .addOption(new Option('--seeds <list>', 'one sample for each').argParser(seeds).default([1], '1'))
    .option('-o, --output <dir>', 'folder of the sample')
    .addOption(new Option('--tokenizer <name>', 'what tokens are counted by').choices(tokenizerNames).default('gpt2'))
    .option('--held-out <tokens>', 'set aside so many tokens of the first arm, which then go to no arm')
    .option('--weight <column>', 'repeat documents as often as this measured value says (rehydration_weight)')
    .option('--clusters <pipeline>', 'measured pipeline whose clusters of near-duplicates are counted in corpus and sample')
    .option('--whole-clusters', 'draw whole clusters, so that a small sample repeats itself as the corpus does')
    .option('--allow-short', 'take what there is where it is less than the budget')
    .option('--parquet', 'also write the texts as Parquet')
    .addOption(
      new Option('--tokens-bin [format]', 'also write GPT-2 tokens, for datatrove and nanotron, or megatron').choices(tokenFormats),
    )
    .option('--json', 'print the manifest')
    .option('-q, --quiet', 'print nothing but errors')

const sampling = drawing(program.command('sample'))
  .description('draw samples of what several pipelines keep: paired, nested, and of the same number of tokens')
  .enablePositionalOptions()
  .argument('<dir>', measuredDir)
  .addOption(
    new Option('--arms <list>', 'measured pipelines by name, or pipeline files; the first is the baseline')
      .argParser(list)
      .default([], 'none'),
  )
  .addOption(
    new Option('--pin <list>', 'language, domain: their shares of the tokens are in every arm what they are in the first')
      .argParser((text): Pin[] => {
        const wrong = list(text).find((pin) => !pins.includes(pin as Pin))
        if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" cannot be pinned: ${pins.join(', ')}.`)
        return list(text) as Pin[]
      })
      .default([], 'none'),
  )
  .option('--control <share>', 'add an arm "control": the first one, with this share of the tokens repeated', (text) => {
    const n = share(text)
    if (n <= 0 || n >= 1) throw new InvalidArgumentError('Expected a share above 0 and below 1.')
    return n
  })
  .addHelpText(
    'after',
    `
Documents are ordered by a hash of seed and id; each arm takes those that its rules keep, in that order, until it has its tokens. So a document
that two arms keep is in both, a smaller sample is part of a larger one, and shards or workers change nothing.

Examples:
  decant measure raw fineweb mine.yaml -i 'crawl/*.warc.gz' -o runs/measured
  decant sample runs/measured --arms raw,fineweb,mine --tokens 28B --seeds 1,2 -o samples/28B
  decant sample runs/measured --arms fineweb,mine --tokens 1B --pin domain --control 0.5 -o samples/1B
  decant sample verify samples/28B
  decant sample materialize samples/28B --tokens-bin`,
  )
  .action(lazily(() => import('./commands/sample.ts'), 'sample'))

sampling
  .command('verify')
  .description('check a sample against its sources: every hash, row and count, by drawing it anew')
  .argument('<out>', 'folder of the sample')
  .option('--no-texts', 'do not read the texts and count their tokens')
  .option('--json', 'as JSON')
  .option('-q, --quiet', 'print nothing but what is wrong')
  .action(async (out: string, flags: { texts: boolean; json?: boolean; quiet?: boolean }) => {
    process.exitCode = await (await import('./commands/sample.ts')).verify(out, flags)
  })

sampling
  .command('materialize')
  .description('write the texts or tokens of the arms of a sample')
  .argument('<out>', 'folder of the sample')
  .option('--parquet', 'texts as Parquet, with the columns of the measured run')
  .addOption(new Option('--tokens-bin [format]', 'GPT-2 tokens, for datatrove and nanotron, or megatron').choices(tokenFormats))
  .addOption(new Option('--arms <list>', 'only these').argParser(list))
  .option('-o, --output <dir>', 'where to (default: parquet/ and tokens/ in the folder of the sample)')
  .option('-q, --quiet', 'print nothing but errors')
  .action(lazily(() => import('./commands/sample.ts'), 'materialize'))

drawing(program.command('mix'))
  .description('draw a sample that several measurements fill together, each its share of the tokens')
  .argument('<sources...>', 'DIR:PIPELINE=WEIGHT; the pipeline may be left out where only one was measured, equal weights too')
  .addOption(
    new Option('--replay <shares>', 'two sources, new and old: one arm for each share of old data, all with as many tokens').argParser(
      (text) => list(text).map(share),
    ),
  )
  .addHelpText(
    'after',
    `
Examples:
  decant mix runs/web:fineweb=0.9 runs/books:clean=0.1 --tokens 10B -o samples/mix
  decant mix runs/2026:fineweb runs/2025:fineweb --replay 0,0.005,0.01,0.05 --tokens 10B --seeds 1,2 -o samples/replay`,
  )
  .action(lazily(() => import('./commands/sample.ts'), 'mix'))

program
  .command('suggest')
  .description('propose rules: where the measured values of a bad corpus differ from those of a good one, and where to cut')
  .requiredOption('--good <corpus>', `${measuredDir}; DIR/NAME for one of several pipelines; DIR:kept (as without), DIR:removed or DIR:all`)
  .requiredOption('--bad <corpus>', 'the same')
  .option('--good-pipeline <pipeline>', 'decide what is kept by this pipeline: measured in DIR, or a file')
  .option('--bad-pipeline <pipeline>', 'the same')
  .option('-o, --output <file>', 'write the rules to this YAML file (default: print them)')
  .option('--report <file>', 'write an HTML report, and its numbers as JSON beside it')
  .addOption(new Option('--top <n>', 'rules to propose, the most separated first').argParser(whole(1)).default(10))
  .addOption(new Option('--weight <what>', 'count documents or tokens').choices(['documents', 'tokens']).default('documents'))
  .addOption(new Option('--min-removed <share>', 'of the bad: what a rule has to remove').argParser(share).default(0.01))
  .addOption(new Option('--max-removed <share>', 'of the good: what a rule may remove').argParser(share).default(0.2))
  .addOption(
    new Option('--values <n>', 'documents of each corpus to look at, at most, chosen by hash').argParser(whole(100)).default(200_000),
  )
  .option('--json', 'as JSON, with all columns')
  .addHelpText(
    'after',
    `
For every value that both have measured: the Wasserstein distance between the two, and the bound where what is removed of the bad exceeds what is
removed of the good by most. That is how FineWeb found its own rules (arXiv 2406.17557, section 3.6).

Examples:
  decant measure fineweb -i 'wikipedia/*.parquet' -o runs/good
  decant measure fineweb -i 'crawl/*.warc.gz' -o runs/crawl
  decant suggest --good runs/good/fineweb:all --bad runs/crawl/fineweb:all -o candidates.yaml --report suggest.html
  decant suggest --good runs/measured/fineweb --bad runs/measured/raw         # of the same pages: what rules keep, and all
  decant suggest --good runs/measured/mine:kept --bad runs/measured/mine:removed --weight tokens`,
  )
  .action(lazily(() => import('./commands/suggest.ts'), 'suggest'))

/** Options that say which runs result files are of, shared by `results` and `power`. */
const placing = (command: Command): Command =>
  command
    .option('--pattern <regex>', 'where a path names its run: groups (?<arm>...), (?<seed>...), (?<step>...) or (?<tokens>...)')
    .option('--map <file>', 'JSON list or CSV with file, arm, seed, and step or tokens')
    .option('--tokens-per-step <n>', 'of the training, to place steps on tokens (default: as the sample says)', (text) => whole(1)(text))
    .addOption(
      new Option(
        '--metric <names>',
        'metrics by preference: of each task the first that all results have (default: acc_norm, acc, exact_match, …)',
      ).argParser(list),
    )
    .addOption(new Option('--tasks <names>', 'tasks to count; "a+b" counts the mean of two as one (default: all)').argParser(list))
    .addOption(new Option('--last <n>', 'common checkpoints to average, the last ones').argParser(whole(1)).default(3))

placing(program.command('results'))
  .description('scores of the trained arms of a sample, and whether their differences are more than noise')
  .argument('<out>', 'folder of "decant sample"')
  .argument('<results...>', 'result files of lm-evaluation-harness or lighteval, or folders of them')
  .option('--baseline <arm>', 'compare with this arm (default: the first)')
  .addOption(new Option('--confidence <share>', 'of the intervals').argParser(share).default(0.95))
  .option('--pooled', 'take the noise of all arms together: more degrees of freedom with few seeds, if all arms are equally noisy')
  .option('--noise <points>', 'call smaller gaps noise, such as what other learning rates change (default: by the seeds)', number)
  .option('--report <file>', 'write an HTML report with the curves, and its numbers as JSON beside it')
  .option('--json', 'as JSON')
  .addHelpText(
    'after',
    `
A file belongs to the arm, seed, and tokens or step that its path or its model's name say, such as eval/raw-seed1/step-2000/results.json or
raw-seed1-2.1B; without a step or tokens, to the end of the training. Scores are the unweighted mean over tasks, in points.

Examples:
  decant results samples/28B eval/ --report results.html
  decant results samples/28B 'eval/**/results_*.json' --pattern '(?<arm>[^/]+)_s(?<seed>\\d+)/iter_(?<step>\\d+)'
  decant results samples/28B eval/ --baseline fineweb --tasks hellaswag,piqa,arc_easy+arc_challenge`,
  )
  .action(lazily(() => import('./commands/results.ts'), 'results'))

placing(program.command('power'))
  .description('how many seeds resolve a gap between two arms, and which gap a number of seeds resolves')
  .argument('[results...]', 'result files, with --from')
  .option('--gap <points>', 'difference of scores to find', above0)
  .option('--sd <points>', 'standard deviation of a score between seeds', above0)
  .option('--from <out>', 'measure it: folder of "decant sample", whose arms the results are of')
  .option('--correlation <r>', 'of the scores of two arms with the same seed (default: measured, else 0)', (text) => {
    const r = number(text)
    if (!(r > -1 && r < 1)) throw new InvalidArgumentError('Expected a number between -1 and 1.')
    return r
  })
  .addOption(new Option('--power <share>', 'probability to find it').argParser(share).default(0.8))
  .addOption(new Option('--alpha <share>', 'probability to find one that is not there').argParser(share).default(0.05))
  .option('--items <n>', 'questions of each task, for the error that they leave', (text) => whole(1)(text))
  .option('--task-count <n>', 'tasks, with --items', (text) => whole(1)(text))
  .option('--json', 'as JSON')
  .addHelpText(
    'after',
    `
By the t test, with exact power (noncentral t).

Examples:
  decant power --sd 0.3 --gap 0.5
  decant power --from samples/28B eval/ --gap 0.5
  decant power --sd 0.3 --items 1000 --task-count 8`,
  )
  .action(lazily(() => import('./commands/power.ts'), 'power'))

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
