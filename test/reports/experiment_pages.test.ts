import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import puppeteer, { type Browser } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { harnessJson, sampled } from '../experiments/support.ts'
import { decant, fileWith, jsonShards, runHere, temporaryFolder } from '../support.ts'

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path))
const dir = temporaryFolder()

describe.skipIf(chromium === undefined)('reports in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    fileWith(dir, 'manifest.json', JSON.stringify({ format: 'decant-sample/1', budget: 1e9, arms: sampled(['raw', 'c4', 'mine'], [1, 2]) }))
    mkdirSync(join(dir, 'eval'))
    for (const [i, arm] of ['raw', 'c4', 'mine'].entries())
      for (const seed of [1, 2])
        for (const step of [1, 2])
          fileWith(dir, `eval/results-${arm}-seed${seed}-step${step}.json`, harnessJson({ a: 0.3 + (i + step) / 20 + seed / 90 }))
    const page = (id: number): object => ({
      id: `${id}`,
      text: Array.from({ length: 10 + id }, () => (id % 3 ? 'word' : 'longer')).join(' '),
    })
    const inputs = jsonShards(dir, [Array.from({ length: 120 }, (_, i) => page(i))])
    const pipeline = fileWith(dir, 'p.yaml', 'name: p\nsteps:\n  - word_count: {min: 50}\n  - mean_word_length\n  - token_count\n')
    await runHere(pipeline, inputs, join(dir, 'run'), { measure: true })
    await decant(['results', dir, join(dir, 'eval'), '--report', join(dir, 'results.html')])
    await decant(['suggest', '--good', join(dir, 'run'), '--bad', `${join(dir, 'run')}:removed`, '--report', join(dir, 'suggest.html')])
    browser = await puppeteer.launch({ executablePath: chromium!, args: ['--no-sandbox'] })
  }, 120_000)
  afterAll(() => browser?.close())

  test.each([
    [1280, 'light'],
    [390, 'dark'],
  ])('draw their charts, ask for nothing, and fit (%d px, %s)', async (width, scheme) => {
    const problems: string[] = []
    const page = await browser.newPage()
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('request', (request) => !/^(file|data):/.test(request.url()) && problems.push(`asks for ${request.url()}`))
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    await page.setViewport({ width, height: 900 })
    const widthOf = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth)
    await page.goto(`file://${join(dir, 'results.html')}`)
    expect([(await page.$$('[data-lines] canvas')).length, await widthOf()]).toEqual([1, width])
    // A mean and two seeds of each arm, and what the axis says.
    expect((await page.$$('.u-legend .u-series')).length).toBe(10)
    await page.goto(`file://${join(dir, 'suggest.html')}`)
    await page.click('tr[data-rule="word_count"]')
    expect([(await page.$$('.more canvas')).length, (await page.$$('.u-legend .u-series')).length, await widthOf()]).toEqual([1, 3, width])
    expect(problems).toEqual([])
    await page.close()
  })
})
