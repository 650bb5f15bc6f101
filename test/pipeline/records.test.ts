import fc from 'fast-check'
import { expect, test } from 'vitest'
import { valuesFromJson, valuesToJson } from '../../src/pipeline/records.ts'

test('measured values survive JSON, those not measured too', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noDefaultInfinity: true })), (values) => {
      const json = JSON.parse(JSON.stringify(valuesToJson(Float64Array.from(values)))) as (number | null)[]
      expect([...valuesFromJson(json, values.length + 2)]).toEqual([...values.map((v) => v + 0), Number.NaN, Number.NaN])
    }),
  )
})
