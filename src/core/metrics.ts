/** Named counters that add up across tasks. Plain JSON, so they cross threads and nodes. */
export class Metrics {
  constructor(readonly counts: Record<string, number> = {}) {}

  add(name: string, n = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + n
  }

  merge(other: Readonly<Record<string, number>>): this {
    for (const [name, n] of Object.entries(other)) this.add(name, n)
    return this
  }
}
