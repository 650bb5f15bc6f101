import { type Command, Option } from 'commander'
import type { CompareFlags } from '../commands/compare.ts'
import { number, repeated, share, whole } from './arguments.ts'
import { ending } from './help.ts'
import { lazily } from './lazily.ts'
import { asJson, measuredDir, measuredPipeline, reporting, setting } from './options.ts'

const corpus = `${measuredDir}; DIR/NAME selects one of several pipelines, DIR:kept (the default), DIR:removed or DIR:all the documents`

/** Commands that read the verdicts of measured runs. */
export function addComparing(program: Command): void {
  addCompare(program)
  addSweep(program)
  addSuggest(program)
}

function addCompare(program: Command): void {
  reporting(program.command('compare'))
    .description(
      'Compare what two pipelines keep of the measured documents, and what each rule removes: in pipeline order, without other rules, and what only it removes.',
    )
    .argument('<dir>', measuredDir)
    .argument('[a]', `${measuredPipeline} (default: the only measured one)`)
    .argument('[b]', 'the pipeline to compare it with (default: A with the changes given by --set)')
    .addOption(setting('change one option of one step of B; null removes it; repeatable'))
    .addOption(new Option('--at <step.option=value>', 'the same as --set').argParser(repeated).default([]))
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
      (await import('../commands/compare.ts')).compare(dir, a, b, { ...flags, set: [...flags.set, ...at] }),
    )
}

function addSweep(program: Command): void {
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
    .action(lazily(() => import('../commands/sweep.ts'), 'sweep'))
}

function addSuggest(program: Command): void {
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
    .action(lazily(() => import('../commands/suggest.ts'), 'suggest'))
}
