import { writeFileSync } from 'node:fs'

// npm run bench:statistics: simulate experiments by `decant results` and `decant power`, and write docs/statistics.md: error rate, coverage and power,
// promised and simulated, with 1,500 experiments a cell.

async function built<T>(path: string): Promise<T> {
  return (await import(new URL(`../../dist/${path}.js`, import.meta.url).href)) as T
}
const { rank } = await built<typeof import('../src/experiments/differences.ts')>('experiments/differences')
const {
  detectableGap,
  power: powerOf,
  remainingSpread,
  seedsFor,
} = await built<typeof import('../src/experiments/power.ts')>('experiments/power')

const experiments = 1500
const [sd, alpha, wanted] = [0.3, 0.05, 0.8]

/** Uniform numbers, the same in every run (mulberry32). */
function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A standard normal number (Box and Muller). */
const normal = (next: () => number): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())

interface Second {
  /** By how much it is better. */
  gap?: number
  /** Its noise as a multiple of the others'. */
  times?: number
  /** Seeds that only it has. */
  more?: number
}

/** Scores of arms by seed; all arms but the second are equal. */
function simulate(arms: number, seeds: number, next: () => number, { gap = 0, times = 1, more = 0 }: Second = {}) {
  const scores = (isSecond: boolean) =>
    Array.from({ length: seeds + (isSecond ? more : 0) }, (_, s): [number, { value: number; error: null }] => [
      s,
      { value: 45 + (isSecond ? gap : 0) + sd * (isSecond ? times : 1) * normal(next), error: null },
    ])
  return new Map(Array.from({ length: arms }, (_, a) => [`arm${a}`, new Map(scores(a === 1))]))
}

type Differences = ReturnType<typeof rank>['differences']
const anyCalled = (differences: Differences): boolean => differences.some(({ verdict }) => verdict === 'better' || verdict === 'worse')

interface Cell {
  arms: number
  seeds: number
  error: number
  coverage: number
  gap: number
  power: number
}

function cell(arms: number, seeds: number): Cell {
  const next = generator(1000 * arms + seeds)
  const gap = detectableGap(seeds, wanted, { sd, paired: true, correlation: 0, alpha: alpha / (arms - 1) })!
  let [errors, covered, intervals, found] = [0, 0, 0, 0]
  for (let i = 0; i < experiments; i++) {
    const none = rank(simulate(arms, seeds, next), 'arm0', { confidence: 1 - alpha }).differences
    if (anyCalled(none)) errors++
    for (const { interval } of none) {
      intervals++
      if (interval![0] <= 0 && interval![1] >= 0) covered++
    }
    const real = rank(simulate(arms, seeds, next, { gap }), 'arm0', { confidence: 1 - alpha }).differences
    if (real.find(({ arm }) => arm === 'arm1')!.verdict === 'better') found++
  }
  return { arms, seeds, error: errors / experiments, coverage: covered / intervals, gap, power: found / experiments }
}

/** How often equal arms are called different, and `--pooled` is refused. */
function misuse(arms: number, seeds: number, second: Second, pooled: boolean): { error: number; refused: number } {
  const next = generator(1000 * arms + seeds + 500)
  let [errors, refused] = [0, 0]
  for (let i = 0; i < experiments; i++) {
    const { differences, not_pooled } = rank(simulate(arms, seeds, next, second), 'arm0', { confidence: 1 - alpha, pooled })
    if (anyCalled(differences)) errors++
    if (not_pooled?.arm === 'arm1' || (not_pooled && second.times === undefined)) refused++
  }
  return { error: errors / experiments, refused: refused / experiments }
}

