#!/usr/bin/env node
import { Command, Help } from 'commander'
import { explainError } from './command_line/explain_error.ts'
import { ending, helpOrder, optionHelp, usageError } from './command_line/help.ts'
import { version } from './pipeline/code.ts'

const program = new Command('decant')
  .description('Filter web crawls the way FineWeb does, measure each document once, and see what each rule does.')
  .version(version(), '-V, --version', 'print the version')
  .helpOption('-h, --help', 'show this help')
  .helpCommand('help [command]', 'show the help of a command')
  .configureOutput({
    outputError: (text, write) => write(usageError(text, program)),
  })
  .exitOverride()
  // Options after a subcommand belong to it, even where its parent has options of the same name.
  .enablePositionalOptions()
  .configureHelp({
    minWidthToWrap: 30,
    subcommandTerm: (command) => command.name(),
    visibleOptions: (command) => helpOrder(new Help().visibleOptions(command)),
    optionDescription: optionHelp,
  })
  // Threads and processes of a run have the environment in common.
  .hook('preAction', (_, command) => {
    const { s3Style } = command.opts<{ s3Style?: string }>()
    if (s3Style !== undefined) process.env.DECANT_S3_STYLE = s3Style
  })
  .addHelpText('after', () =>
    ending([
      ["decant run fineweb -i 'crawl/*.warc.gz' -o runs/fineweb", 'run a recipe on a crawl'],
      ['decant plan fineweb -i crawl/ -o runs/fineweb', 'show what that run would do'],
      ['decant why runs/fineweb https://example.org/page', 'explain what became of one page'],
      ['decant describe', 'list all recipes and steps'],
    ]),
  )

// The reader has closed the pipe (`| head`): stop a run as Ctrl-C would; end anything else.
let isClosed = false
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  // What is still written meanwhile fails as well, and is no second signal.
  if (isClosed) return
  isClosed = code === 'EPIPE'
  if (isClosed && process.exitCode === undefined && !process.emit('SIGTERM')) process.exit(0)
})

// Where modules cannot be loaded, because too many files are open, several fail and only the first is waited for.
process.on('uncaughtException', (error) => process.exit(explainError(error)))

try {
  const { addRunning } = await import('./command_line/running.ts')
  const { addExplaining } = await import('./command_line/explaining.ts')
  const { addComparing } = await import('./command_line/comparing.ts')
  const { addSampling } = await import('./command_line/sampling.ts')
  const { addExperiments } = await import('./command_line/experiments.ts')
  for (const add of [addRunning, addExplaining, addComparing, addSampling, addExperiments]) add(program)
  await program.parseAsync()
} catch (error) {
  process.exitCode = explainError(error)
}
