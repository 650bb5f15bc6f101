import { describe, expect, test } from 'vitest'
import { htmlBlocks } from '../../src/extraction/html_blocks.ts'
import { justext } from '../../src/extraction/justext.ts'
import { allText, pageText } from '../../src/extraction/page_text.ts'
import { isXhtml } from '../../src/extraction/xhtml.ts'

const shown = (html: string, type = 'text/html'): string => allText(htmlBlocks(html, () => {}, { xml: isXhtml(html, type) }))
const kept = (html: string): string => {
  const page = htmlBlocks(html)
  return pageText(page, new Uint8Array(page.blocks.count).fill(1))
}
const long = 'the river rose in the spring of that year and the people left the house '.repeat(5).trim()
type Table = [name: string, html: string, text: string][]

describe('drawings and formulas end where HTML ends them', () => {
  test.each<Table[number]>([
    ['"/>" ends a title of SVG', '<p>a</p><svg><title/><path/></svg><p>b</p>', 'a\nb'],
    ['a style', 'a<svg><style/></svg>b', 'a b'],
    ['a script', 'a<svg><script/><text>x</text></svg>b', 'a b'],
    ['a title of MathML', '<p>a<math><title/><mi>x</mi></math>b', 'a$x$b'],
    ['HTML in SVG holds raw text', 'a<svg><foreignObject><title/><p>x</title></foreignObject></svg>b', 'a b'],
    ['HTML in SVG ends in it', '<p>a<svg><foreignObject><div>b</div><title></title></foreignObject></svg>c', 'a c'],
    ['a paragraph ends a drawing', '<p>a</p><svg><p>b</p><p>c</p></body></html>', 'a\nb\nc'],
    ['an end tag around it does', '<p>a <span><svg><path></span>b</p>c', 'a b\nc'],
    ['a coloured font does', 'a<svg><font color=red>b', 'a b'],
    ['a paragraph ends a formula', '<p>a <math><mi>x</mi><p>b</p><p>c</body>', 'a $x$\nb\nc'],
    ['and the text of one', '<p>a <math><mi>x<p>b</p><h2>c</h2></body>', 'a $x$\nb\nc'],
    ['a list too', '<p>a <math><mtext>x<ul><li>b', 'a $\\text{x}$\nb'],
    ['a word in bold does not', '<math><mtext>x <b>y</b> z</mtext></math>', '$\\text{x y z}$'],
    ['CDATA is no markup', 'a<svg><![CDATA[</svg><p>x]]></svg>b', 'a b'],
  ])('%s', (_, html, text) => expect(shown(html)).toBe(text))
})

describe('what never ends hides nothing', () => {
  test.each<Table[number]>([
    ['iframe', '<p>a<iframe src=x /><p>b</p>', 'a\nb'],
    ['object', '<div><object data=x></div><p>b</p></body></html>', 'b'],
    ['select', '<div>a<select><option>o<option>o2</div><p>b</p></body>', 'a\nb'],
    ['a select that another one ends', '<select><option>o<select>b<p>c', 'b\nc'],
    ['a select that an input ends', '<select><option>o<input>b<p>c', 'b\nc'],
    ['noframes', '<p>a<noframes><p>b</p></body></html>', 'a\nb'],
    ['template', '<p>a<template><p>b</p></body></html>', 'a\nb'],
    ['video, although what is around it ends', `<div>a<video src=x><p>${long}</div><p>b`, `a\n${long}\nb`],
    ['audio and canvas', `<div>a<audio><p>${long}</div><div><canvas><p>${long}</div>`, `a\n${long}\n${long}`],
    ['a word to old browsers stays hidden', '<div><p>a<video src=x><p>Get a newer one.</p></div><p>b', 'a\nb'],
    ['title', '<head><title>T<meta charset=x><body><p>a</p></body>', 'T\na'],
    ['textarea', '<p>a<textarea>x<p>b</p></body>', 'ax\nb'],
    ['video', '<div><p>a<video src=x></div><p>b', 'a\nb'],
    ['two of them', '<p>a<object><p>b<template><p>c', 'a\nb\nc'],
  ])('%s', (_, html, text) => expect(shown(html)).toBe(text))
})

