import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import type { VerdictRecord } from '../../src/core/verdict_record.ts'
import { RowOrder } from '../../src/pipeline/row_order.ts'

/** What becomes of each document, and whether an earlier pass had decided on it. */
const fates = fc.array(fc.constantFrom('kept', 'removed', 'lost', 'decided before'), { maxLength: 40 })

test('documents and verdicts come out in the order they were read, whatever leaves early and whatever is held back', () => {
  fc.assert(
    fc.property(fates, fc.nat(5), (documents, held) => {
      const out: number[] = []
      const order = new RowOrder({
        doc: (doc) => void out.push(doc.verdict.row),
        record: ({ row }) => void out.push(row),
        close: async () => ({}),
        discard: () => {},
      })
      const record = (row: number) => ({ row }) as VerdictRecord
      const waiting: number[] = []
      const letGo = (): void => {
        const row = waiting.shift()!
        const verdict = { row, bytes: 0, reason: null, values: new Float64Array(0), full: false }
        order.doc(new Doc({ id: String(row), text: '', verdict }))
      }
      for (const [row, fate] of documents.entries()) {
        if (fate === 'decided before') {
          order.pass(record(row))
          continue
        }
        order.begin()
        if (fate === 'kept') waiting.push(row)
        else if (fate === 'removed') order.leave(record(row))
        else order.lost()
        while (waiting.length > held) letGo()
      }
      while (waiting.length > 0) letGo()
      expect(out).toEqual(documents.flatMap((fate, row) => (fate === 'lost' ? [] : [row])))
    }),
  )
})
