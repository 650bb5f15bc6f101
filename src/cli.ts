#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { above0, byteCount, list, number, repeated, seeds, share, whole } from './commands/arguments.ts'
import type { CompareFlags } from './commands/compare.ts'
import { ending, worded } from './commands/help.ts'
import type { MeasureFlags } from './commands/measure.ts'
import type { RunFlags } from './commands/run.ts'
import { systemCode, UserError } from './core/errors.ts'
import { version } from './pipeline/code.ts'
import { wrap } from './reports/layout.ts'
import { type Pin, pins } from './sample/request.ts'
import { tokenFormats } from './sample/token_files.ts'
import { tokenizerNames } from './tokenizers/token_counter.ts'

const program = new Command('decant')
  .description('Filter web crawls the way FineWeb does, measure each document once, and see what each rule does.')
  .version(version(), '-V, --version', 'print the version')
  .helpOption('-h, --help', 'show this help')
  .helpCommand('help [command]', 'show the help of a command')
  .showHelpAfterError('  hint: --help lists all options')
  .configureOutput({
    outputError: (text, write) => write(worded(text, program)),
  })
  .exitOverride()
  // Options after a subcommand belong to it, even where its parent has options of the same name.
  .enablePositionalOptions()
  .configureHelp({ sortSubcommands: false, minWidthToWrap: 30, subcommandTerm: (command) => command.name() })
  .addHelpText('after', () =>
    ending([
      ["decant run fineweb -i 'crawl/*.warc.gz' -o runs/fineweb", 'run a recipe on a crawl'],
      ['decant plan fineweb -i crawl/ -o runs/fineweb', 'show what that run would do'],
      ['decant why runs/fineweb https://example.org/page', 'explain what became of one page'],
      ['decant describe', 'list all recipes and steps'],
    ]),
  )

/** Load a command only when it runs, so that help and usage errors appear at once. */
const lazily =
  <M, K extends keyof M>(load: () => Promise<M>, name: K) =>
  async (...given: M[K] extends (...args: infer A) => unknown ? A : never): Promise<void> => {
    const command = (await load())[name] as (...args: typeof given) => unknown
    await command(...given)
  }

const setting = (about: string): Option => new Option('--set <step.option=value>', about).argParser(repeated).default([], 'none')

/** Options that determine what a run does, shared by `run` and `plan`. */
const deciding = (command: Command): Command =>
  command
    .argument('<pipeline>', 'pipeline file, or the name of a recipe ("decant describe" lists them)')
    .requiredOption('-i, --input <path...>', 'input files, folders or quoted globs; repeatable')
    .addOption(setting('change one option of one step; null removes it; repeatable'))
    .option('--parameters <file>', 'YAML file with the values that the pipeline leaves open, such as thresholds for a language')
    .option('--limit <documents>', 'stop after this many documents, in shard order', whole(1))
    .option('--measure', 'measure every rule on every document, drop nothing, and record what would be dropped')
    .option('--audit <rate>', 'measure every rule on this share of the documents, chosen by hash', share)
    .option('--keep-removed', 'write the texts of removed documents to removed/')
    .option(...splitBytes)

const splitBytes = [
  '--split-bytes <size>',
  'read files larger than this (bytes as stored) in parts, each a task (default: 1/256 of the inputs, 16MiB to 1GiB)',
  byteCount,
] as const
const workers = ['-w, --workers <n>', 'worker threads; 0 runs in the main thread (default: one per core)', whole(0)] as const
const failAbove = ['--fail-above <share>', 'exit with code 1 if more than this share of the records is unusable', share] as const
const jsonLines = ['--json', 'print progress and result as JSON Lines on stdout'] as const
const asJson = ['--json', 'print JSON'] as const
const onlyErrors = ['-q, --quiet', 'print only errors'] as const

deciding(program.command('run'))
  .description('Run a pipeline on files; write data, verdicts, errors, a manifest and a report.')
  .requiredOption('-o, --output <dir>', 'output folder; run the same command again to resume after a stop')
  .option(...workers)
  .option(...failAbove)
  .option(...jsonLines)
  .option(...onlyErrors)
  .option('--timings', 'measure the time spent in each step')
  .addOption(new Option('--samples <n>', 'number of sample verdicts to print').argParser(whole(0)).default(3))
  .addHelpText('after', () =>
    ending(
      [
        "decant run fineweb -i 'crawl/*.warc.gz' -o runs/fineweb -w 8",
        'decant run fineweb -i shard.parquet -o runs/try --limit 1000 --keep-removed',
        'decant run fineweb -i crawl/ -o runs/strict --set word_count.min=100',
        'decant run fineweb -i crawl/ -o runs/all --measure',
      ],
      'Ctrl-C stops a run cleanly; run the same command again to resume it.',
      'Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped.',
    ),
  )
  .action(async (pipeline: string, flags: RunFlags) => {
    process.exitCode = await (await import('./commands/run.ts')).run(pipeline, flags)
  })