const cells = [2, 4, 8].flatMap((arms) => [2, 3, 5, 8].map((seeds) => cell(arms, seeds)))
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
/** Twice the standard error of a simulated share. */
const margin = (share: number): number => 2 * Math.sqrt((share * (1 - share)) / experiments)
const rows = cells.map(
  ({ arms, seeds, error, coverage, gap, power }) =>
    `| ${arms} | ${seeds} | ${percent(error)} | ${percent(coverage)} | ${gap.toFixed(2)} | ${percent(power)} |`,
)
const otherRows = [2, 4, 8].flatMap((arms) =>
  [2, 3, 5, 8].map((seeds) => {
    const welch = misuse(arms, seeds, { more: 1 }, false)
    const pooled = misuse(arms, seeds, {}, true)
    const noisy = misuse(arms, seeds, { times: 3 }, true)
    // Of two arms, pooling is the paired test.
    const tells = ({ error, refused }: typeof pooled): string => (arms === 2 ? '– | –' : `${percent(error)} | ${percent(refused)}`)
    return `| ${arms} | ${seeds} | ${percent(welch.error)} | ${tells(pooled)} | ${tells(noisy)} |`
  }),
)
/** Power that a pilot's numbers of seeds have, by its middle and by the upper end of its noise; `shared`: part of the variance that seeds have in common. */
function pilot(arms: number, seeds: number, shared: number): string {
  const next = generator(1000 * arms + 10 * seeds + 10 * shared)
  const gap = 0.5
  const level = alpha / (arms - 1)
  const real = { sd, paired: true, correlation: shared, alpha: level }
  const powerAt = (noise: number): number => {
    const n = seedsFor(gap, wanted, { ...real, sd: noise, correlation: 0 })
    return n === undefined ? 1 : powerOf(gap, n, real)
  }
  const middle: number[] = []
  let kept = 0
  for (let i = 0; i < experiments; i++) {
    const common = Array.from({ length: seeds }, () => Math.sqrt(shared) * normal(next))
    const scores = Array.from({ length: arms }, () => common.map((value) => sd * (value + Math.sqrt(1 - shared) * normal(next))))
    const found = remainingSpread(scores)!
    middle.push(powerAt(found.sd))
    if (powerAt(found.interval[1]) >= wanted) kept++
  }
  middle.sort((a, b) => a - b)
  const [median, tenth] = [middle[experiments / 2]!, middle[experiments / 10]!]
  return `| ${arms} | ${seeds} | ${shared} | ${percent(median)} | ${percent(tenth)} | ${percent(kept / experiments)} |`
}
const pilots = [2, 4].flatMap((arms) => [2, 3, 5].flatMap((seeds) => [0, 0.6].map((shared) => pilot(arms, seeds, shared))))
writeFileSync(
  'docs/statistics.md',
  `# What the test of \`decant results\` promises, and what simulations give
Written by \`npm run bench:statistics\`: ${experiments.toLocaleString('en-US')} simulated experiments a cell, scores of arms that vary by ${sd} points between seeds, the same seeds in
every arm, no correlation. The error rate is that of any arm being called better or worse where all are equal; ${percent(alpha)} are promised at most.
Intervals promise ${percent(1 - alpha)} coverage each. Power is for one arm that is better by the gap which \`decant power --sd ${sd} --arms N\` names for
${percent(wanted)}; the others are equal. A simulated share is off by up to ${(100 * margin(alpha)).toFixed(1)} points at ${percent(alpha)} and ${(100 * margin(wanted)).toFixed(1)} points at ${percent(wanted)}.

| arms | seeds per arm | error rate | coverage | gap, points | power |
| --: | --: | --: | --: | --: | --: |
${rows.join('\n')}

## Where the design is another one

Error rates again, all arms equal. First, the second arm has one seed more, so it is compared by Welch's test. Then \`--pooled\`: with equally noisy arms, and
with one arm three times as noisy, which \`--pooled\` does not allow. Refused: the noise was not pooled, because the scores show an arm that varies more than
the others. With few seeds they often do not show it, and then the error rate is above what is promised.

| arms | seeds per arm | one seed more | pooled, equal noise | refused | pooled, one arm at 3 × | refused |
| --: | --: | --: | --: | --: | --: | --: |
${otherRows.join('\n')}

## What a pilot tells

\`decant power --from\` takes the noise from results. Here they are those of a pilot with noise of ${sd} points, and the gap is 0.5. The number of seeds that it names has
less than ${percent(wanted)} power in about half of all pilots, and far less in some. The number at the upper end of the measured noise is meant to have
${percent(wanted)} in 97.5 % of them.

| arms | seeds of the pilot | correlation | power of the number named, median | worst tenth | pilots whose upper number has ${percent(wanted)} |
| --: | --: | --: | --: | --: | --: |
${pilots.join('\n')}
`,
)
console.log([...rows, ...otherRows, ...pilots].join('\n'))
