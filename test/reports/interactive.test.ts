import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import puppeteer, { type Browser, type Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { crawl, decant, fileWith, temporaryFolder } from '../support.ts'

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path))
const dir = temporaryFolder()
const measured = join(dir, 'measured')
const pipeline = (name: string, max: number): string =>
  fileWith(
    dir,
    `${name}.yaml`,
    `name: ${name}\nsteps:\n  - extract_html\n  - detect_language\n  - word_count: {min: 30}\n  - mean_word_length: {max: ${max}}\n  - token_count\n`,
  )

// Without a browser there is nothing to open them with; that they are written is tested with the commands.
describe.skipIf(chromium === undefined)('reports in a browser', () => {
  let browser: Browser
  const problems: string[] = []

  beforeAll(async () => {
    await decant(['measure', pipeline('loose', 10), '-i', `${crawl}*.warc.gz`, '-o', measured, '-q'])
    await decant(['compare', measured, 'loose', pipeline('strict', 4.5)])
    await decant(['sweep', measured, 'word_count.min'])
    browser = await puppeteer.launch({ executablePath: chromium!, args: ['--no-sandbox'] })
  }, 120_000)
  afterAll(() => browser?.close())

  async function open(name: string, width: number, scheme = 'light'): Promise<Page> {
    const page = await browser.newPage()
    page.on('pageerror', (error) => problems.push(String(error)))
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    page.on('request', (request) => !/^(file|data):/.test(request.url()) && problems.push(`asks for ${request.url()}`))
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }])
    await page.setViewport({ width, height: 900 })
    await page.goto(`file://${join(measured, 'reports', name)}`)
    return page
  }
  const countOf = (page: Page, selector: string): Promise<number> => page.$$eval(selector, (found) => found.length)

  test.each([
    [1280, 'light'],
    [390, 'dark'],
  ])('the ten documents nearest to a bound in two clicks, and their texts in a third (%d px, %s)', async (width, scheme) => {
    const page = await open('compare-loose-strict.html', width, scheme)
    await page.click('tr[data-rule="0-word_count"]')
    expect(await countOf(page, '.more .chart canvas')).toBe(1)
    const near = await countOf(page, '.more .doc')
    expect([near > 1, near <= 10]).toEqual([true, true])
    await page.click('.more .doc summary')
    await page.waitForSelector('.more .doc pre')
    expect(await page.$eval('.more .doc pre', (text) => (text.textContent ?? '').length > 20)).toBe(true)
    expect(await countOf(page, '.more .doc[open] td.n')).toBeGreaterThan(1)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    await page.click('tr[data-rule="0-word_count"]')
    expect(await countOf(page, '.more')).toBe(0)
    await page.close()
  })

  test('documents are searched and paged', async () => {
    const page = await open('compare-loose-strict.html', 1280)
    const list = '[data-browse="only_a"]'
    expect(await countOf(page, `${list} .doc`)).toBe(10)
    const first = await page.$eval(`${list} .url`, (url) => url.textContent)
    await page.click(`${list} .pages button:last-child`)
    expect(await page.$eval(`${list} .url`, (url) => url.textContent)).not.toBe(first)
    await page.type(`${list} input`, String(first).slice(8))
    expect(await page.$$eval(`${list} .url`, (urls) => urls.map((url) => url.textContent))).toContain(first)
    await page.type(`${list} input`, ' nowhere to be found')
    expect(await page.$eval(list, (place) => place.textContent)).toContain('Nothing found.')
    await page.close()
  })

  test('a sweep shows its curve, its values and the documents nearest to the bound', async () => {
    for (const width of [1280, 390]) {
      const page = await open('sweep-loose-word_count.min.html', width)
      expect(await countOf(page, 'canvas')).toBe(2)
      expect(await countOf(page, '[data-browse="nearest"] .doc')).toBe(10)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
      await page.close()
    }
  })

  test('nothing goes wrong, and nothing is asked of the network', () => expect(problems).toEqual([]))

  test('the numbers lie beside it as JSON, without texts', () => {
    const json = readFileSync(join(measured, 'reports', 'compare-loose-strict.json'), 'utf8')
    const { only_a, samples } = JSON.parse(json) as { only_a: { documents: number }; samples: { only_a: object[] } }
    expect(samples.only_a.length).toBe(Math.min(50, only_a.documents))
    expect(json).not.toContain('"text"')
  })
})
