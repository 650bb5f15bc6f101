import { expect, test } from 'vitest'
import { tidyTex } from '../../src/extraction/formulas.ts'
import { htmlBlocks } from '../../src/extraction/html_blocks.ts'

const tex = (mathml: string): string => htmlBlocks(`<math>${mathml}</math>`).blocks.texts.join('\n')

test.each<[string, string]>([
  [
    '<mi>x</mi><mo>=</mo><mfrac><mrow><mo>-</mo><mi>b</mi><mo>±</mo><msqrt><msup><mi>b</mi><mn>2</mn></msup><mo>-</mo><mn>4</mn><mi>a</mi><mi>c</mi></msqrt></mrow><mrow><mn>2</mn><mi>a</mi></mrow></mfrac>',
    '$x=\\frac{-b±\\sqrt{b^{2}-4ac}}{2a}$',
  ],
  ['<mroot><mi>x</mi><mn>3</mn></mroot>', '$\\sqrt[3]{x}$'],
  ['<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>', '$x_{i}^{2}$'],
  ['<msub><mrow><mi>x</mi><mi>y</mi></mrow><mi>i</mi></msub>', `\${xy}_{i}$`],
  ['<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>i</mi>', '$∑_{i=1}^{n}i$'],
  ['<munder><mi>lim</mi><mi>n</mi></munder><mi>n</mi>', '$\\lim_{n}n$'],
  ['<mover><mi>x</mi><mo>¯</mo></mover>', '$\\overline{x}$'],
  ['<mover><mo>=</mo><mtext>def</mtext></mover>', '$\\overset{\\text{def}}{=}$'],
  ['<mi>sin</mi><mo>\u2061</mo><mi>x</mi>', '$\\sin x$'],
  ['<mi>rate</mi><mo>&lt;</mo><mn>5</mn><mo>%</mo>', '$\\mathrm{rate}<5\\%$'],
  ['<mo>{</mo><mi>a</mi><mo>}</mo>', '$\\{a\\}$'],
  [
    '<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr>\n<mtr><mtd><mi>c</mi></mtd><mtd><mi>d</mi></mtd></mtr></mtable>',
    '$\\begin{matrix}a & b \\\\ c & d\\end{matrix}$',
  ],
  ['<mfenced open="[" close="]"><mi>a</mi><mi>b</mi></mfenced>', '$[a,b]$'],
  ['<mfrac><mn>1</mn><mphantom><mi>x</mi></mphantom></mfrac>', '$\\frac{1}{}$'],
  ['<mmultiscripts><mi>C</mi><mn>6</mn><none/></mmultiscripts>', '$C_{6}$'],
  ['<mmultiscripts><mi>C</mi><mprescripts/><mn>6</mn><mn>12</mn></mmultiscripts>', `\${}_{6}^{12}C$`],
  ['<mmultiscripts><mi>R</mi><mi>a</mi><none/><none/><mi>b</mi></mmultiscripts>', '$R_{a}{}^{b}$'],
  ['<mi>x', '$x$'],
])('%s', (mathml, text) => expect(tex(mathml)).toBe(text))

test.each<[string, string]>([
  [' {\\displaystyle E=mc^{2}} ', 'E=mc^{2}'],
  ['{\\displaystyle a} + {b}', '{\\displaystyle a} + {b}'],
  ['$x$', 'x'],
  ['\\(x\\)', 'x'],
  ['a % a comment\n b', 'a b'],
  ['5\\% of x', '5\\% of x'],
])('%j', (written, tidied) => expect(tidyTex(written)).toBe(tidied))

test('time does not double with every element in one another', () => {
  expect(tex(`${'<mrow>'.repeat(80)}<mi>x</mi>`)).toBe('$x$')
})
