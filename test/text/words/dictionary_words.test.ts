import { expect, test } from 'vitest'
import { tokenizers } from '../../../src/text/words/word_tokenizers.ts'

test.each<[keyof typeof tokenizers, string, string]>([
  ['dictionary', '', ''],
  ['dictionary', 'Hello, world!', 'Hello , world !'],
  ['dictionary', '我们在看书。', '我们 在 看书 。'],
  ['dictionary', '図書館で本を読んだ。', '図書館 で 本 を 読 ん だ 。'],
  ['dictionary', 'ภาษาไทยง่าย', 'ภาษา ไทย ง่าย'],
  ['dictionary', 'GPT模型(2024年)', 'GPT 模型 ( 2024 年 )'],
  ['french', "L'eau d’hier n'est pas là, aujourd'hui.", "L' eau d’ hier n' est pas là , aujourd' hui ."],
  ['french', "'guillemets'", "' guillemets '"],
  ['german', 'Die Open-Source-Lizenz gilt 2020-2021.', 'Die Open-Source-Lizenz gilt 2020 - 2021 .'],
  ['german', 'ja--nein', 'ja -- nein'],
  ['common', "Él no va; don't dice :-)", "Él no va ; don't dice :-)"],
  ['common', 'физико-математический', 'физико - математический'],
])('%s: %j is %j', (name, text, expected) => {
  const { offsets } = tokenizers[name](text)
  expect(Array.from({ length: offsets.length / 2 }, (_, i) => text.slice(offsets[2 * i], offsets[2 * i + 1])).join(' ')).toBe(expected)
})
