import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { readTrees } from '../src/extraction/gradient_trees.ts'
import { htmlBlocks } from '../src/extraction/html_blocks.ts'
import { type ContentOptions, mainContent, type Preset, presets } from '../src/extraction/main_content.ts'
import { type GoldPage, goldPages, htmlOf } from './extraction_gold.ts'
import { type Score, segmentScore, shingleScore, wordRecall, wordScore } from './extraction_score.ts'

// npm run bench:extraction -- GOLD_FOLDER [--peers FOLDER] [--models FOLDER] [--repeats 3] [--type forum]
//
// Scores decant and what other systems made of the same pages (bench/extraction_peers.py) by one scorer, and prints Markdown. With --models,
// each page is extracted by a model that has not seen its domain (bench/extraction_train.py --folds); without, by the shipped one, which has
// learned from these very pages.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: 'string' },
    models: { type: 'string' },
    repeats: { type: 'string', default: '3' },
    worst: { type: 'string' },
  },
})
const folder = positionals[0]!
const pages = goldPages(folder)

interface System {
  name: string
  texts: Map<string, string>
  /** CPU seconds for all pages. */
  seconds: number
}

const systems: System[] = presets.map(ours)
if (values.peers !== undefined) {
  for (const file of readdirSync(values.peers).sort())
    if (file.endsWith('.jsonl')) systems.push(peer(join(values.peers, file), file.slice(0, -6)))
}

function modelOf(): (page: GoldPage) => Pick<ContentOptions, 'trees'> {
  if (values.models === undefined) return () => ({})
  const fold = JSON.parse(readFileSync(join(values.models, 'folds.json'), 'utf8')) as Record<string, number>
  const models = [0, 1, 2, 3, 4].map((k) => readTrees(readFileSync(join(values.models!, `fold_${k}.txt`), 'utf8')))
  return ({ id }) => ({ trees: models[fold[id]!]! })
}

function ours(preset: Preset): System {
  const texts = new Map<string, string>()
  const model = modelOf()
  const html = pages.map((page) => htmlOf(folder, page))
  const times: number[] = []
  for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
    const before = process.cpuUsage()
    pages.forEach((page, i) => {
      texts.set(page.id, mainContent(htmlBlocks(html[i]!), { preset, comments: false, url: page.url, ...model(page) }))
    })
    const { user, system } = process.cpuUsage(before)
    times.push((user + system) / 1e6)
  }
  return { name: `decant ${preset}`, texts, seconds: times.sort((a, b) => a - b)[times.length >> 1]! }
}

function peer(path: string, name: string): System {
  if (!existsSync(path)) throw new Error(`no file ${path}`)
  const rows = readFileSync(path, 'utf8').split('\n').filter(Boolean)
  const parsed = rows.map((row) => JSON.parse(row) as { id: string; text: string; seconds: number })
  return { name, texts: new Map(parsed.map(({ id, text }) => [id, text])), seconds: parsed.reduce((sum, { seconds }) => sum + seconds, 0) }
}

const percent = (value: number): string => (100 * value).toFixed(1)
const triple = ({ precision, recall, f1 }: Score): string => `${percent(f1)} (${percent(precision)}/${percent(recall)})`
const mean = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0) / Math.max(1, numbers.length)
const row = (...cells: (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`)

/** The groups of pages that get a line each: the seven types (whole golds of any source), then each source. */
const whole = pages.filter(({ gold, prefix_only }) => gold !== undefined && !prefix_only)
const types = [...new Set(whole.map(({ page_type }) => page_type!))].sort()
const sources = [...new Set(whole.map(({ source }) => source))].sort()
const bySystem = systems.map(({ texts }) => new Map(whole.map((page) => [page.id, wordScore(page.gold!, texts.get(page.id) ?? '')])))

function line(name: string, group: GoldPage[]): number[] {
  const f1 = bySystem.map((scores) => mean(group.map(({ id }) => scores.get(id)!.f1)))
  row(name, group.length, ...f1.map(percent))
  return f1
}

console.log(`\nWord F1 per page, mean over the pages of each type, %${values.models === undefined ? '' : '; decant held out by domain'}\n`)
row('type', 'pages', ...systems.map(({ name }) => name))
row('---', ...['', ...systems].map(() => '--:'))
const perType = types.map((type) =>
  line(
    type,
    whole.filter(({ page_type }) => page_type === type),
  ),
)
row('**macro over types**', whole.length, ...systems.map((_, i) => percent(mean(perType.map((f1) => f1[i]!)))))
for (const measure of ['precision', 'recall'] as const) {
  const macro = bySystem.map((scores) =>
    mean(types.map((type) => mean(whole.filter((page) => page.page_type === type).map(({ id }) => scores.get(id)![measure])))),
  )
  row(`macro ${measure}`, whole.length, ...macro.map(percent))
}
for (const source of sources)
  line(
    `from ${source}`,
    whole.filter((page) => page.source === source),
  )

const scrapinghub = whole.filter(({ source }) => source === 'scrapinghub')
const snippets = pages.filter((page) => page.source === 'wcxb' && page.with)
const segments = pages.filter(({ gold }) => gold === undefined)
const german = segments.filter(({ lang }) => lang.startsWith('de'))
const prefixes = pages.filter(({ prefix_only }) => prefix_only)
const withText = (group: GoldPage[], { texts }: System) =>
  group.map((page) => ({ with: [], without: [], gold: '', ...page, found: texts.get(page.id) ?? '' }))
row('scrapinghub 4-grams, F1 (P/R)', scrapinghub.length, ...systems.map((system) => triple(shingleScore(withText(scrapinghub, system)))))
row('with/without snippets of WCXB', snippets.length, ...systems.map((system) => triple(segmentScore(withText(snippets, system)))))
row('segments (trafilatura)', segments.length, ...systems.map((system) => triple(segmentScore(withText(segments, system)))))
row('of them in German', german.length, ...systems.map((system) => triple(segmentScore(withText(german, system)))))
row(
  'recall of beginnings (goose3)',
  prefixes.length,
  ...systems.map(({ texts }) => percent(mean(prefixes.map((page) => wordRecall(page.gold!, texts.get(page.id) ?? ''))))),
)
row('pages without text', pages.length, ...systems.map(({ texts }) => pages.filter(({ id }) => !texts.get(id)).length))
row('pages per CPU second', pages.length, ...systems.map(({ seconds }) => (pages.length / seconds).toFixed(0)))
const megabytes = pages.reduce((sum, page) => sum + htmlOf(folder, page).length, 0) / 1e6
row('million characters of HTML per CPU second', '', ...systems.map(({ seconds }) => (megabytes / seconds).toFixed(1)))

if (values.worst !== undefined) {
  const scores = bySystem[0]!
  const wanted = whole.filter(({ page_type, source }) => [page_type, source, 'all'].includes(values.worst))
  const worst = wanted.sort((a, b) => scores.get(a.id)!.f1 - scores.get(b.id)!.f1).slice(0, 25)
  for (const { id, page_type, url } of worst)
    console.log(
      id,
      page_type,
      triple(scores.get(id)!),
      systems
        .slice(3)
        .map((s, i) => `${s.name} ${percent(bySystem[i + 3]!.get(id)!.f1)}`)
        .join(' '),
      url,
    )
}