describe('cases of html5lib-tests in which text was lost', () => {
  test.each<Table[number]>([
    ['select ends select', '<!doctype html><select><select>X', 'X'],
    ['again and again', '<select><option>A<select><option>B<select><option>C<select><option>D<select>', 'B D'],
    ['a title of SVG', '<!DOCTYPE html><body><svg><title/>X</svg><p>Y', 'Y'],
    ['a table in SVG', '<svg><table><tr><td>X', 'X'],
    ['a heading in MathML', '<math><mi/><h1>X', 'X'],
    ['noscript in a head', '<!doctype html><noscript><iframe></noscript>X', 'X'],
    ['noembed', 'a<noembed>b</noembed>c', 'ac'],
  ])('%s', (_, html, text) => expect(shown(html)).toBe(text))
})

describe('noscript ends at its end tag', () => {
  test.each<Table[number]>([
    ['iframe', '<p>a<noscript><iframe src=x /></noscript>b<p>c', 'a\nb\nc'],
    ['style', 'a<noscript><style>x{}</noscript>b', 'a\nb'],
    ['a comment', 'a<noscript><!-- x</noscript>b', 'a\nb'],
    ['object', 'a<noscript><object><p>f</noscript><p>b', 'a\nb'],
    ['noframes', '<noscript><noframes/></noscript><p>b', 'b'],
    ['svg', '<noscript><svg></noscript><p>b', 'b'],
    ['an attribute', '<noscript><img alt="x></noscript><p>b', 'b'],
  ])('%s', (_, html, text) => expect(shown(html)).toBe(text))
})

describe('comments in scripts', () => {
  test.each<Table[number]>([
    ['a script in a comment', 'a<script><!-- <script> var x="</script>"; --></script>b', 'ab'],
    ['written by a script', 'a<script><!-- document.write("<script>x</script>") </script>b', 'ab'],
    ['one that never ends', 'a<script><!-- <script> </script>b<p>c', 'ab\nc'],
    ['an empty comment', 'a<script><!--> <script></script>b', 'ab'],
    ['no comment', 'a<script>"<script>"</script>b', 'ab'],
    ['two scripts', 'a<script><!-- <script></script> <script></script> --></script>b', 'ab'],
  ])('%s', (_, html, text) => expect(shown(html)).toBe(text))
})

describe('XHTML', () => {
  const declared = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">'
  const body = '<head><title/><script src="x" /></head><body><div/><p>a<![CDATA[ <b> &amp; ]]>c</p><textarea/><p>d</p></body>'
  const text = 'a <b> &amp; c\nd'
  test.each<[string, string, string, string]>([
    ['served as XHTML', body, 'application/xhtml+xml; charset=utf-8', text],
    ['served as XML', body, 'text/xml', text],
    ['declared', declared + body, 'text/html', text],
    ['a namespace alone', '<html xmlns="http://www.w3.org/1999/xhtml"><p>a<iframe/></iframe>b', 'text/html', 'a b'],
    ['a processing instruction with ">"', '<p>a<?x a > b ?>c</p>', 'application/xhtml+xml', 'ac'],
    ['scripts still hold no markup', '<p>a<script>if (a<b) "</p>"</script>c</p>', 'application/xhtml+xml', 'ac'],
  ])('%s', (_, html, type, expected) => expect(shown(html, type)).toBe(expected))

  test('jusText reads it too', () => {
    const sentence = 'When the river rose in the spring of that year, the people carried their furniture upstairs and waited. '.repeat(3)
    expect(justext(`<script src="x"/><p>${sentence}</p>`, new Set(), () => {}, true)).toBe(sentence.trim())
  })
})

test.each<Table[number]>([
  ['open', '<x-card><template shadowrootmode="open"><style>p{}</style><p>a</p></template></x-card><p>b', 'a\nb'],
  ['closed', '<x-card><template shadowrootmode=closed>a</template></x-card> b', 'a b'],
  ['in another', '<template shadowrootmode=open><p>a<x-y><template shadowrootmode=open>b</template></x-y></template>', 'ab'],
  ['a template is none', '<template><p>a</p></template><p>b', 'b'],
])('shadow roots are shown: %s', (_, html, text) => expect(shown(html)).toBe(text))