deciding(program.command('plan'))
  .description('Check a pipeline and show the passes, tasks and disk space of a run, without running it.')
  .option('-o, --output <dir>', 'output folder of the run, to show what is already done there')
  .option('--json', 'print the whole plan as JSON')
  .addHelpText('after', () => ending(["decant plan fineweb -i 'crawl/*.warc.gz' -o runs/fineweb"]))
  .action(lazily(() => import('./commands/plan.ts'), 'plan'))

program
  .command('measure')
  .description('Read the inputs once and measure everything that the pipelines measure, for compare, sweep, suggest and sample.')
  .argument('<pipelines...>', 'pipeline files, or names of recipes')
  .requiredOption('-i, --input <path...>', 'input files, folders or quoted globs; repeatable')
  .requiredOption('-o, --output <dir>', 'output folder with one measured run per pipeline; more can be added later')
  .option('--limit <documents>', 'stop after this many documents, in shard order', whole(1))
  .option(...splitBytes)
  .option(...workers)
  .option(...failAbove)
  .option(...jsonLines)
  .option(...onlyErrors)
  .addHelpText('after', () =>
    ending(
      [
        "decant measure raw fineweb c4 gopher -i 'crawl/*.warc.gz' -o runs/measured",
        ["decant measure mine.yaml -i 'crawl/*.warc.gz' -o runs/measured", 'add one more'],
      ],
      'Nothing is dropped. Each pipeline gets a measured run in DIR/NAME. Steps that several pipelines share run only once.',
    ),
  )
  .action(async (pipelines: string[], flags: MeasureFlags) => {
    process.exitCode = await (await import('./commands/measure.ts')).measure(pipelines, flags)
  })

program
  .command('status')
  .description('Show the progress of a run, and its funnel once it is complete.')
  .argument('<dir>', 'folder of the run')
  .option(...asJson)
  .addHelpText('after', () => ending(['decant status runs/fineweb']))
  .action(lazily(() => import('./commands/status.ts'), 'status'))

program
  .command('verify')
  .description('Check a finished run: file hashes and row counts, and that all documents, bytes and tokens are accounted for.')
  .argument('<dir>', 'folder of the run')
  .option('--inputs', 'also hash the input files again')
  .option(...asJson)
  .addHelpText('after', () => ending(['decant verify runs/fineweb'], 'Exit codes: 0 all checks pass, 1 one fails, 2 wrong usage.'))
  .action(async (dir: string, flags: { inputs?: boolean; json?: boolean }) => {
    process.exitCode = await (await import('./commands/verify.ts')).verify(dir, flags)
  })

program
  .command('describe')
  .description('List all recipes and steps, or explain one: what it does, its options, examples, and the models that a recipe uses.')
  .argument('[name]', 'name of a step or recipe')
  .option('--json', 'print JSON; for a step, the JSON Schema of its options')
  .addHelpText('after', () => ending(['decant describe', 'decant describe word_count', 'decant describe fineweb']))
  .action(lazily(() => import('./commands/describe.ts'), 'describe'))

const models = program
  .command('models')
  .description('List the model files that recipes use and where to get them, or check downloaded ones.')
  .addHelpText('after', () =>
    ending([
      ['decant models', 'names, sizes, licences, checksums and URLs'],
      'decant models --recipe dclm',
      ['decant models check models/lid.176.bin', 'compare with the published size and checksum, and show what is in it'],
      ['decant models check models/ pipelines/my.yaml', 'every model file in a folder, and those that a pipeline names'],
    ]),
  )
models
  .command('list', { isDefault: true })
  .description('List the model files that recipes use, and where to get them.')
  .option('--recipe <name>', 'list only the models of one recipe')
  .option(...asJson)
  .addHelpText('after', () => ending(['decant models list --recipe dclm']))
  .action(lazily(() => import('./commands/models.ts'), 'listModels'))
