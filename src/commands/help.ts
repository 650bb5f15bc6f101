import type { Command } from 'commander'
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

/** Commander's messages as decant words its own: "missing -o: output folder", "--limit 0: expected a whole number of at least 1". */
export function worded(message: string, program: Command): string {
  return message
    .replace(/^error: /, 'decant: ')
    .replace(/\n\(Did you mean (.+)\?\)/, '; did you mean $1?')
    .replace(/required option '(.+)' not specified/, (_, flags: string) => {
      const about = optionWith(flags, program)?.description.split(/[;,(]/)[0]?.trim()
      return `missing ${flags.split(/[ ,]/)[0]}${about ? `: ${about}` : ''}`
    })
    .replace(/option '(-\w|--[\w-]+)[^']*' argument missing/, '$1: missing value')
    .replace(/missing required argument '(.+)'/, 'missing argument: $1')
    .replace(/option '[^']*?(--[\w-]+)[^']*' argument '(.*)' is invalid\. (.+?)\.?$/m, (_, option: string, value: string, rest: string) => {
      return `${option} ${value}: ${rest[0]!.toLowerCase()}${rest.slice(1)}`
    })
    .replace(/command-argument value '(.*)' is invalid for argument '(.*)'\. (.+?)\.?$/m, '$2 $1: $3')
}

function optionWith(flags: string, command: Command): { description: string } | undefined {
  return command.options.find((option) => option.flags === flags) ?? command.commands.map((one) => optionWith(flags, one)).find(Boolean)
}
