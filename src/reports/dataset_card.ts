import { stringify } from 'yaml'
import type { ParquetFile } from '../formats/parquet_reader.ts'
import { type Plan, stepsOf } from '../pipeline/plan.ts'
import { count, percent } from './format.ts'
import { funnel } from './funnel.ts'
import { type Manifest, total } from './manifest.ts'

/** A part of a published run that `load_dataset` can load by name. */
export interface CardConfig {
  name: string
  folder: string
  /** Columns of its files, with their types as Hugging Face's datasets call them. */
  features: ParquetFile['types']
  rows: number
  bytes: number
}

const sizes = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12]
const named = (n: number): string => (n < 1e6 ? `${n / 1e3}K` : n < 1e9 ? `${n / 1e6}M` : n < 1e12 ? `${n / 1e9}B` : `${n / 1e12}T`)

/** How many rows there are, as the hub groups data sets. */
export function sizeCategory(rows: number): string {
  const above = sizes.findIndex((size) => rows < size)
  if (above === 0) return 'n<1K'
  if (above < 0) return 'n>1T'
  return `${named(sizes[above - 1]!)}<n<${named(sizes[above]!)}`
}

/**
 * The `README.md` of a published run, as the Hugging Face hub reads it: what `load_dataset` must know as YAML, then what people must know.
 * `command` is the one that made the run.
 */
export function datasetCard(plan: Plan, manifest: Manifest, configs: readonly CardConfig[], command: string): string {
  const { records, tokens } = manifest
  const documents = records.kept + total(records.removed)
  const front = {
    pretty_name: plan.name,
    task_categories: ['text-generation'],
    size_categories: [sizeCategory(configs[0]!.rows)],
    tags: ['decant', 'web-crawl', 'data-filtering'],
    configs: configs.map(({ name, folder }, i) => ({
      config_name: name,
      ...(i === 0 ? { default: true } : {}),
      data_files: [{ split: 'train', path: `${folder}/*.parquet` }],
    })),
    dataset_info: configs.map(({ name, features, rows, bytes }) => ({
      config_name: name,
      features: Object.entries(features).map(([column, dtype]) => ({ name: column, dtype })),
      splits: [{ name: 'train', num_bytes: bytes, num_examples: rows }],
      download_size: bytes,
      dataset_size: bytes,
    })),
  }
  const removals = funnel(plan, manifest).filter(({ removed }) => removed > 0)
  const rows = removals.map(
    ({ step, rule, documents: reached, removed }) =>
      `| ${step} | ${cell(rule)} | ${count(reached)} | ${count(removed)} | ${percent(removed, reached)} |`,
  )
  const kept = `${count(records.kept)} of ${count(documents)} documents (${percent(records.kept, documents)})`
  return `---
${stringify(front).trimEnd()}
---

# ${plan.name}

${plan.description}

Kept: ${kept}${tokens ? `, ${count(tokens.kept)} tokens` : ''}. Made by decant ${manifest.decant} from ${inputsShown(manifest)}.

- \`data/\`: the kept documents, one row each.
- \`verdicts/\`: every document that was read, with the value of each rule and the reason why it was removed, if it was.

\`\`\`python
from datasets import load_dataset

kept = load_dataset("OWNER/NAME", "${configs[0]!.name}", split="train")
verdicts = load_dataset("OWNER/NAME", "${configs[1]?.name ?? 'verdicts'}", split="train")
\`\`\`

## What each rule removed

| step | keeps | documents | removed | of these |
| ---- | ----- | --------: | ------: | -------: |
${rows.join('\n')}
| kept | | ${count(records.kept)} | | ${percent(records.kept, documents)} |

Read: ${count(records.read)} records, of which ${count(total(records.errors))} could not be used and ${count(total(records.non_html))} held no HTML or text.

## How to reproduce it

\`\`\`sh
${command}
\`\`\`

The steps, in order: ${stepsOf(plan)
    .map(({ label }) => `\`${label}\``)
    .join(
      ', ',
    )}. Their hash is \`${plan.hash.slice(0, 16)}\`; \`manifest.json\` has the hashes of all inputs and outputs, and \`report.html\` the distribution of every measured value.

## Licence

Texts belong to those who wrote them. Crawls of the web come with terms of their own: for Common Crawl, <https://commoncrawl.org/terms-of-use>.
This card names no licence, because filtering gives none. Add \`license:\` to the front matter if you know one that holds for all texts.
`
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

function inputsShown({ inputs }: Manifest): string {
  const files = [...new Set(inputs.map(({ path }) => path))]
  const some = files.slice(0, 3).map((path) => `\`${path}\``)
  return `${some.join(', ')}${files.length > 3 ? ` and ${count(files.length - 3)} more files` : ''}`
}
