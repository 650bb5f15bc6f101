import type { Doc } from '../core/doc.ts'
import type { Docs, Task } from '../core/task.ts'
import type { Verdict } from '../core/verdict.ts'
import type { PlannedStep } from './plan.ts'
import type { TaskState } from './task_state.ts'

/**
 * One reader for several tasks: what it says of its input is said to each of them, and each document goes to all before the next is read,
 * every time with the task's own verdict. Returns the reader's task, and what deals its documents out.
 */
export function readerOf(states: readonly TaskState[], planned: PlannedStep): [Task, (docs: Docs) => Docs[]] {
  const tasks = states.map((state) => state.for(planned, state.pass.name))
  const [first] = tasks as [Task]
  if (tasks.length === 1) return [first, (docs) => [docs]]
  /** Of documents that have begun and not been dealt out, by row. */
  const verdicts = new Map<number, Verdict[]>()
  const versions = (doc: Doc): Doc[] => {
    const { row } = doc.verdict
    const own = verdicts.get(row)!
    verdicts.delete(row)
    return own.map((verdict) => doc.for(verdict))
  }
  const all = (tell: (task: Task, i: number) => void): void => {
    for (const [i, each] of tasks.entries()) tell(each, i)
  }
  const task: Task = {
    ...first,
    get documents() {
      return first.documents
    },
    begin(bytes, id) {
      const begun = tasks.map((each) => each.begin(bytes, id))
      verdicts.set(begun[0]!.row, begun)
      return begun[0]!
    },
    seam: (seam) => all((each) => each.seam(seam)),
    skip: (kind, bytes) => all((each) => each.skip(kind, bytes)),
    passOver: (kind) => all((each) => each.passOver(kind)),
    reject(doc, reason) {
      const own = versions(doc)
      all((each, i) => each.reject(own[i]!, reason))
    },
    quarantine(error, where, doc) {
      const own = doc ? versions(doc) : []
      all((each, i) => each.quarantine(error, where, own[i]))
    },
  }
  return [task, (docs) => deal(docs, tasks.length, versions)]
}

/** Hand each item to `n` streams, in step: the next is read when all have asked for it. */
function deal(docs: Docs, n: number, versions: (doc: Doc) => Doc[]): Docs[] {
  const iterator = docs[Symbol.asyncIterator]()
  type Asked = { resolve(result: { done: boolean; docs: Doc[] }): void; reject(error: unknown): void }
  let asked: Asked[] = []
  let stopped: Error | undefined
  const next = (): Promise<{ done: boolean; docs: Doc[] }> =>
    new Promise((resolve, reject) => {
      if (stopped) return reject(stopped)
      asked.push({ resolve, reject })
      if (asked.length < n) return
      const all = asked
      asked = []
      iterator.next().then(
        ({ done, value }) => {
          const result = { done: done === true, docs: done ? [] : versions(value as Doc) }
          for (const one of all) one.resolve(result)
        },
        (error: unknown) => {
          for (const one of all) one.reject(error)
        },
      )
    })
  async function* stream(i: number): Docs {
    let finished = false
    try {
      for (;;) {
        const { done, docs } = await next()
        if (done) break
        yield docs[i]!
      }
      finished = true
    } finally {
      if (!finished && !stopped) {
        // The others must not wait for one that has failed.
        stopped = new Error('another pipeline of this reading failed')
        for (const one of asked) one.reject(stopped)
        await iterator.return?.()
      }
    }
  }
  return Array.from({ length: n }, (_, i) => stream(i))
}

/** Wait for all; if any fails, for the failure that came first. */
export async function allOrFirstError(work: readonly Promise<void>[]): Promise<void> {
  let first: { error: unknown } | undefined
  const noting = work.map((each) =>
    each.catch((error: unknown) => {
      first ??= { error }
    }),
  )
  await Promise.all(noting)
  if (first) throw first.error
}
