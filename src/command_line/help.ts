import type { Command, Option } from 'commander'
import { terminalWidth, wrap } from '../reports/layout.ts'

/** A command line, and what it is an example of. */
export type HelpExample = string | [command: string, about: string]

/** What stands below the options in `--help`: notes, then examples to copy. */
export function ending(examples: readonly HelpExample[], ...notes: readonly string[]): string {
  const lines = examples.flatMap((example) => {
    const [command, about] = typeof example === 'string' ? [example, ''] : example
    return [...(about === '' ? [] : [wrap(`# ${about}`, { indent: '  ', hanging: '  # ' })]), commandLine(command)]
  })
  const title = examples.length === 1 ? 'Example:' : 'Examples:'
  return ['', ...notes.flatMap((note) => [wrap(note), '']), title, ...lines].join('\n')
}

/** A command that is too long for a line goes on in the next one, before an option, as shells take it. */
function commandLine(command: string): string {
  const [first, ...options] = command.split(/ (?=-)/)
  const lines = [`  ${first}`]
  for (const option of options) {
    const line = `${lines.at(-1)} ${option}`
    if (line.length <= terminalWidth() - 2) lines[lines.length - 1] = line
    else lines.push(`    ${option}`)
  }
  return lines.join(' \\\n')
}

/**
 * Options that a command needs although commander must not know it: a command that has subcommands would need them there too. The command itself
 * says what is missing.
 */
const needed = new WeakSet<Option>()
export function need(option: Option): Option {
  needed.add(option)
  return option
}
const isRequired = (option: Option): boolean => option.mandatory || needed.has(option)

/** Options in the order of `--help`: those that a command needs come first. */
export function helpOrder(options: readonly Option[]): Option[] {
  const [required, others] = [options.filter(isRequired), options.filter((option) => !isRequired(option))]
  return [...required, ...others]
}

/** What `--help` says of an option: whether it is required, its choices, and a default unless that is nothing. */
export function optionHelp(option: Option): string {
  const { argChoices, defaultValue, defaultValueDescription, description } = option
  const isNothing = defaultValue === undefined || typeof defaultValue === 'boolean' || (Array.isArray(defaultValue) && !defaultValue.length)
  const notes = [
    ...(isRequired(option) ? ['required'] : []),
    ...(argChoices ? [`one of ${argChoices.join(', ')}`] : []),
    ...(isNothing ? [] : [`default: ${defaultValueDescription ?? String(defaultValue)}`]),
  ]
  return notes.length > 0 ? `${description} (${notes.join('; ')})` : description
}

/** Commander's messages as decant words its own, with a hint: "missing -o: output folder", "--limit 0: expected a whole number of at least 1". */
export function usageError(message: string, program: Command): string {
  const text = worded(message.trimEnd(), program)
  const hint = hints.find(([pattern]) => pattern.test(text))?.[1] ?? '--help lists all options'
  return `${text}\n  hint: ${hint}\n`
}

/** What helps with slips that many make; `-i` takes all names that follow it. */
const hints: readonly [RegExp, string][] = [
  [/missing -i: /, "name input files with -i, such as -i 'crawl/*.warc.gz'"],
  [/missing argument: pipelines?$/, 'name the pipeline first, before -i and its files'],
  [/too many arguments for (run|plan):/, 'name input files with -i, and each further one with another -i'],
]

function worded(message: string, program: Command): string {
  return message
    .replace(/^error: /, 'decant: ')
    .replace(/\n\(Did you mean (.+)\?\)/, '; did you mean $1?')
    .replace(/required option '(.+)' not specified/, (_, flags: string) => {
      const about = optionWith(flags, program)?.description.split(/[;,(]/)[0]?.trim()
      return `missing ${flags.split(/[ ,]/)[0]}${about ? `: ${about}` : ''}`
    })
    .replace(/option '(-\w|--[\w-]+)[^']*' argument missing/, '$1: missing value')
    .replace(/missing required argument '(.+)'/, 'missing argument: $1')
    .replace(/too many arguments for '(.+)'. Expected (\d+) arguments? but got (\d+)\./, 'too many arguments for $1: expected $2, got $3')
    .replace(/option '[^']*?(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.+?)\.?$/m, (_, option: string, value: string, rest: string) => {
      return `${option} ${value}: ${rest[0]!.toLowerCase()}${rest.slice(1)}`
    })
    .replace(/command-argument value '(.*)' is invalid for argument '(.*)'\. (.+?)\.?$/m, '$2 $1: $3')
}

function optionWith(flags: string, command: Command): { description: string } | undefined {
  return (
    command.options.find((option) => option.flags === flags) ??
    command.commands.map((subcommand) => optionWith(flags, subcommand)).find(Boolean)
  )
}
