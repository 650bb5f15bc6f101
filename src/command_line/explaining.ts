import { Argument, type Command } from 'commander'
import { ending } from './help.ts'
import { lazily } from './lazily.ts'
import { asJson } from './options.ts'

/** Commands that tell what decant has (recipes, steps and models), and those for authors of rules. */
export function addExplaining(program: Command): void {
  addDescribe(program)
  addNew(program)
  addTest(program)
  const models = addModels(program)
  addListModels(models)
  addCheckModels(models)
}

function addDescribe(program: Command): void {
  program
    .command('describe')
    .description('List all recipes and steps, or explain one: what it does, its options, examples, and the models that a recipe uses.')
    .argument('[name]', 'name of a step or recipe, or the file of a rule of your own')
    .option('--json', 'print JSON; for a step, the JSON Schema of its options')
    .addHelpText('after', () => ending(['decant describe', 'decant describe word_count', 'decant describe fineweb']))
    .action(lazily(() => import('../commands/describe.ts'), 'describe'))
}

function addNew(program: Command): void {
  program
    .command('new')
    .description('Write a working rule, editor or recipe of your own into this folder, with examples or tests to change.')
    .addArgument(new Argument('<kind>', 'what to write').choices(['rule', 'editor', 'recipe']))
    .argument('<name>', 'its name, which is that of the file')
    .option('--js', 'write JavaScript also where Node runs TypeScript')
    .addHelpText('after', () => ending(['decant new rule upper_ratio', 'decant new editor trim_ends', 'decant new recipe my-corpus']))
    .action(lazily(() => import('../commands/new_rule.ts'), 'newRule'))
}

function addTest(program: Command): void {
  program
    .command('test')
    .description('Run the examples of rules of your own, and the tests of pipelines.')
    .argument('[path...]', 'files of rules or pipelines (default: those of this folder)')
    .option(...asJson)
    .addHelpText('after', () =>
      ending(['decant test', 'decant test upper_ratio.js my-corpus.yaml'], 'Exit codes: 0 all pass, 1 one fails, 2 wrong usage.'),
    )
    .action(async (paths: string[], flags: { json?: boolean }) => {
      const { testRules } = await import('../commands/test_rules.ts')
      process.exitCode = await testRules(paths, flags)
    })
}

function addModels(program: Command): Command {
  return program
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
}

function addListModels(models: Command): void {
  models
    .command('list', { isDefault: true })
    .description('List the model files that recipes use, and where to get them.')
    .option('--recipe <name>', 'list only the models of one recipe')
    .option(...asJson)
    .addHelpText('after', () => ending(['decant models list --recipe dclm']))
    .action(lazily(() => import('../commands/models.ts'), 'listModels'))
}

function addCheckModels(models: Command): void {
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
      process.exitCode = await (await import('../commands/models.ts')).checkModels(paths, flags)
    })
}
