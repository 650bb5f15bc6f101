import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'

// npm run bench:fasttext -- --lines FILE… [--train labelled.jsonl.gz] [--model FILE…]
//
// Trains models of every loss with the `fasttext` program, quantises them, and compares the probability of every label on every line with what
// the program prints (six digits), the order of all labels, and the one that it gives when asked for one. `--train` holds objects with `text` and `lang`.

async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}.js`, import.meta.url).href)) as T
}
const { loadFastText } = await built<typeof import('../src/models/fasttext/fasttext.ts')>('models/fasttext/fasttext')

const { values } = parseArgs({
  options: {
    lines: { type: 'string', multiple: true, default: [] },
    train: { type: 'string', default: 'shared/data/lid/core.jsonl.gz' },
    model: { type: 'string', multiple: true },
    labels: { type: 'string', default: '12' },
  },
})

const run = (args: string[]): void => {
  const { status, stderr } = spawnSync('fasttext', args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`fasttext ${args.join(' ')}: ${stderr}`)
}

const settings: [name: string, args: string[], quantise: string[] | null][] = [
  ['softmax, bigrams', ['-loss', 'softmax', '-dim', '20', '-wordNgrams', '2', '-bucket', '50000'], ['-qnorm', '-dsub', '4']],
  [
    'softmax, parts',
    ['-loss', 'softmax', '-dim', '16', '-minn', '2', '-maxn', '5', '-bucket', '100000'],
    ['-cutoff', '20000', '-retrain', '-qnorm'],
  ],
  ['hierarchical, parts', ['-loss', 'hs', '-dim', '16', '-minn', '2', '-maxn', '4', '-bucket', '200000'], ['-cutoff', '30000', '-qnorm']],
  ['negative sampling', ['-loss', 'ns', '-dim', '10', '-minn', '1', '-maxn', '3', '-bucket', '30000'], ['-dsub', '3']],
  [
    'one-vs-all, trigrams, parts',
    ['-loss', 'ova', '-dim', '33', '-wordNgrams', '3', '-minn', '3', '-maxn', '3', '-bucket', '70000'],
    ['-cutoff', '9000', '-qnorm', '-dsub', '5'],
  ],
]

const dir = mkdtempSync(join(tmpdir(), 'decant-fasttext-'))
try {
  const lines = new Set(values.lines.flatMap((file) => readFileSync(file, 'utf8').split('\n')).filter((line) => line.trim() !== ''))
  const all = [...lines]
  writeFileSync(join(dir, 'lines.txt'), `${all.join('\n')}\n`)
  console.log(
    `${all.length} lines\n\n| model | labels | lines | greatest difference | all labels in another order | another top label |\n| --- | --: | --: | --: | --: | --: |`,
  )
  const models: [string, string][] = (values.model ?? []).map((model) => [model.split('/').at(-1)!, model])
  for (const [name, args, quantise] of trainingSets() ? settings : []) {
    const model = join(dir, name.replace(/\W+/g, '_'))
    run([
      'supervised',
      '-input',
      join(dir, 'train.txt'),
      '-output',
      model,
      '-epoch',
      '2',
      '-thread',
      '1',
      '-lr',
      '0.3',
      '-verbose',
      '0',
      ...args,
    ])
    models.push([`${name}, .bin`, `${model}.bin`])
    if (!quantise) continue
    run(['quantize', '-input', join(dir, 'train.txt'), '-output', model, '-thread', '1', '-epoch', '1', '-verbose', '0', ...quantise])
    models.push([`${name}, .ftz`, `${model}.ftz`])
  }
  for (const [name, model] of models) await compare(name, model, all)
} finally {
  rmSync(dir, { recursive: true })
}

/** Write the training file: the languages that have most lines. */
function trainingSets(): boolean {
  const entries = gunzipSync(readFileSync(values.train))
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { text: string; lang: string })
  const counts = new Map<string, number>()
  for (const { lang } of entries) counts.set(lang, (counts.get(lang) ?? 0) + 1)
  const kept = new Set(
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, Number(values.labels))
      .map(([lang]) => lang),
  )
  const text = entries.filter(({ lang }) => kept.has(lang)).map(({ text, lang }) => `__label__${lang} ${text.replaceAll('\n', ' ')}\n`)
  writeFileSync(join(dir, 'train.txt'), text.join(''))
  return true
}

/** What the program prints for each line, against ours: every label, and which is first. */
async function compare(name: string, path: string, all: readonly string[]): Promise<void> {
  const model = loadFastText(path)
  const indexes = new Map(model.labels.map((label, i) => [label, i]))
  const program = spawn('fasttext', ['predict-prob', path, join(dir, 'lines.txt'), '-1'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let [at, greatest, misplaced] = [0, 0, 0]
  for await (const printed of createInterface({ input: program.stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
    const line = all[at++]!
    const ours = model.probabilities(line)
    const fields = printed === '' ? [] : printed.split(' ')
    const order = model.predict(line, model.labels.length)
    if (order.some(({ label }, i) => label !== fields[2 * i])) misplaced++
    const seen = new Set<number>()
    for (let i = 0; i < fields.length; i += 2) {
      const index = indexes.get(fields[i]!)!
      seen.add(index)
      greatest = Math.max(greatest, Math.abs(Number(fields[i + 1]) - ours![index]!))
    }
    ours?.forEach((p, i) => {
      if (!seen.has(i)) greatest = Math.max(greatest, p)
    })
  }
  if (at !== all.length) throw new Error(`the program printed ${at} lines of ${all.length}`)
  const firsts = spawnSync('fasttext', ['predict', path, join(dir, 'lines.txt'), '1'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  }).stdout.split('\n')
  const flips = all.filter((line, i) => (model.predict(line)[0]?.label ?? '') !== firsts[i]).length
  console.log(`| ${name} | ${model.labels.length} | ${at} | ${greatest.toExponential(1)} | ${misplaced} | ${flips} |`)
}
