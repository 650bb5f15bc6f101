import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { getLIDModel } from 'fasttext.wasm.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { UserError } from '../../src/core/errors.ts'
import { FastText, loadFastText } from '../../src/models/fasttext/fasttext.ts'
import { readFastTextFile } from '../../src/models/fasttext/file.ts'
import { fileWith, temporaryFolder } from '../support.ts'

const fixtures = fileURLToPath(new URL('../../fixtures/models/', import.meta.url))
const files = readdirSync(fixtures).filter((file) => /\.(bin|ftz)$/.test(file))
const { sentences, predictions } = JSON.parse(readFileSync(`${fixtures}expected.json`, 'utf8')) as {
  sentences: string[]
  predictions: Record<string, [label: string, probability: number][][]>
}
const userError = (message: string) => expect.objectContaining({ name: 'UserError', message })
const languageModelPath = createRequire(import.meta.url).resolve('fasttext.wasm.js/dist/fastText/models/lid.176.ftz')

describe('the models in fixtures/models', () => {
  test('each loss, quantised and not, has one', () => {
    expect(files).toEqual(Object.keys(predictions))
    const losses = files.map((file) => readFastTextFile(readFileSync(fixtures + file), file).loss)
    expect(new Set(losses)).toEqual(new Set(['softmax', 'hierarchical_softmax', 'one_vs_all', 'negative_sampling']))
  })

  test.each(files)('%s: the probabilities that fastText gives', (file) => {
    const model = loadFastText(fixtures + file)
    sentences.forEach((sentence, i) => {
      const expected = predictions[file]![i]!
      expect(expected.map(([label]) => model.probability(sentence, label))).toEqual(expected.map(([, p]) => expect.closeTo(p, 5)))
      const best = model.predict(sentence, expected.length)
      expect(best.map(({ probability }) => probability)).toEqual(expected.map(([, p]) => expect.closeTo(p, 5)))
    })
  })

  test.each(files)('%s: a text gives the same bits whatever was read before', (file) => {
    const bytes = readFileSync(fixtures + file)
    const used = loadFastText(fixtures + file)
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...sentences, 'soil', 'oven', 'engine'), { maxLength: 6 }), (parts) => {
        const fresh = new FastText(readFastTextFile(bytes, file))
        expect(used.probabilities(parts.join(' '))).toEqual(fresh.probabilities(parts.join(' ')))
      }),
      { numRuns: 30 },
    )
  })
})

describe.skipIf(spawnSync('fasttext').error !== undefined)('the fasttext program, where it is installed', () => {
  const dir = temporaryFolder()
  // what follows </s> is another line to it
  const lines = sentences.filter((line) => line.trim() !== '' && !line.includes('</s>'))

  test.each(files)('%s: the same labels in the same order, with the same probabilities', (file) => {
    const input = fileWith(dir, 'lines.txt', `${lines.join('\n')}\n`)
    const { stdout } = spawnSync('fasttext', ['predict-prob', fixtures + file, input, '-1'], { encoding: 'utf8' })
    const model = loadFastText(fixtures + file)
    const ours = lines.map((line) => model.predict(line, model.labels.length))
    const theirs = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (line === '' ? [] : line.split(' ')))
    expect(ours.map((best) => best.map(({ label }) => label))).toEqual(theirs.map((fields) => fields.filter((_, i) => i % 2 === 0)))
    expect(ours.map((best) => best.map(({ probability }) => probability))).toEqual(
      theirs.map((fields) => fields.filter((_, i) => i % 2 === 1).map((p) => expect.closeTo(Number(p), 5))),
    )
  })
})

