import { expect, test } from 'vitest'
import { justext } from '../../src/extraction/justext.ts'

const stopWords = new Set(['the', 'a', 'of', 'and', 'in', 'to', 'was', 'that', 'it'])
const good = `${'It was the end of the road that led to a house in the hills. '.repeat(4)}`.trim()
const near = 'It was the end of the road that led to a house in the hills and the sea.'
const list = `${'Bahnhof Oslo Kiel Genua Malmö Turku Narvik '.repeat(6)}`.trim()

/** What the package justext 3.0 makes of the same pages. */
test.each<[string, string, string]>([
  ['long paragraphs with stop words', `<p>${good}</p>`, good],
  ['without stop words', `<p>${list}</p>`, ''],
  ['more than a fifth in links', `<p><a href=x>${good}</a> ${good}</p>`, ''],
  ['a copyright sign', `<p>${good} ©</p>`, ''],
  ['short ones between good ones', `<p>${good}<p>short<p>${good}`, `${good}\nshort\n${good}`],
  ['short ones at the end', `<p>${good}<p>short`, good],
  ['short ones with a link between good ones', `<p>${good}<p>sho<a>rt</a><p>${good}`, `${good}\n${good}`],
  ['near-good beside good', `<p>${near}<p>${good}`, `${near}\n${good}`],
  ['near-good alone', `<p>${near}<p>${list}`, ''],
  ['a short one between good and near-good', `<p>${good}<p>short<p>${near}`, `${good}\nshort\n${near}`],
  ['a heading near a good paragraph', `<p>${list}<h1>Head</h1><p>${good}`, `Head\n${good}`],
  ['a heading far from it', `<p>${list}<h1>Head</h1><p>${list}<p>${good}`, good],
  ['two line breaks make paragraphs, one a space', `<div>${good}<br><br>short<br>er<br><br>${good}`, `${good}\nshort er\n${good}`],
  [
    'scripts, buttons and the head are taken away',
    `<head><title>${good}</title></head><p>${good}<script>x</script><button>y</button>`,
    good,
  ],
])('%s', (_, html, text) => {
  expect(justext(html, stopWords)).toBe(text)
})

test('without a list every word counts as a stop word', () => {
  expect(justext(`<p>${list}</p>`, new Set())).toBe(list)
})
