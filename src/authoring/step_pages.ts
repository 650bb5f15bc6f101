import type { EditorExample } from '../core/editor.ts'
import type { FilterExample } from '../core/filter.ts'
import { optionRows } from './option_rows.ts'
import type { NamedStep } from './schema.ts'

/** Recipes and groups of rules that use a step, as paths from `pipelines/`. */
export type UsedBy = ReadonlyMap<string, ReadonlySet<string>>

const does = { filter: 'measures', editor: 'changes', stage: 'does', barrier: 'does' } as const
const intro = {
  filter: 'Each measures one number. The bounds in the pipeline file (`min`, `max`, `above`, `below`) say what to keep.',
  editor: 'Each rewrites the text and drops nothing.',
  stage: 'Each sees one shard as a stream of documents.',
  barrier: 'Each must see all shards before it decides.',
} as const
const titles = { filter: 'Filters', editor: 'Editors', stage: 'Stages', barrier: 'Barriers' } as const
const kinds = ['filter', 'editor', 'stage', 'barrier'] as const

/** A page for each step, and a list of them, by path below `docs/steps/`. */
export function stepPages(steps: readonly NamedStep[], usedBy: UsedBy): Record<string, string> {
  return {
    'README.md': stepList(steps),
    ...Object.fromEntries(steps.map((step) => [`${step.name}.md`, stepPage(step, [...(usedBy.get(step.name) ?? [])].sort())])),
  }
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`
const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``)
const json = (value: unknown): string => code(JSON.stringify(value))

function stepList(steps: readonly NamedStep[]): string {
  const sections = kinds.map((kind) => {
    const rows = steps.filter((step) => step.kind === kind).map(({ name, summary }) => row([`[\`${name}\`](${name}.md)`, summary]))
    return `## ${titles[kind]}\n${intro[kind]}\n\n| step | ${does[kind]} |\n| --- | --- |\n${rows.join('\n')}\n`
  })
  return `# Steps\nWritten by \`npm run docs\` from the steps themselves.\n\n${sections.join('\n')}`
}

function stepPage(step: NamedStep, recipes: readonly string[]): string {
  const { name, kind, summary, why, source, since = '0.1.0' } = step
  const parts = [
    `# \`${name}\`\nA ${kind}. Since ${since}.\n`,
    `## What it ${does[kind]}\n${sentence(summary)}\n`,
    why ? `## Why\n${why}\n` : '',
    options(step),
    examples(step),
    recipes.length > 0 ? `## Used by\n${recipes.map((path) => `[${path}](../../pipelines/${path})`).join(', ')}\n` : '',
    source ? `## Source\n${sentence(source)}\n` : '',
  ]
  return parts.filter((part) => part !== '').join('\n')
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`

function options(step: NamedStep): string {
  const rows = optionRows(step).map((option) =>
    row([
      `\`${option.name}\``,
      option.type,
      option.default === '–' || option.default === 'required' ? option.default : code(option.default),
      option.description,
    ]),
  )
  return rows.length === 0 ? '' : `## Options\n| option | type | default | meaning |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`
}

function examples(step: NamedStep): string {
  if (step.kind === 'filter') {
    const shown = ({ text, url, metadata, measured, options: given, value }: FilterExample): string =>
      row([
        url !== undefined && text === '' ? json(url) : json(text),
        [given, metadata && { metadata }, measured && { measured }].flatMap((more) => (more ? [json(more)] : [])).join(' '),
        String(value),
      ])
    return `## Examples\n| text or URL | with | value |\n| --- | --- | --- |\n${step.examples.map(shown).join('\n')}\n`
  }
  if (step.kind !== 'editor') return ''
  const shown = ({ text, options: given, becomes }: EditorExample): string => row([json(text), given ? json(given) : '', json(becomes)])
  return `## Examples\n| text | with | becomes |\n| --- | --- | --- |\n${step.examples.map(shown).join('\n')}\n`
}