describe('ruby', () => {
  test.each<Table[number]>([
    ['readings in brackets', '<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp>字<rp>(</rp><rt>ji</rt><rp>)</rp></ruby>', '漢(kan)字(ji)'],
    ['readings without', '<ruby>東京<rt>とうきょう</rt></ruby>へ', '東京へ'],
    ['end tags left out', '<p>本の<ruby>東京<rp>（<rt>とうきょう<rp>）</ruby>に<p>b', '本の東京（とうきょう）に\nb'],
    ['readings without end tags', '<p><ruby>漢<rt>kan<rb>字<rt>ji</ruby>b<p>c', '漢字b\nc'],
    ['ruby without end tag', '<p><ruby>漢<rt>kan</p><p>c', '漢\nc'],
    ['laid out in lines', 'a <ruby>\n漢 <rt>kan</rt>\n字 <rt>ji</rt>\n</ruby>です', 'a 漢字です'],
    ['containers of readings', '<ruby><rb>旧<rb>金<rt>jiù<rt>jīn<rtc>San <rt>x</ruby>y', '旧金y'],
    ['Latin words keep their spaces', '<ruby>one two<rt>x</rt></ruby> three', 'one two three'],
  ])('%s', (_, html, text) => expect(shown(html)).toBe(text))
})

describe('words are neither glued nor split', () => {
  test.each<Table[number]>([
    ['vertical tab, next line, unit separator', 'a\x0bb\x85c\x1fd', 'a b c d'],
    ['references to them', 'a&#11;b&#x1f;c', 'a b c'],
    ['line and paragraph separators', 'a\u2028b\u2029c', 'a b c'],
    ['a place to break', 'super<wbr>cali\u200bfragi&shy;listic', 'supercalifragilistic'],
    ['a script', 'a<script>x</script>b<style>y</style>c', 'abc'],
    ['a template', 'a<template>x</template>b', 'ab'],
    ['lines made by style', '<p><span style="display:block">a</span><span style="display: block">b</span>c', 'a\nb\nc'],
    ['lines in lines', '<p><b style="display:block">a<b>b</b>c</b>d', 'abc\nd'],
  ])('%s', (_, html, text) => expect(shown(html)).toBe(text))
})

describe('preformatted lines', () => {
  test.each<Table[number]>([
    ['divs', '<pre><div>  a</div><div>    b</div>\n<div>c</div></pre>', '  a\n    b\nc'],
    ['spans', '<pre><span style="display:block">  a</span><span style="display:block">    b</span></pre>c', '  a\n    b\nc'],
    ['items', '<pre><ol><li>  a</li><li>    b</li></ol></pre>', '  a\n    b'],
    ['paragraphs', '<pre><p>a</p><p>  b</p></pre><p>c', 'a\n  b\nc'],
    ['divs in divs', '<div><pre><div><div>  a</div></div>b</pre></div><p>c', '  a\nb\nc'],
    ['what ends around them', '<div><pre><div>a</div></div><div>b</div>', 'a\nb'],
  ])('%s', (_, html, text) => expect(shown(html)).toBe(text))
})

describe('hidden text in lines', () => {
  test.each<Table[number]>([
    ['by attribute', 'the river <span hidden>x</span>rose', 'the river rose'],
    ['by style', 'the <i style="display : none !important">y</i>river <b style="visibility: hidden">z</b> rose', 'the river rose'],
    ['collapsed', 'the river <b style="visibility:collapse">z</b>rose', 'the river rose'],
    ['of two attributes the first counts', 'the river <b style="color:red" style="display:none">rose</b>', 'the river rose'],
    ['elements in it', 'the river<a hidden href=x>a <a>b</a> c</a> rose', 'the river rose'],
    ['without end tag', '<p>the river <span hidden>x</p><p>rose', 'the river\nrose'],
    ['most of a page stays', 'the <span hidden>river rose in the spring</span>', 'the river rose in the spring'],
    ['until found', '<p>the river <span hidden="until-found">x</span> rose', 'the river rose'],
  ])('%s', (_, html, text) => expect(shown(html)).toBe(text))
})

describe('cells', () => {
  test.each<Table[number]>([
    ['a line each for the paragraphs of one', '<table><tr><td><p>a<p>b<td>c</table>', 'a\nb\nc'],
    ['a menu and paragraphs', '<table><tr><td>a<td><p>b<p>c<p>d</table>', 'a\nb\nc\nd'],
    ['a row before', '<table><tr><td>1<td>2<td><p>x<p>y</table>', '1 | 2\nx\ny'],
    ['line breaks', '<table><tr><td>a<br><br>b</table>', 'a\nb'],
    ['a paragraph each', '<table><tr><td><p>a<td><p>b</table>', 'a | b'],
  ])('%s', (_, html, text) => expect(kept(html)).toBe(text))
})

