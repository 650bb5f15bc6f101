import fc from 'fast-check'
import { expect, test } from 'vitest'
import fixText from '../../src/editors/fix_text.ts'
import { edited } from '../support.ts'

// as ftfy 6.3.1
test.each<[text: string, becomes: string]>([
  ['schÃ¶n', 'schön'],
  ['doesnâ€™t', "doesn't"],
  ['The Mona Lisa doesnÃƒÂ¢Ã¢â€šÂ¬Ã¢â€žÂ¢t have eyebrows.', "The Mona Lisa doesn't have eyebrows."],
  ['l’humanitÃ©', "l'humanité"],
  ['à perturber la rÃ©flexion', 'à perturber la réflexion'],
  ['âœ” No problems', '✔ No problems'],
  ['ПриРІРµС‚', 'Привет'],
  ['РїСЂРёРІРµС‚, РјРёСЂ', 'привет, мир'],
  ["Ã  l'ancienne Ã la carte", "à l'ancienne à la carte"],
  ['Ãquele dia', 'Ãquele dia'],
  ['voilÃ  le travail\n', 'voilà le travail\n'],
  ['ÎšÎ±Î»Î·Î¼Î\u00adÏÎ±', 'ΚαλημέÏα'],
  ['\u0093quoted\u0094 text\u0085', '"quoted" text…'],
  ['sÃ¢?? et l\u009c', 'sâ?? et lœ'],
  ['HÃ¸nse, Ã¥r — ok', 'Hønse, Ã¥r — ok'],
  ['l√¶rer', 'l√¶rer'],
  ['â”œâ•¢', '├╢'],
  ['I’m “fine” — ‘really’', "I'm \"fine\" — 'really'"],
  ['ﬁne Ǆ ŉ', "fine DŽ 'n"],
  ['ＡＢＣ\u3000ﾊﾝｶｸ', 'ABC ハンカク'],
  ['one\r\ntwo\rthree\u2028four', 'one\ntwo\nthree\nfour'],
  ['\u001b[31mred\u001b[0m', 'red'],
  ['\ufeffbom\u0000 \u206a', 'bom '],
  ['cafe\u0301', 'café'],
  ['&eacute; &NTILDE; &amp;lt; &#x80; &#59; &nope; &notit; &#0; &#xD800; &#1114112;', 'é Ñ < € &#59; &nope; &notit; � � �'],
  ['a <b>&eacute;</b>', 'a <b>&eacute;</b>'],
  ['&eacute;\n<b>&eacute;\n&eacute;', 'é\n<b>&eacute;\n&eacute;'],
  ['El Niño y la señora', 'El Niño y la señora'],
  ['Ä°stanbul Å\u009fehir', 'İstanbul şehir'],
  ['ðŸ˜\u0080 ðŸ’©', '😀 💩'],
  ['í\u00a0½í¸\u0080 cesu', '😀 cesu'],
  ['x �? y', 'x �? y'],
  ['日本語 100％', '日本語 100%'],
])('%j → %j', async (text, becomes) => {
  expect(await edited(fixText, text)).toBe(becomes)
})

test.each<[options: object, text: string, becomes: string]>([
  [{ fix_encoding: false }, 'schÃ¶n', 'schÃ¶n'],
  [{ restore_byte_a0: false }, 'voilÃ  le travail Ã©', 'voilà  le travail é'],
  [{ replace_lossy_sequences: false }, 'âeÂ� Ã©tÃ?', 'âeÂ� étÃ?'],
  [{ decode_inconsistent_utf8: false }, 'à perturber la rÃ©flexion', 'à perturber la rÃ©flexion'],
  [{ fix_c1_controls: false }, '日本\u0093quoted\u0094', '日本\u0093quoted\u0094'],
  [{ unescape_html: false }, '&eacute;', '&eacute;'],
  [{ unescape_html: true }, '<b>&eacute;', '<b>é'],
  [{ remove_terminal_escapes: false }, '\u001b[31mred', '[31mred'],
  [{ fix_latin_ligatures: false }, 'ﬁne', 'ﬁne'],
  [{ fix_character_width: false }, 'Ａ\u3000', 'Ａ\u3000'],
  [{ uncurl_quotes: false }, '‘a’', '‘a’'],
  [{ fix_line_breaks: false }, 'a\r\nb', 'a\r\nb'],
  [{ remove_control_chars: false }, 'a\u0007', 'a\u0007'],
  [{ normalization: 'none' }, 'cafe\u0301', 'cafe\u0301'],
  [{ normalization: 'NFD' }, 'é', 'e\u0301'],
  [{ max_decode_length: 2 }, 'schÃ¶n', 'schÃ¶n'],
])('%j: %j → %j', async (options, text, becomes) => {
  expect(await edited(fixText, text, options)).toBe(becomes)
})

test('lone surrogates', async () => {
  expect(await edited(fixText, 'a\ud800b\udc00😀')).toBe('a\ufffdb\ufffd😀')
  expect(await edited(fixText, 'a\ud800b', { fix_surrogates: false })).toBe('a\ud800b')
})

test('what is fixed stays so, and plain text is left alone', async () => {
  // Without what becomes \n once lines have been judged, \r and U+2029 (in bytes "â€©"): ftfy too finds more in "é\n€é" than in "é\r€é".
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: fc.constantFrom(...'aé Ã¶â€™\x80\x9d\xa0“ﬁＡ;&') }), async (text) => {
      const fixed = await edited(fixText, text, { unescape_html: false })
      expect(await edited(fixText, fixed, { unescape_html: false })).toBe(fixed)
    }),
  )
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: fc.constantFrom(...'abc é\n日本', 'schön ') }), async (text) => {
      expect(await edited(fixText, text)).toBe(text)
    }),
  )
})