describe('lid.176', () => {
  const texts = [
    'The river rose in the night, and by morning the lower meadow was a lake.',
    'Der Fluss stieg in der Nacht, und am Morgen war die untere Wiese ein See.',
    'La rivière a monté pendant la nuit, et au matin le pré était un lac.',
    'El río creció durante la noche y por la mañana el prado era un lago.',
    'Il fiume è salito nella notte e al mattino il prato era un lago.',
    'Rzeka wezbrała w nocy, a rano dolna łąka była jeziorem.',
    'Ночью река поднялась, и к утру нижний луг стал озером.',
    'ارتفع النهر في الليل وفي الصباح صار المرج السفلي بحيرة.',
    '夜里河水上涨，到早晨，下面的草地成了一片湖。',
    '夜の間に川の水が増え、朝には下の草地が湖になっていた。',
    '밤사이 강물이 불어 아침에는 아래쪽 풀밭이 호수가 되었다.',
    'नदी रात में चढ़ गई और सुबह तक निचला मैदान झील बन गया।',
    'const total = items.reduce((a, b) => a + b, 0)',
    '12345 67890',
    '😀 👍🏽',
    'a\u0000b c',
    'x'.repeat(5000),
    '',
  ]
  let predict: (text: string) => [label: string, probability: number][]
  beforeAll(async () => {
    const original = await getLIDModel()
    await original.load()
    predict = (text) => {
      const found = original.model!.predict(text, 5, 0) as unknown as { size(): number; get(i: number): [number, string] }
      return Array.from({ length: found.size() }, (_, i) => found.get(i)).map(([probability, label]) => [label, probability])
    }
  })

  test.each(texts)('as the original program: %j', (text) => {
    const best = loadFastText(languageModelPath).predict(text, 5)
    expect(best.map(({ label, probability }) => [label, probability])).toEqual(
      predict(text).map(([label, p]) => [label, expect.closeTo(p, 5)]),
    )
  })

  test('labels come by frequency, and an unknown one is named', () => {
    const model = loadFastText(languageModelPath)
    expect(model.labels.length).toBe(176)
    expect(model.labels.slice(0, 3)).toEqual(['__label__en', '__label__ru', '__label__de'])
    expect(() => model.probability('text', '__label__enn')).toThrow(
      userError('the model has no label "__label__enn"; did you mean __label__en?'),
    )
  })

  test('a line break counts as a space', () => {
    const model = loadFastText(languageModelPath)
    expect(model.probabilities('river\nmeadow')).toEqual(model.probabilities('river meadow'))
  })
})

describe('files that are no models', () => {
  const dir = temporaryFolder()
  const whole = readFileSync(`${fixtures}hierarchical_subwords.ftz`)

  test('are refused with a reason', () => {
    const missing = `${dir}/missing.bin`
    expect(() => loadFastText(missing)).toThrow(userError(`${missing} cannot be read (ENOENT)`))
    for (const content of ['', 'PK', '{"language": "en"}']) {
      const path = fileWith(dir, 'text.bin', content)
      expect(() => loadFastText(path)).toThrow(userError(`${path} is not a fastText model`))
    }
    const newer = Buffer.from(whole)
    newer.writeInt32LE(13, 4)
    expect(() => readFastTextFile(newer, 'newer.bin')).toThrow(userError('newer.bin is a fastText model of version 13'))
    const vectors = Buffer.from(whole)
    vectors.writeInt32LE(2, 8 + 4 * 7)
    expect(() => readFastTextFile(vectors, 'vectors.bin')).toThrow(userError('vectors.bin holds word vectors, not a classifier'))
  })

  test('cut short anywhere, or with a flipped byte in the head, never break in another way', () => {
    for (let length = 8; length < whole.length; length += 97) {
      expect(() => readFastTextFile(whole.subarray(0, length), 'cut.ftz')).toThrow(userError('cut.ftz is a damaged fastText model'))
    }
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 200 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = Buffer.from(whole)
        changed[at] = byte
        try {
          new FastText(readFastTextFile(changed, 'changed.ftz')).predict('roses in the garden')
        } catch (error) {
          expect(error).toBeInstanceOf(UserError)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('with any field of the head at its extremes, are refused or used, and never take more memory than they could need', () => {
    for (const file of ['softmax_bigrams.bin', 'one_vs_all.ftz']) {
      const bytes = readFileSync(fixtures + file)
      // 14 numbers of the settings (the last is a double), 5 of the dictionary
      for (let at = 8; at < 8 + 4 * 12 + 8 + 3 * 4 + 16; at += 4) {
        for (const value of [-(2 ** 31), -1, 0, 1, 2 ** 20, 2 ** 31 - 1]) {
          const changed = Buffer.from(bytes)
          changed.writeInt32LE(value, at)
          try {
            new FastText(readFastTextFile(changed, file)).predict('roses in the garden')
          } catch (error) {
            expect(error).toBeInstanceOf(UserError)
          }
        }
      }
    }
  })
})
