import type { Doc } from '../core/doc.ts'
import type { Docs } from '../core/task.ts'
import type { CompiledRule } from './rules.ts'

/** Seconds spent in each step, for `bench/`: stages by what their `next()` takes beyond the steps before them, rules by their calls. */
export class Timings {
  #own = new Map<string, number>()
  /** Time inside the stages and rules before the one that is measured. */
  #inner = 0

  rule(rule: CompiledRule): CompiledRule {
    return {
      ...rule,
      run: (doc: Doc) => {
        const start = performance.now()
        const result = rule.run(doc)
        const spent = performance.now() - start
        this.#add(rule.label, spent)
        this.#inner += spent
        return result
      },
    }
  }

  async *stage(label: string, docs: Docs): Docs {
    const iterator = docs[Symbol.asyncIterator]()
    try {
      for (;;) {
        const outer = this.#inner
        this.#inner = 0
        const start = performance.now()
        const { done, value } = await iterator.next()
        const spent = performance.now() - start
        this.#add(label, spent - this.#inner)
        this.#inner = outer + spent
        if (done) return
        yield value
      }
    } finally {
      await iterator.return?.()
    }
  }

  seconds(): Record<string, number> {
    return Object.fromEntries([...this.#own].map(([label, ms]) => [label, ms / 1000]))
  }

  #add(label: string, ms: number): void {
    this.#own.set(label, (this.#own.get(label) ?? 0) + ms)
  }
}
