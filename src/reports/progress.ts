import type { Progress } from '../executors/local.ts'
import type { Plan } from '../pipeline/plan.ts'
import { bytes, count, duration, percent } from './format.ts'

export interface ProgressReporter {
  update(progress: Progress): void
  /** A line of its own, above the progress line. */
  say(line: string): void
  stop(): void
}

/**
 * Progress of a run on stderr: one line redrawn in place on a terminal, else a plain line every few seconds, or JSON lines on stdout.
 * Rates are over the whole pass so far; the time left is judged by bytes of input.
 */
export type ProgressMode = 'terminal' | 'plain' | 'json' | 'quiet'

export function progressReporter(plan: Plan, inputBytes: readonly number[], mode: ProgressMode): ProgressReporter {
  const total = inputBytes.reduce((a, b) => a + b, 0)
  const interval = mode === 'terminal' ? 200 : mode === 'json' ? 1000 : 5000
  let pass = ''
  let started = performance.now()
  let shown = 0
  let drawn = false
  const clear = (): void => {
    if (drawn) process.stderr.write('\r\x1b[K')
    drawn = false
  }
  return {
    update(progress) {
      const now = performance.now()
      if (progress.pass.name !== pass) {
        pass = progress.pass.name
        started = now
        shown = 0
      }
      const finished = progress.done === progress.tasks
      const due = now - shown >= interval
      if (mode === 'quiet' || (!due && !(finished && mode !== 'plain'))) return
      // A pass that is over before the first plain line would have been due is not worth one.
      if (mode === 'plain' && shown === 0 && now - started < interval) return
      shown = now
      const seconds = Math.max(0.001, (now - started) / 1000)
      const measures = measure(plan, progress, seconds, total)
      if (mode === 'json') {
        process.stdout.write(`${JSON.stringify({ event: 'progress', ...measures })}\n`)
        return
      }
      const line = describe(plan, measures)
      if (mode === 'plain') process.stderr.write(`${line}\n`)
      else {
        process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns || 120) - 1)}`)
        drawn = true
      }
    },
    say(line) {
      clear()
      process.stderr.write(`${line}\n`)
    },
    stop: clear,
  }
}

interface Measures {
  pass: string
  step: string
  shards: number
  done: number
  reused: number
  documents: number
  documents_per_second: number
  mb_per_second: number
  kept: number
  eta_seconds: number | null
}

function measure(plan: Plan, { pass, tasks, done, reused, bytes, documents, kept }: Progress, seconds: number, total: number): Measures {
  const reading = pass.kind === 'shards' && pass.from === null
  const share = reading ? bytes / Math.max(1, total) : (done - reused) / Math.max(1, tasks - reused)
  return {
    pass: `${plan.passes.indexOf(pass) + 1}/${plan.passes.length}`,
    step: pass.kind === 'job' ? pass.step.label : (pass.steps.at(-1)?.label ?? ''),
    shards: tasks,
    done,
    reused,
    documents,
    documents_per_second: Math.round(documents / seconds),
    mb_per_second: Math.round(bytes / seconds / 1e5) / 10,
    kept,
    eta_seconds: share > 0.01 ? Math.round((seconds / share) * (1 - share)) : null,
  }
}

function describe(plan: Plan, m: Measures): string {
  const eta = m.eta_seconds === null ? '–' : duration(m.eta_seconds)
  const name = plan.passes[Number(m.pass.split('/')[0]) - 1]?.kind === 'job' ? `${m.step} job` : `to ${m.step}`
  const parts = [`pass ${m.pass} (${name})`, `shards ${m.done}/${m.shards}`]
  if (m.documents > 0) {
    parts.push(`${count(m.documents)} docs`, `${count(m.documents_per_second)} docs/s`, `${bytes(m.mb_per_second * 1e6)}/s`)
    parts.push(`kept ${percent(m.kept, m.documents)}`)
  }
  return [...parts, `ETA ${eta}`].join(' · ')
}
