import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { meanMetric, parseResults } from '../../src/experiments/result_files.ts'

const read = (name: string) => parseResults(name, readFileSync(new URL(`results/${name}.json`, import.meta.url), 'utf8'))
const plain = ({ tasks }: ReturnType<typeof read>) =>
  Object.fromEntries([...tasks].map(([name, { metrics, items }]) => [name, { ...Object.fromEntries(metrics), items }]))

test('lm-evaluation-harness: groups stand for what is in them', () => {
  const file = read('lm_eval')
  expect([file.harness, file.model]).toEqual(['lm-evaluation-harness', '/ckpt/raw-seed1/step-2000'])
  expect(plain(file)).toEqual({
    mmlu: { acc: { value: 0.25, error: 0.004 }, items: 135 },
    arc_easy: {
      acc: { value: 0.5, error: 0.01, higherIsBetter: true },
      acc_norm: { value: 0.4, error: 0.03, higherIsBetter: true },
      items: 1000,
    },
    arc_challenge: { acc: { value: 0.2, error: 0.01 }, acc_norm: { value: 0.3, error: 0.04 }, items: 1000 },
    gsm8k: {
      'exact_match,strict-match': { value: 0.1, error: 0.008 },
      'exact_match,flexible-extract': { value: 0.2, error: null },
      items: null,
    },
    wikitext: { word_perplexity: { value: 23.5, error: null }, items: null },
  })
})

test('lighteval: subsets are one benchmark, their mean', () => {
  const file = read('lighteval')
  expect([file.harness, file.model]).toEqual(['lighteval', 'fineweb-seed2-2.1B'])
  expect(plain(file)).toEqual({
    hellaswag: { acc: { value: 0.375, error: 0.0153 }, acc_norm: { value: 0.45, error: 0.0157 }, items: 1000 },
    arc: {
      acc: { value: 0.375, error: expect.closeTo(Math.SQRT2 * 0.005, 12) },
      acc_norm: { value: 0.35, error: expect.closeTo(0.025, 12) },
      items: 2000,
    },
    mmlu: { acc: { value: 0.3, error: expect.closeTo(0.025, 12) }, items: null },
    'gsm8k (5-shot)': { em: { value: 0.125, error: 0 }, items: null },
    'gsm8k (8-shot)': { em: { value: 0.25, error: 0 }, items: null },
  })
})

test('older and newer forms', () => {
  const old = parseResults('old', '{"results": {"piqa": {"acc": 0.7, "acc_stderr": 0.01}}, "config": {"model_args": "pretrained=gpt2"}}')
  expect([old.harness, old.model, old.tasks.get('piqa')!.metrics.get('acc')]).toEqual([
    'lm-evaluation-harness',
    'gpt2',
    { value: 0.7, error: 0.01 },
  ])
  const subjects = '"hendrycksTest-anatomy": {"acc": 0.25, "acc_stderr": 0.03}, "hendrycksTest-law": {"acc": 0.5, "acc_stderr": 0.04}'
  expect(plain(parseResults('subjects', `{"results": {${subjects}, "piqa": {"acc": 0.7}}}`))).toEqual({
    piqa: { acc: { value: 0.7, error: null }, items: null },
    mmlu: { acc: { value: 0.375, error: expect.closeTo(0.025, 12) }, items: null },
  })
  const board = '"harness|hendrycksTest-anatomy|5": {"acc": 0.25}, "harness|hendrycksTest-law|5": {"acc": 0.5}, "all": {"acc": 0.375}'
  expect(plain(parseResults('board', `{"config_general": {"model_name": "m"}, "results": {${board}}}`))).toEqual({
    mmlu: { acc: { value: 0.375, error: null }, items: null },
  })
  const late = parseResults(
    'late',
    '{"config_general": {"model_config": {"model_name": "m"}}, "results": {"piqa|0": {"acc": 0.7}, "all": {"acc": 0.7}}}',
  )
  expect([late.model, [...late.tasks.keys()]]).toEqual(['m', ['piqa']])
  const args = parseResults('args', '{"results": {"piqa": {"acc,none": 0.7}}, "config": {"model_args": {"pretrained": "x/raw"}}}')
  expect(args.model).toBe('x/raw')
})

test('the mean of errors', () => {
  expect(
    meanMetric([
      { value: 1, error: 3 },
      { value: 3, error: 4 },
    ]),
  ).toEqual({ value: 2, error: 2.5 })
  expect(
    meanMetric([
      { value: 1, error: 3 },
      { value: 3, error: null },
    ]),
  ).toEqual({ value: 2, error: null })
})

describe('says what is wrong', () => {
  test.each([
    ['{', 'f.json: not JSON: '],
    ['[]', 'f.json: no results of lm-evaluation-harness or lighteval in it'],
    ['{"results": {"acc": 0.5}}', 'f.json: no results of lm-evaluation-harness or lighteval in it'],
    ['{"results": {"piqa": {"acc,none": "N/A"}}}', 'f.json: no task in it has a number'],
  ])('%s', (text, message) => {
    expect(() => parseResults('f.json', text)).toThrow(message)
  })
})

test('NaN and Infinity, as Python writes them, are values that nobody has measured', () => {
  const text = '{"results": {"a": {"acc,none": 0.5, "acc_stderr,none": NaN, "f1,none": NaN}, "NaN b": {"acc,none": -Infinity}}}'
  expect(plain(parseResults('x', text))).toEqual({ a: { acc: { value: 0.5, error: null }, items: null } })
})

test('a group without a score of its own counts once, as the mean of its members', () => {
  const results = Object.fromEntries(['x_1', 'x_2', 'y'].map((name, i) => [name, { 'acc,none': 0.2 + 0.2 * i }]))
  const text = JSON.stringify({
    results: { ...results, x: { alias: 'x' } },
    group_subtasks: { x: ['x_1', 'x_2'], x_1: [], x_2: [], y: [] },
  })
  const found = plain(parseResults('x', text))
  expect(Object.keys(found).sort()).toEqual(['x', 'y'])
  expect(found['x']).toEqual({ acc: { value: expect.closeTo(0.3, 12), error: null }, items: null })
})

test.each([
  ['lm-evaluation-harness', { results: { p: { 'bpb,none': 0.9 } }, higher_is_better: { p: { bpb: false } } }],
  [
    'lighteval',
    {
      config_general: {},
      results: { 'c|p|0': { bpb: 0.9 } },
      config_tasks: { 'c|p': { metric: [{ metric_name: 'bpb', higher_is_better: false }] } },
    },
  ],
])('which way is better, as %s states it', (_, file) => {
  expect(plain(parseResults('x', JSON.stringify(file)))['p']).toEqual({
    bpb: { value: 0.9, error: null, higherIsBetter: false },
    items: null,
  })
})
