import { type Command, Option } from 'commander'
import type { MeasureFlags } from '../commands/measure.ts'
import type { RunFlags } from '../commands/run.ts'
import type { TaskFlags } from '../commands/task.ts'
import { byteCount, share, whole } from './arguments.ts'
import { ending } from './help.ts'
import { lazily } from './lazily.ts'
import {
  asJson,
  base,
  cache,
  cacheBytes,
  deciding,
  drawSeed,
  failAbove,
  input,
  jsonLines,
  onlyErrors,
  s3Style,
  splitBytes,
  take,
  workers,
} from './options.ts'

/** Commands that run pipelines, and that look at what a run has left. */
export function addRunning(program: Command): void {
  addRun(program)
  addPlan(program)
  addMeasure(program)
  addTask(program)
  addMissing(program)
  addFinish(program)
  addStatus(program)
  addVerify(program)
  addPublish(program)
  addWhy(program)
}

function addRun(program: Command): void {
  deciding(program.command('run'))
    .description('Run a pipeline on files; write data, verdicts, errors, a manifest and a report.')
    .requiredOption('-o, --output <dir>', 'output folder; run the same command again to resume after a stop')
    .option(...workers)
    .option(...failAbove)
    .option('--allow-empty', 'accept a run that keeps no document')
    .option(...jsonLines)
    .option(...onlyErrors)
    .option('--publish <url>', 'when done, write data, verdicts, report and a dataset card to s3://… or hf://datasets/OWNER/NAME')
    .option('--timings', 'measure the time spent in each step')
    .addOption(new Option('--samples <n>', 'number of sample verdicts to print').argParser(whole(0)).default(3))
    .addOption(new Option('--executor <name>', 'what runs the tasks').choices(['local', 'slurm']).default('local'))
    .addOption(new Option('--shares <n>', 'slurm: jobs that a pass is shared among, at most').argParser(whole(1)).default(1000))
    .option('--at-once <n>', 'slurm: jobs that run at once, at most', whole(1))
    .option('--sbatch <options>', "slurm: more options for sbatch, such as '--partition=cpu --time=4:00:00 --mem=2G'")
    .addOption(new Option('--tries <n>', 'slurm: how often a task is tried').argParser(whole(1)).default(3))
    .addOption(
      new Option('--patience <seconds>', 'slurm: submit what is missing once more after so long without a result')
        .argParser(whole(1))
        .default(900),
    )
    .addHelpText('after', () =>
      ending(
        [
          "decant run fineweb -i 'crawl/*.warc.gz' -o runs/fineweb -w 8",
          'decant run fineweb -i shard.parquet -o runs/try --limit 1000 --keep-removed',
          'decant run fineweb -i crawl/ -o runs/strict --set word_count.min=100',
          'decant run fineweb -i crawl/ -o runs/all --measure',
          "decant run fineweb -i crawl/ -o runs/all --executor slurm --sbatch '--partition=cpu --mem=2G'",
        ],
        'Ctrl-C stops a run cleanly; run the same command again to resume it.',
        'Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped.',
      ),
    )
    .action(async (pipeline: string, flags: RunFlags) => {
      process.exitCode = await (await import('../commands/run.ts')).run(pipeline, flags)
    })
}

function addPlan(program: Command): void {
  deciding(program.command('plan'))
    .description('Check a pipeline and show the passes, tasks and disk space of a run, without running it.')
    .option('-o, --output <dir>', 'output folder of the run, to show what is already done there')
    .option('--write <dir>', 'write the plan to a folder, for "decant task" to run')
    .option('--from <dir>', 'show what the run would cost, judged by this finished run of the same pipeline')
    .option('--bytes <size>', 'with --from: for so many bytes of input, instead of those of -i', byteCount)
    .option('--cores <n>', 'with --from: on so many cores (default: 1000)', whole(1))
    .option('--json', 'print the whole plan as JSON')
    .addHelpText('after', () =>
      ending([
        "decant plan fineweb -i 'crawl/*.warc.gz' -o runs/fineweb",
        ["decant plan fineweb -i 'crawl/*.warc.gz' --write runs/fineweb", 'then run its tasks anywhere'],
        ['decant plan fineweb -i crawl/ --from runs/fineweb --bytes 83TB', 'what a whole crawl would cost'],
      ]),
    )
    .action(lazily(() => import('../commands/plan.ts'), 'plan'))
}

function addMeasure(program: Command): void {
  program
    .command('measure')
    .description('Read the inputs once and measure everything that the pipelines measure, for compare, sweep, suggest and sample.')
    .argument('<pipelines...>', 'pipeline files, or names of recipes')
    .requiredOption(...input)
    .requiredOption('-o, --output <dir>', 'output folder with one measured run per pipeline; more can be added later')
    .option('--limit <documents>', 'stop after this many documents, in shard order', whole(1))
    .option(...splitBytes)
    .option(...base)
    .option(...take)
    .option(...drawSeed)
    .option(...cache)
    .option(...cacheBytes)
    .addOption(s3Style())
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
      process.exitCode = await (await import('../commands/measure.ts')).measure(pipelines, flags)
    })
}

