import { pythonSpace } from '../python.ts'
import { punktSentences } from '../sentences/punkt.ts'

/**
 * NLTK's `word_tokenize` (3.8, `tokenize/destructive.py`), which datatrove's filters used when FineWeb 1.0 was made: in each sentence that Punkt
 * finds, regular expressions after the Penn Treebank's put spaces around what is a word of its own; the text is then cut at white space.
 * Time is linear in the length of the text.
 */

const wordCharacter = '[\\p{L}\\p{N}_]'
const regExp = (source: string): RegExp => new RegExp(source.replaceAll('\\w', wordCharacter).replaceAll('\\s', `[${pythonSpace}]`), 'giu')

/**
 * Each rule sees what the one before has made of the sentence. Rules of NLTK that cannot touch each other are one here, and its second
 * rule for the final period is left out, since the first leaves nothing for it. In Python, "i" in any case is also "ı" and "İ".
 */
const rules: readonly (readonly [RegExp, string])[] = [
  // Opening quotes: “a” → “ a”, "a" → `` a", ("a") → ( `` a"); 'a' → ' a' but not 's.
  [/[«“‘„]|`+/g, ' $& '],
  [/^"/, '``'],
  [/``/g, ' `` '],
  [/("|'')(?<=[ ([{<]\1)/g, ' `` '],
  [regExp(`'(?!re|ve|ll|[mtsdn])(\\w)(?!\\w)`), "' $1"],
  // The final period, and what may stand behind it.
  [/([^.])\.([\])}>"'»”’ ]*)$/, '$1 . $2 '],
  // "a,b" → "a ,b" but not "1,000"; of two in a row, the second is not looked at.
  [/([:,])(\P{Nd}|$)/gu, ' $1 $2'],
  [/\.{2,}|[;@#$%&?!]/g, ' $& '],
  [/'(?<=[^']') /g, " ' "],
  [/[*[\](){}<>]|--/g, ' $& '],
  [/^|$/g, ' '],
  // Closing quotes: a" → a '', a” → a ”; then it's → it 's, dogs' → dogs ', don't → do n't.
  [/[»”’]/g, ' $& '],
  [/''|"/g, " '' "],
  [/('[sSmMdD]?) (?<=[^' ]\1 )/g, ' $1 '],
  [/('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) (?<=[^' ]\1 )/g, ' $1 '],
  // Words that are two: cannot → can not.
  [
    regExp(
      `(can(?=not)|d(?='ye)|g[iıİ]m(?=me)|gon(?=na)|got(?=ta)|lem(?=me)|more(?='n)|wan(?=na\\s))(?<!\\w\\1)(not|'ye|me|na|ta|'n)(?!\\w)`,
    ),
    ' $1 $2 ',
  ],
  [regExp(` ('t)([iıİ]s)(?!\\w)`), ' $1 $2 '],
  [regExp(` ('t)(was)(?!\\w)`), ' $1 $2 '],
]

// `He said "don't."` → "  He said  `` do n't . '' "
/** The text with white space around each word; straight double quotes become `` and ''. */
export function spaceNltkWords(text: string): string {
  const sentences = punktSentences(text)
  const spaced: string[] = []
  for (let i = 0; i < sentences.length; i += 2) spaced.push(spaceSentence(text.slice(sentences[i], sentences[i + 1])))
  return spaced.join('\n')
}

/** `sentence` does not end in white space. */
function spaceSentence(sentence: string): string {
  // Texts of little but full stops have as many sentences as words.
  if (sentence.length === 1 && sentence !== '"') return sentence
  for (const [pattern, replacement] of rules) sentence = sentence.replace(pattern, replacement)
  return sentence
}