models
  .command('check')
  .description('Load model files, show what is in them, and compare them with the published size and checksum.')
  .argument('<path...>', 'model files, folders, or pipeline files (.yaml) whose options name models')
  .option(...asJson)
  .addHelpText('after', () =>
    ending(
      ['decant models check models/lid.176.bin models/en.arpa.bin models/en.sp.model'],
      'Exit codes: 0 all files are good, 1 one is not, 2 wrong usage.',
    ),
  )
  .action(async (paths: string[], flags: { json?: boolean }) => {
    process.exitCode = await (await import('./commands/models.ts')).checkModels(paths, flags)
  })

program
  .command('why')
  .description('Replay the rules on one document: show every value with its bound, and the text.')
  .argument('<dir>', 'folder of the run')
  .argument('<document>', 'id or URL of the document')
  .option('--no-text', 'omit the text')
  .option(...asJson)
  .addHelpText('after', () => ending(['decant why runs/fineweb https://example.org/page']))
  .action(lazily(() => import('./commands/why.ts'), 'why'))

const measuredDir = 'output folder of "decant measure", or of "decant run --measure"'
const measuredPipeline = 'name of a measured pipeline, or a pipeline file'
const reporting = (command: Command): Command =>
  command
    .addOption(new Option('--report <file>', 'where to write the HTML report, with a JSON file beside it (default: in DIR/reports/)'))
    .option('--no-report', 'write no report')

reporting(program.command('compare'))
  .description(
    'Compare what two pipelines keep of the measured documents, and what each rule removes: in pipeline order, without other rules, and what only it removes.',
  )
  .argument('<dir>', measuredDir)
  .argument('[a]', `${measuredPipeline} (default: the only measured one)`)
  .argument('[b]', 'the pipeline to compare it with (default: A with the changes given by --set)')
  .addOption(setting('change one option of one step of B; null removes it; repeatable'))
  .addOption(new Option('--at <step.option=value>', 'the same as --set').argParser(repeated).default([], 'none'))
  .option('--parameters <file>', 'YAML file with the values that pipeline B leaves open')
  .addOption(
    new Option('--by <names>', 'break down by language, domain, length, dump, or by deciles of a measured value')
      .argParser((text) => text.split(',').filter(Boolean))
      .default(['language', 'domain', 'length', 'dump'], 'language,domain,length,dump'),
  )
  .option('--exact', 'when a rule before a deduplication step changes, repeat the deduplication on the recorded texts; slower')
  .addOption(new Option('--samples <n>', 'documents to print that only one side keeps').argParser(whole(0)).default(3))
  .addOption(new Option('--seed <n>', 'seed of the samples').argParser(whole(0)).default(1))
  .option('--json', 'print JSON, with the overlaps of all rules')
  .addHelpText('after', () =>
    ending([
      "decant measure fineweb c4 -i 'crawl/*.warc.gz' -o runs/measured",
      ['decant compare runs/measured fineweb c4', 'which documents does each keep, and why?'],
      ['decant compare runs/measured fineweb', 'what does each rule do?'],
      ['decant compare runs/measured fineweb --set line_punct_ratio.min=0.2', 'what would a stricter bound do?'],
    ]),
  )
  .action(async (dir: string, a: string | undefined, b: string | undefined, { at, ...flags }: CompareFlags & { at: string[] }) =>
    (await import('./commands/compare.ts')).compare(dir, a, b, { ...flags, set: [...flags.set, ...at] }),
  )

reporting(program.command('sweep'))
  .description('Show what a pipeline would keep at each value of one bound, and the documents closest to the current bound.')
  .argument('<dir>', measuredDir)
  .argument('<step.bound>', 'bound to vary, such as word_count.min')
  .argument('[pipeline]', `${measuredPipeline} (default: the only measured one)`)
  .option('--from <value>', 'first value (default: the lowest measured value)', number)
  .option('--to <value>', 'last value (default: the highest measured value)', number)
  .option('--step <value>', 'distance between values (default: 21 values in all)', number)
  .addOption(setting('change one option of another step; repeatable'))
  .option('--parameters <file>', 'YAML file with the values that the pipeline leaves open')
  .addOption(new Option('--nearest <n>', 'documents to print on each side of the bound').argParser(whole(0)).default(5))
  .option('--exact', 'repeat later deduplication on the recorded texts at each value; slower')
  .option(...asJson)
  .addHelpText('after', () => ending(['decant sweep runs/measured line_punct_ratio.min fineweb --from 0 --to 0.5 --step 0.05']))
  .action(lazily(() => import('./commands/sweep.ts'), 'sweep'))

