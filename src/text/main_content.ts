import { type Block, htmlBlocks } from './html_blocks.ts'

/**
 * The main text of an HTML page, one line a block, or '' when it has none.
 *
 * A plain heuristic over blocks in document order, in the manner of jusText (Pomikálek 2011) without its stop word lists, so that it
 * serves every language: long blocks with few links are text; short ones go with the blocks around them.
 */
export function mainContent(html: string, onTag?: () => void): string {
  const blocks = htmlBlocks(html, onTag)
  const strict = select(blocks, true)
  // Pages whose content sits under a class such as "meta" or "widget": where little is left, look again without such hints.
  if (strict.length >= 1500) return strict
  const loose = select(blocks, false)
  return loose.length > (strict.length < 250 ? 2 : 4) * strict.length ? loose : strict
}

type Grade = 'text' | 'near' | 'short' | 'heading' | 'chrome'

function grade(block: Block, hints: boolean): Grade {
  const { text, linkChars, heading, preformatted } = block
  if ((hints && block.boilerplate) || linkChars > 0.4 * text.length) return 'chrome'
  const length = weight(text)
  if (length < 100 && /©|\(c\) \d{4}|all rights reserved/i.test(text)) return 'chrome'
  if (heading) return 'heading'
  if (preformatted) return length >= 40 ? 'text' : 'short'
  const ends = /[.!?…。！？؟।:;"”»)\]]$/.test(text)
  if (length >= 150 || (length >= 90 && ends)) return 'text'
  if (length >= 70 || (length >= 30 && ends)) return 'near'
  return 'short'
}

/** Length of a text, with dense scripts (Chinese, Japanese, Korean) counted as about as long as their translation. */
function weight(text: string): number {
  if (text.length >= 150) return text.length
  let dense = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if ((code >= 0x3040 && code < 0xa000) || (code >= 0xac00 && code < 0xd7b0)) dense++
  }
  return text.length + 2 * dense
}

function select(blocks: Block[], hints: boolean): string {
  const grades = blocks.map((block) => grade(block, hints))
  const keep = keepByContext(grades)
  let inMain = 0
  let all = 0
  blocks.forEach(({ text, main }, i) => {
    if (!keep[i]) return
    all += text.length
    if (main) inMain += text.length
  })
  const onlyMain = inMain > 0.5 * all
  return blocks.flatMap(({ text, main }, i) => (keep[i] && (main || !onlyMain) ? [text] : [])).join('\n')
}

/** Text is kept; near-text beside text is kept; short blocks are kept between kept ones; headings before a kept block. */
function keepByContext(grades: Grade[]): boolean[] {
  const keep = grades.map((grade) => grade === 'text')
  const anchor = (from: number, step: 1 | -1): Grade | undefined => {
    for (let i = from + step, seen = 0; i >= 0 && i < grades.length && seen < 12; i += step, seen++) {
      if (grades[i] === 'text' || grades[i] === 'chrome') return grades[i]
    }
    return undefined
  }
  grades.forEach((grade, i) => {
    if (grade !== 'near' && grade !== 'short') return
    const [before, after] = [anchor(i, -1), anchor(i, 1)]
    keep[i] = grade === 'near' ? before === 'text' || after === 'text' : before === 'text' && after === 'text'
  })
  for (let i = grades.length - 2; i >= 0; i--) if (grades[i] === 'heading') keep[i] = keep[i + 1]!
  return keep
}