function addTask(program: Command): void {
  program
    .command('task')
    .description(
      'Run some tasks of a planned run as a process of its own, for schedulers. The same task may be run again, or by several at once.',
    )
    .argument('<dir>', 'folder that "decant plan --write" has made')
    .option('--pass <name>', 'pass to run (default: the first that lacks results)')
    .option('--share <i>', 'which share of the tasks; the index of a job array (Slurm, Kubernetes, AWS Batch) where left out', whole(0))
    .option('--of <n>', 'how many shares there are', whole(1))
    .option('--task <n>', 'run this task only', whole(0))
    .option('--among <file>', 'share the tasks whose numbers are in this file, one a line, instead of all')
    .addHelpText('after', () =>
      ending(
        [
          ['decant task runs/fineweb --pass 0 --share 3 --of 100', 'every hundredth task from the fourth on'],
          ['decant missing runs/fineweb --pass 0 | parallel decant task runs/fineweb --pass 0 --task {}', 'with GNU parallel'],
        ],
        'Exit codes: 0 done, 64 no retry will help, 75 try again.',
      ),
    )
    .action(async (dir: string, flags: TaskFlags) => {
      process.exitCode = await (await import('../commands/task.ts')).task(dir, flags)
    })
}

function addMissing(program: Command): void {
  program
    .command('missing')
    .description('List the tasks that the first incomplete pass of a run lacks: pass and number, one a line.')
    .argument('<dir>', 'folder of the run')
    .option('--pass <name>', 'only of this pass, and only the numbers')
    .option(...asJson)
    .addHelpText('after', () => ending(['decant missing runs/fineweb', 'decant missing runs/fineweb --pass 0 > tasks']))
    .action(async (dir: string, flags: { pass?: string; json?: boolean }) => {
      process.exitCode = await (await import('../commands/finish.ts')).missing(dir, flags)
    })
}

function addFinish(program: Command): void {
  program
    .command('finish')
    .description('Finish a run whose tasks are all done: put results in their places, write manifest and report.')
    .argument('<dir>', 'folder of the run')
    .option(...asJson)
    .addHelpText('after', () => ending(['decant finish runs/fineweb'], 'Exit codes: 0 done, 2 wrong usage, 75 tasks are missing.'))
    .action(async (dir: string, flags: { json?: boolean }) => {
      process.exitCode = await (await import('../commands/finish.ts')).finish(dir, flags)
    })
}

function addStatus(program: Command): void {
  program
    .command('status')
    .description('Show the progress of a run, and its funnel once it is complete.')
    .argument('<dir>', 'folder of the run')
    .option(...asJson)
    .addHelpText('after', () => ending(['decant status runs/fineweb']))
    .action(lazily(() => import('../commands/status.ts'), 'status'))
}

function addVerify(program: Command): void {
  program
    .command('verify')
    .description('Check a finished run: file hashes and row counts, and that all documents, bytes and tokens are accounted for.')
    .argument('<dir>', 'folder of the run')
    .option('--inputs', 'also hash the input files again')
    .option('--sample <share>', 'check this share of the shards only, chosen by hash', share)
    .option(...asJson)
    .addHelpText('after', () =>
      ending(
        ['decant verify runs/fineweb', 'decant verify runs/crawl --sample 0.01'],
        'Exit codes: 0 all checks pass, 1 one fails, 2 wrong usage.',
      ),
    )
    .action(async (dir: string, flags: { inputs?: boolean; sample?: number; json?: boolean }) => {
      process.exitCode = await (await import('../commands/verify.ts')).verify(dir, flags)
    })
}

function addPublish(program: Command): void {
  program
    .command('publish')
    .description('Write the data and verdicts of a finished run to S3 or the Hugging Face hub, with a card that makes them a data set.')
    .argument('<dir>', 'folder of the run')
    .argument('<url>', 's3://BUCKET/PATH or hf://datasets/OWNER/NAME[/PATH]')
    .addOption(s3Style())
    .option('--card <file>', 'use this file as README.md (default: one is written)')
    .option(...asJson)
    .addHelpText('after', () =>
      ending(
        ['decant publish runs/fineweb hf://datasets/me/my-fineweb', 'decant publish runs/fineweb s3://bucket/my-fineweb'],
        'A repository that is not there is made, as a private one. Credentials come from the environment, as the tools of the store take them.',
      ),
    )
    .action(lazily(() => import('../commands/publish.ts'), 'publish'))
}

function addWhy(program: Command): void {
  program
    .command('why')
    .description('Replay the rules on one document: show every value with its bound, and the text.')
    .argument('<dir>', 'folder of the run')
    .argument('<document>', 'id or URL of the document')
    .option('--no-text', 'omit the text')
    .option(...asJson)
    .addHelpText('after', () => ending(['decant why runs/fineweb https://example.org/page']))
    .action(lazily(() => import('../commands/why.ts'), 'why'))
}