describe('formulas', () => {
  const annotated = (tex: string, attributes = ''): string =>
    `<math${attributes}><semantics><mrow><mi>E</mi></mrow><annotation encoding="application/x-tex">${tex}</annotation></semantics></math>`
  const square = '<math><msup><mi>x</mi><mn>2</mn></msup></math>'
  test.each<Table[number]>([
    ['an annotation', `the area ${annotated('A=\\pi r^{2}')} for`, 'the area $A=\\pi r^{2}$ for'],
    ['alternative text', 'x <math alttext="a_1"><mi>a</mi></math>, y', 'x $a_1$, y'],
    ['on a line of its own', `x ${annotated('a &lt; b', ' display="block"')} y`, 'x\n$$a < b$$\ny'],
    ['elements alone', `x ${square}.`, 'x $x^{2}$.'],
    ['without anything', 'x <math></math>.', 'x .'],
    ['a script', 'a <script type="math/tex">x<3</script> b <script type="math/tex; mode=display">y</script> c', 'a $x<3$ b\n$$y$$\nc'],
    [
      'KaTeX',
      `a <span class="katex"><span class="katex-mathml">${annotated('E=mc^2')}</span><span class="katex-html" aria-hidden="true"><span>E</span>=mc2</span></span> b`,
      'a $E=mc^2$ b',
    ],
    ['KaTeX without source', 'a <span class="katex"><span class="katex-html"><span>E</span></span></span> b', 'a E b'],
    [
      'MathJax 2',
      `a <span class="MathJax_Preview">[x2]</span><span class="MathJax" id="m"><nobr><span>x2</span></nobr><span class="MJX_Assistive_MathML">${square}</span></span><script type="math/tex">x^2</script> b`,
      'a $x^2$ b',
    ],
    [
      'MathJax 2 on a line of its own',
      `a <div class="MathJax_Display"><span class="MathJax">x2${square}</span></div><script type="math/tex; mode=display">x^2</script> b`,
      'a\n$$x^2$$\nb',
    ],
    ['MathJax 2 without source', 'a <span class="MathJax"><span>x2</span></span> b', 'a x2 b'],
    ['MathJax 2 without script', `a <span class="MathJax">x2${square}</span> b`, 'a $x^{2}$ b'],
    [
      'MathJax 3',
      `a <mjx-container class="MathJax"><mjx-math></mjx-math><mjx-assistive-mml>${square}</mjx-assistive-mml></mjx-container> b`,
      'a $x^{2}$ b',
    ],
    [
      'Wikipedia',
      `mass <span class="mwe-math-element"><span class="mwe-math-mathml-inline mwe-math-mathml-a11y" style="display: none;">${annotated('{\\displaystyle E=mc^{2}}')}</span><img src="x" class="mwe-math-fallback-image-inline" aria-hidden="true" alt="{\\displaystyle E=mc^{2}}"></span>. End`,
      'mass $E=mc^{2}$. End',
    ],
    [
      'Wikipedia’s image alone',
      'm <img class="mwe-math-fallback-image-display" alt="{\\displaystyle E&lt;mc^{2}}"> b',
      'm\n$$E<mc^{2}$$\nb',
    ],
    ['WordPress’s image', 'm <img src="latex.php" alt="x^2" class="latex" /> b', 'm $x^2$ b'],
    ['other images are none', 'm <img alt="x^2" class="photo"> b', 'm b'],
    ['drawn by a service', 'm <img src="https://latex.codecogs.com/gif.latex?x%5E2+1" alt="equation"> b', 'm $x^2 1$ b'],
    ['drawn by WordPress', 'm <img src="//s0.wp.com/latex.php?latex=a+%3C+b&amp;bg=ffffff" alt=""> b', 'm $a < b$ b'],
    ['drawn by a chart', 'm <img src="https://chart.googleapis.com/chart?cht=tx&amp;chl=%5Cfrac%7Ba%7D%7Bb%7D"> b', 'm $\\frac{a}{b}$ b'],
    [
      'drawn for Wikipedia',
      'm <img src="https://wikimedia.org/api/rest_v1/media/math/render/svg/0f" alt="{\\displaystyle x}"> b',
      'm $x$ b',
    ],
    ['a picture with a query', 'm <img src="/p?latex=1" alt="a cat"> b', 'm b'],
    ['AsciiMath', 'm <script type="math/asciimath">sum x</script> b', 'm `sum x` b'],
    ['the same formula twice', `${square} ${square}`, '$x^{2}$ $x^{2}$'],
    ['one in a drawing’s HTML is none', `a<svg><foreignObject>${square}</foreignObject></svg>b`, 'a b'],
  ])('%s', (_, html, text) => expect(shown(html)).toBe(text))
})