const tokensBin = 'GPT-2 tokens in the format of datatrove and nanotron, or of megatron'
const drawing = (command: Command): Command =>
  command
    .option('--tokens <n>', 'tokens per arm, such as 28B, 2.5M or 360000')
    .addOption(new Option('--seeds <list>', 'seeds; one sample is drawn for each').argParser(seeds).default([1], '1'))
    .option('-o, --output <dir>', 'output folder')
    .addOption(new Option('--tokenizer <name>', 'tokenizer to count tokens with').choices(tokenizerNames).default('gpt2'))
    .option('--held-out <tokens>', 'set aside this many tokens of the first arm and keep them out of every arm')
    .option('--weight <column>', 'repeat each document as often as this measured value says (such as rehydration_weight)')
    .option(
      '--clusters <pipeline>',
      'measured pipeline that looks for duplicates: counts its clusters, and keeps copies of held-out documents out of every arm',
    )
    .option('--whole-clusters', 'draw whole clusters, so that a small sample repeats itself as much as the corpus does')
    .option('--allow-short', 'accept fewer tokens when the corpus has fewer than asked for')
    .option('--parquet', 'also write the texts as Parquet')
    .addOption(new Option('--tokens-bin [format]', `also write ${tokensBin}`).choices(tokenFormats))
    .option('--json', 'print the manifest')
    .option(...onlyErrors)

const sampling = drawing(program.command('sample'))
  .description('Draw paired, nested samples with the same number of tokens from what several pipelines keep.')
  .enablePositionalOptions()
  .argument('<dir>', measuredDir)
  .addOption(
    new Option('--arms <list>', 'names of measured pipelines, or pipeline files; the first is the baseline')
      .argParser(list)
      .default([], 'none'),
  )
  .addOption(
    new Option('--pin <list>', 'give every arm the same shares of tokens per language or domain as the first arm')
      .argParser((text): Pin[] => {
        const wrong = list(text).find((pin) => !pins.includes(pin as Pin))
        if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" cannot be pinned: ${pins.join(', ')}.`)
        return list(text) as Pin[]
      })
      .default([], 'none'),
  )
  .option('--control <share>', 'add an arm "control": the first arm, with this share of its tokens repeated', (text) => {
    const n = share(text)
    if (n <= 0 || n >= 1) throw new InvalidArgumentError('Expected a share above 0 and below 1.')
    return n
  })
  .addHelpText('after', () =>
    ending(
      [
        "decant measure raw fineweb mine.yaml -i 'crawl/*.warc.gz' -o runs/measured",
        'decant sample runs/measured --arms raw,fineweb,mine --tokens 28B --seeds 1,2 -o samples/28B',
        'decant sample runs/measured --arms fineweb,mine --tokens 1B --pin domain --control 0.5 -o samples/1B',
        'decant sample verify samples/28B',
        'decant sample materialize samples/28B --tokens-bin',
      ],
      'Documents are ordered by a hash of seed and id. Each arm takes the documents that its rules keep, in that order, until it has enough tokens. So a document that two arms keep is in both, a smaller sample is part of a larger one, and the number of shards or workers makes no difference.',
    ),
  )
  .action(lazily(() => import('./commands/sample.ts'), 'sample'))

sampling
  .command('verify')
  .description('Check a sample against its sources by drawing it again: every hash, row and count.')
  .argument('<out>', 'folder of the sample')
  .option('--no-texts', 'do not read the texts to count their tokens')
  .option(...asJson)
  .option('-q, --quiet', 'print only failed checks')
  .addHelpText('after', () => ending(['decant sample verify samples/28B']))
  .action(async (out: string, flags: { texts: boolean; json?: boolean; quiet?: boolean }) => {
    process.exitCode = await (await import('./commands/sample.ts')).verify(out, flags)
  })

sampling
  .command('materialize')
  .description('Write the texts or tokens of the arms of a sample.')
  .argument('<out>', 'folder of the sample')
  .option('--parquet', 'write the texts as Parquet, with the columns of the measured run')
  .addOption(new Option('--tokens-bin [format]', `write ${tokensBin}`).choices(tokenFormats))
  .addOption(new Option('--arms <list>', 'write only these arms').argParser(list))
  .option('-o, --output <dir>', 'output folder (default: parquet/ and tokens/ in the folder of the sample)')
  .option(...onlyErrors)
  .addHelpText('after', () => ending(['decant sample materialize samples/28B --parquet --tokens-bin megatron']))
  .action(lazily(() => import('./commands/sample.ts'), 'materialize'))

