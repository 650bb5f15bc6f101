import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import { RowOrder, type Settled, valuesFromJson, valuesToJson } from '../../src/pipeline/settled.ts'

/** What becomes of each document, and whether an earlier pass had settled it. */
const fates = fc.array(fc.constantFrom('kept', 'removed', 'lost', 'settled before'), { maxLength: 40 })

test('documents and verdicts come out in the order they were read, whatever leaves early and whatever is held back', () => {
  fc.assert(
    fc.property(fates, fc.nat(5), (documents, held) => {
      const out: number[] = []
      const order = new RowOrder({
        doc: (doc) => void out.push(doc.verdict!.row),
        settled: ({ row }) => void out.push(row),
        close: async () => ({}),
        discard: () => {},
      })
      const settled = (row: number) => ({ row }) as Settled
      const waiting: number[] = []
      const letGo = (): void => {
        const row = waiting.shift()!
        const verdict = { row, bytes: 0, reason: null, values: new Float64Array(0), full: false }
        order.doc(new Doc({ id: String(row), text: '', verdict }))
      }
      for (const [row, fate] of documents.entries()) {
        if (fate === 'settled before') {
          order.pass(settled(row))
          continue
        }
        order.begin()
        if (fate === 'kept') waiting.push(row)
        else if (fate === 'removed') order.settled(settled(row))
        else order.lost()
        while (waiting.length > held) letGo()
      }
      while (waiting.length > 0) letGo()
      expect(out).toEqual(documents.flatMap((fate, row) => (fate === 'lost' ? [] : [row])))
    }),
  )
})

test('measured values survive JSON, those not measured too', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noDefaultInfinity: true })), (values) => {
      const json = JSON.parse(JSON.stringify(valuesToJson(Float64Array.from(values)))) as (number | null)[]
      expect([...valuesFromJson(json, values.length + 2)]).toEqual([...values.map((v) => v + 0), Number.NaN, Number.NaN])
    }),
  )
})
