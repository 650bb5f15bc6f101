import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Pin, pins } from '../sample/request.ts'
import { tokenFormats } from '../sample/token_files.ts'
import { tokenizerNames } from '../tokenizers/token_counter.ts'
import { list, seeds, share } from './arguments.ts'
import { ending, need } from './help.ts'
import { lazily } from './lazily.ts'
import { asJson, measuredDir, onlyErrors } from './options.ts'

const tokensBin = 'GPT-2 tokens in the format of datatrove and nanotron, or of megatron'
const drawing = (command: Command): Command =>
  command
    .addOption(need(new Option('--tokens <n>', 'tokens per arm, such as 28B, 2.5M or 360000')))
    .addOption(new Option('--seeds <list>', 'seeds; one sample is drawn for each').argParser(seeds).default([1], '1'))
    .addOption(need(new Option('-o, --output <dir>', 'output folder')))
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

/** Commands that draw samples, and that check and write them. */
export function addSampling(program: Command): void {
  const sampling = addSample(program)
  addVerifySample(sampling)
  addMaterialize(sampling)
  addMix(program)
}

function addSample(program: Command): Command {
  return drawing(program.command('sample'))
    .description('Draw paired, nested samples with the same number of tokens from what several pipelines keep.')
    .enablePositionalOptions()
    .argument('<dir>', measuredDir)
    .addOption(
      need(
        new Option('--arms <list>', 'names of measured pipelines, or pipeline files; the first is the baseline')
          .argParser(list)
          .default([]),
      ),
    )
    .addOption(
      new Option('--pin <list>', 'give every arm the same shares of tokens per language or domain as the first arm')
        .argParser((text): Pin[] => {
          const wrong = list(text).find((pin) => !pins.includes(pin as Pin))
          if (wrong !== undefined) throw new InvalidArgumentError(`"${wrong}" cannot be pinned: ${pins.join(', ')}.`)
          return list(text) as Pin[]
        })
        .default([]),
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
    .action(lazily(() => import('../commands/sample.ts'), 'sample'))
}

function addVerifySample(sampling: Command): void {
  sampling
    .command('verify')
    .description('Check a sample against its sources by drawing it again: every hash, row and count.')
    .argument('<out>', 'folder of the sample')
    .option('--no-texts', 'do not read the texts to count their tokens')
    .option(...asJson)
    .option('-q, --quiet', 'print only failed checks')
    .addHelpText('after', () => ending(['decant sample verify samples/28B']))
    .action(async (out: string, flags: { texts: boolean; json?: boolean; quiet?: boolean }) => {
      process.exitCode = await (await import('../commands/sample.ts')).verify(out, flags)
    })
}

function addMaterialize(sampling: Command): void {
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
    .action(lazily(() => import('../commands/sample.ts'), 'materialize'))
}

function addMix(program: Command): void {
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
    .action(lazily(() => import('../commands/sample.ts'), 'mix'))
}
