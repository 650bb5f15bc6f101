import { type Ranking, rank } from './differences.ts'
import { lastCommon, mean, runScores, type Scores } from './scores.ts'

/** Everything that `decant results` says. */
export interface Summary {
  unit: Scores['unit']
  tasks: Scores['tasks']
  lower_is_better: boolean
  measured_in: Scores['measured_in']
  /** Runs whose seed another arm has not: arms with other seeds are compared as independent runs. */
  unpaired: { arm: string; seeds: number[] }[]
  left_out: string[]
  /** Arms whose seeds share so many tokens that their scores vary too little. */
  overlapping: Scores['overlapping']
  baseline: string
  confidence: number
  /** Checkpoints whose mean each run is judged by. */
  checkpoints: number[]
  /** Later ones that not every run has. */
  later: number[]
  arms: ArmSummary[]
  ranking: Ranking
  /** The same for each task; not corrected for the number of tasks. */
  by_task: { task: string; scores: Record<string, number>; ranking: Ranking }[]
}

export interface ArmSummary {
  name: string
  seeds: number[]
  /** Mean over seeds and the last common checkpoints. */
  score: number
  /** Mean over seeds at each checkpoint, and each seed's. */
  curve: { at: number; score: number; seeds: Record<string, number> }[]
}

export interface SummaryOptions {
  baseline: string
  /** Checkpoints to average. */
  last: number
  confidence: number
  noise?: number | undefined
  pooled?: boolean | undefined
}

export function summarize(scores: Scores, { baseline, last, confidence, noise, pooled }: SummaryOptions): Summary {
  const checkpoints = lastCommon(scores, last)
  const runs = runScores(scores, checkpoints)
  const later = [...new Set(scores.checkpoints.map(({ at }) => at))].filter((at) => at > checkpoints.at(-1)!).sort((a, b) => a - b)
  const arms = scores.arms.map((name): ArmSummary => {
    const ofArm = scores.checkpoints.filter(({ arm }) => arm === name)
    const places = [...new Set(ofArm.map(({ at }) => at))].sort((a, b) => a - b)
    const curve = places.map((at) => {
      const here = ofArm.filter((checkpoint) => checkpoint.at === at)
      const seeds = Object.fromEntries(here.map(({ seed, mean: { value } }) => [String(seed), value]))
      return { at, score: mean(Object.values(seeds)), seeds }
    })
    const final = runs.get(name)!
    return { name, seeds: [...final.keys()], score: mean([...final.values()].map(({ value }) => value)), curve }
  })
  const byTask = scores.tasks.map(({ name }) => {
    const ofTask = runScores(scores, checkpoints, name)
    const means = [...ofTask].map(([arm, seeds]): [string, number] => [arm, mean([...seeds.values()].map(({ value }) => value))])
    return {
      task: name,
      scores: Object.fromEntries(means),
      ranking: rank(ofTask, baseline, { confidence, pooled, lowerIsBetter: scores.lower_is_better }),
    }
  })
  return {
    unit: scores.unit,
    tasks: scores.tasks,
    lower_is_better: scores.lower_is_better,
    measured_in: scores.measured_in,
    unpaired: unpairedRuns(runs),
    left_out: scores.left_out,
    overlapping: scores.overlapping,
    baseline,
    confidence,
    checkpoints,
    later,
    arms,
    ranking: rank(runs, baseline, { confidence, noise, pooled, lowerIsBetter: scores.lower_is_better }),
    by_task: byTask,
  }
}

/** Of each arm, the seeds that not every arm has. */
function unpairedRuns(runs: ReadonlyMap<string, ReadonlyMap<number, unknown>>): Summary['unpaired'] {
  const all = [...runs.values()]
  return [...runs].flatMap(([arm, bySeed]) => {
    const seeds = [...bySeed.keys()].filter((seed) => !all.every((other) => other.has(seed))).sort((a, b) => a - b)
    return seeds.length > 0 ? [{ arm, seeds }] : []
  })
}