drawing(program.command('mix'))
  .description('Draw one sample from several measurements, each with its share of the tokens.')
  .argument('<sources...>', 'DIR:PIPELINE=WEIGHT; omit the pipeline if only one was measured, and the weights if they are equal')
  .addOption(
    new Option(
      '--replay <shares>',
      'of two sources, new and old: one arm per share of old data, all with the same number of tokens',
    ).argParser((text) => list(text).map(share)),
  )
  .addHelpText('after', () =>
    ending([
      'decant mix runs/web:fineweb=0.9 runs/books:clean=0.1 --tokens 10B -o samples/mix',
      'decant mix runs/2026:fineweb runs/2025:fineweb --replay 0,0.005,0.01,0.05 --tokens 10B --seeds 1,2 -o samples/replay',
    ]),
  )
  .action(lazily(() => import('./commands/sample.ts'), 'mix'))

const corpus = `${measuredDir}; DIR/NAME selects one of several pipelines, DIR:kept (the default), DIR:removed or DIR:all the documents`
program
  .command('suggest')
  .description('Propose rules: find where the measured values of a bad corpus differ from those of a good one, and where to cut.')
  .requiredOption('--good <corpus>', corpus)
  .requiredOption('--bad <corpus>', 'a corpus, named in the same way')
  .option('--good-pipeline <pipeline>', 'pipeline that decides which documents are kept: measured in DIR, or a file')
  .option('--bad-pipeline <pipeline>', 'the same for the bad corpus')
  .option('-o, --output <file>', 'write the rules to this YAML file (default: print them)')
  .option('--report <file>', 'write an HTML report, with a JSON file beside it')
  .addOption(new Option('--top <n>', 'number of rules to propose, best separated first').argParser(whole(1)).default(10))
  .addOption(new Option('--weight <what>', 'count documents or tokens').choices(['documents', 'tokens']).default('documents'))
  .addOption(new Option('--min-removed <share>', 'least share of the bad corpus that a rule must remove').argParser(share).default(0.01))
  .addOption(new Option('--max-removed <share>', 'largest share of the good corpus that a rule may remove').argParser(share).default(0.2))
  .addOption(
    new Option('--values <n>', 'look at no more than this many documents per corpus, chosen by hash')
      .argParser(whole(100))
      .default(200_000),
  )
  .option('--json', 'print JSON, with all columns')
  .addHelpText('after', () =>
    ending(
      [
        "decant measure fineweb -i 'wikipedia/*.parquet' -o runs/good",
        "decant measure fineweb -i 'crawl/*.warc.gz' -o runs/crawl",
        'decant suggest --good runs/good/fineweb:all --bad runs/crawl/fineweb:all -o candidates.yaml --report suggest.html',
        ['decant suggest --good runs/measured/fineweb --bad runs/measured/raw', 'the documents that rules keep, against all documents'],
        'decant suggest --good runs/measured/mine:kept --bad runs/measured/mine:removed --weight tokens',
      ],
      'For each value measured on both: the Wasserstein distance between the two distributions, and the bound at which the share removed from the bad corpus exceeds the share removed from the good one by most. FineWeb found its own rules in this way (arXiv 2406.17557, section 3.6).',
    ),
  )
  .action(lazily(() => import('./commands/suggest.ts'), 'suggest'))

/** Options that match result files to runs, shared by `results` and `power`. */
const placing = (command: Command): Command =>
  command
    .option('--pattern <regex>', 'how to find the run in a path: groups (?<arm>...), (?<seed>...), and (?<step>...) or (?<tokens>...)')
    .option('--map <file>', 'JSON list or CSV with file, arm, seed, and step or tokens')
    .option('--tokens-per-step <n>', 'tokens per training step, to convert steps to tokens (default: from the sample)', (text) =>
      whole(1)(text),
    )
    .addOption(
      new Option(
        '--metric <names>',
        'metrics in order of preference; each task uses the first that all results have (default: acc_norm, acc, exact_match, …)',
      ).argParser(list),
    )
    .addOption(new Option('--tasks <names>', 'tasks to include; "a+b" counts as one task, by its mean (default: all)').argParser(list))
    .addOption(new Option('--last <n>', 'average this many of the last common checkpoints').argParser(whole(1)).default(3))

