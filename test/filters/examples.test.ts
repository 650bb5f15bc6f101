import { describe, expect, test } from 'vitest'
import { Doc, type Metadata } from '../../src/core/doc.ts'
import type { Measured } from '../../src/core/filter.ts'
import { loadStep, stepNames } from '../../src/pipeline/registry.ts'

const steps = await Promise.all(stepNames().map(async (name) => ({ name, step: await loadStep(name) })))

const docOf = (text: string, { url, metadata }: { url?: string | undefined; metadata?: Metadata | undefined } = {}): Doc =>
  new Doc({ id: 'example', text, url: url ?? '', metadata: metadata ?? {} })

const measuredAs =
  (values: Record<string, number> = {}): Measured =>
  (label) =>
  () =>
    values[label] ?? Number.NaN

const filters = steps.flatMap(({ name, step }) => (step.kind === 'filter' ? [{ name, step }] : []))
const editors = steps.flatMap(({ name, step }) => (step.kind === 'editor' ? [{ name, step }] : []))

describe.each(filters)('filter $name', ({ step }) => {
  test.each(step.examples)('measures $value on $text$url', async ({ text, url, metadata, measured, options = {}, value }) => {
    const measure = await step.measure(step.schema.parse(options), measuredAs(measured))
    expect(measure(docOf(text, { url, metadata }))).toBeCloseTo(value, 10)
  })

  test('has an example of an empty text', () => {
    expect(step.examples.map(({ text }) => text)).toContain('')
  })

  test('measures a finite number, and the same one again, on whatever text', async () => {
    const { options = {}, measured } = step.examples[0]!
    const configured = (): ReturnType<typeof step.measure> => step.measure(step.schema.parse(options), measuredAs(measured))
    const [once, again] = [await configured(), await configured()]
    for (const text of ['', ' ', '\n\n', '\ud800', '😀😀', '日本語の文章です。', 'مرحبا بالعالم', 'a\u0000b', 'word '.repeat(1000)]) {
      const value = once(docOf(text))
      expect([text, Number.isFinite(value)]).toEqual([text, true])
      expect([text, again(docOf(text)), once(docOf(text))]).toEqual([text, value, value])
    }
  })
})

describe.skipIf(editors.length === 0).each(editors)('editor $name', ({ step }) => {
  test.each(step.examples)('turns $text into $becomes', async ({ text, options = {}, becomes }) => {
    const edit = await step.edit(step.schema.parse(options))
    expect(edit(docOf(text))).toBe(becomes)
  })

  test('has an example of an empty text', () => {
    expect(step.examples.map(({ text }) => text)).toContain('')
  })

  test('leaves alone what it has already edited', async () => {
    for (const { becomes, options = {} } of step.examples) {
      const edit = await step.edit(step.schema.parse(options))
      expect(edit(docOf(becomes))).toBe(becomes)
    }
  })
})
