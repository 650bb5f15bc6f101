import { type Command, InvalidArgumentError, Option } from 'commander'
import { above0, list, number, share, whole } from './arguments.ts'
import { ending } from './help.ts'
import { lazily } from './lazily.ts'
import { asJson } from './options.ts'

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

/** Commands about the scores of trained models. */
export function addExperiments(program: Command): void {
  addResults(program)
  addPower(program)
}

function addResults(program: Command): void {
  placing(program.command('results'))
    .description('Show the scores of the trained arms of a sample, and whether their differences exceed the noise.')
    .argument('<out>', 'output folder of "decant sample"')
    .argument('<results...>', 'result files of lm-evaluation-harness or lighteval, or folders of them')
    .option('--baseline <arm>', 'arm to compare the others with (default: the first)')
    .addOption(new Option('--confidence <share>', 'confidence level of the intervals').argParser(share).default(0.95))
    .option('--pooled', 'estimate the noise from all arms together; gives more degrees of freedom, but assumes all arms are equally noisy')
    .option(
      '--noise <points>',
      'treat smaller gaps as noise, such as the effect of another learning rate (default: from the seeds)',
      number,
    )
    .option('--report <file>', 'write an HTML report with the curves, with a JSON file beside it')
    .option(...asJson)
    .addHelpText('after', () =>
      ending(
        [
          'decant results samples/28B eval/ --report results.html',
          "decant results samples/28B 'eval/**/results_*.json' --pattern '(?<arm>[^/]+)_s(?<seed>\\d+)/iter_(?<step>\\d+)'",
          'decant results samples/28B eval/ --baseline fineweb --tasks hellaswag,piqa,arc_easy+arc_challenge',
        ],
        'The arm, seed, and tokens or step of a file are taken from its path or the name of its model, such as eval/raw-seed1/step-2000/results.json or raw-seed1-2.1B. A file without step or tokens counts as the end of the training. Scores are the unweighted mean over tasks, in points; losses and perplexities are shown as they are, and lower is better.',
      ),
    )
    .action(lazily(() => import('../commands/results.ts'), 'results'))
}

function addPower(program: Command): void {
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
    .option('--arms <n>', 'arms that are compared, the baseline included (default: those of the results, else 2)', (text) => whole(2)(text))
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
    .action(lazily(() => import('../commands/power.ts'), 'power'))
}