placing(program.command('results'))
  .description('Show the scores of the trained arms of a sample, and whether their differences exceed the noise.')
  .argument('<out>', 'output folder of "decant sample"')
  .argument('<results...>', 'result files of lm-evaluation-harness or lighteval, or folders of them')
  .option('--baseline <arm>', 'arm to compare the others with (default: the first)')
  .addOption(new Option('--confidence <share>', 'confidence level of the intervals').argParser(share).default(0.95))
  .option('--pooled', 'estimate the noise from all arms together; gives more degrees of freedom, but assumes all arms are equally noisy')
  .option('--noise <points>', 'treat smaller gaps as noise, such as the effect of another learning rate (default: from the seeds)', number)
  .option('--report <file>', 'write an HTML report with the curves, with a JSON file beside it')
  .option(...asJson)
  .addHelpText('after', () =>
    ending(
      [
        'decant results samples/28B eval/ --report results.html',
        "decant results samples/28B 'eval/**/results_*.json' --pattern '(?<arm>[^/]+)_s(?<seed>\\d+)/iter_(?<step>\\d+)'",
        'decant results samples/28B eval/ --baseline fineweb --tasks hellaswag,piqa,arc_easy+arc_challenge',
      ],
      'The arm, seed, and tokens or step of a file are taken from its path or the name of its model, such as eval/raw-seed1/step-2000/results.json or raw-seed1-2.1B. A file without step or tokens counts as the end of the training. Scores are the unweighted mean over tasks, in points.',
    ),
  )
  .action(lazily(() => import('./commands/results.ts'), 'results'))

placing(program.command('power'))
  .description('Show how many seeds it takes to detect a gap between two arms, and which gap a number of seeds can detect.')
  .argument('[results...]', 'result files, with --from')
  .option('--gap <points>', 'difference of scores to detect', above0)
  .option('--sd <points>', 'standard deviation of scores between seeds', above0)
  .option('--from <out>', 'measure the noise: output folder of "decant sample" that the results belong to')
  .option('--correlation <r>', 'correlation of the scores of two arms with the same seed (default: measured, else 0)', (text) => {
    const r = number(text)
    if (!(r > -1 && r < 1)) throw new InvalidArgumentError('Expected a number between -1 and 1.')
    return r
  })
  .addOption(new Option('--power <share>', 'probability of detecting a real gap').argParser(share).default(0.8))
  .addOption(new Option('--alpha <share>', 'probability of detecting a gap that does not exist').argParser(share).default(0.05))
  .addOption(new Option('--arms <n>', 'arms that are compared, the baseline included').argParser(whole(2)).default(2))
  .option('--items <n>', 'questions per task, to estimate the error they leave', (text) => whole(1)(text))
  .option('--task-count <n>', 'number of tasks, with --items', (text) => whole(1)(text))
  .option(...asJson)
  .addHelpText('after', () =>
    ending(
      [
        'decant power --sd 0.3 --gap 0.5 --arms 4',
        'decant power --from samples/28B eval/ --gap 0.5',
        'decant power --sd 0.3 --items 1000 --task-count 8',
      ],
      'Uses the t test with exact power (noncentral t distribution).',
    ),
  )
  .action(lazily(() => import('./commands/power.ts'), 'power'))

// The reader has closed the pipe (`| head`): stop a run as Ctrl-C would; end anything else.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE' && process.exitCode === undefined && !process.emit('SIGTERM')) process.exit(0)
})

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

/** One line and a hint for what the user can fix; a stack trace only for bugs. */
function explain(error: unknown): number {
  // Commander has already printed the message; help and version are not errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const { name, message, code, stack, path } = error as NodeJS.ErrnoException
  if (error instanceof UserError || name === 'UserError') {
    console.error(`decant: ${message}`)
    const { hint } = error as UserError
    if (hint)
      console.error(process.stderr.isTTY ? wrap(`  hint: ${hint}`, { hanging: '  ', width: process.stderr.columns }) : `  hint: ${hint}`)
    return 2
  }
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    console.error(`decant: the disk is full (${code}${path ? `, ${path}` : ''}). Free some space and run the same command again.`)
    return 1
  }
  if (systemCode(error)) {
    console.error(`decant: ${message}`)
    return 1
  }
  console.error(`decant: internal error (please report): ${stack ?? message}`)
  return 1
}
