import type { HtmlPage } from './html_page.ts'
import { bit } from './html_tags.ts'
import { tidy } from './tidy_text.ts'

const preBit = bit('pre')

/** The block that is being collected: text as it comes, with what is noted of it, until a tag ends it. */
export class BlockText {
  text = ''
  node = 0
  /** Whether white space came since its last text. */
  gap = false
  /** Whether a line end was the last thing added; the text itself is not looked at, for that would copy it each time. */
  broken = false
  /** Whether what follows begins another cell of the same row. */
  cell = false
  /** Whether the cell that is open, or was last, has given a block already: then the next one does not join it. */
  cellIsCut = false
  /** The formula that was written last, unless text came since. */
  formula = ''
  links = 0
  /** Whether a link is open, and how many elements in bold are. */
  link = false
  bold = 0
  /** Where its last text stands: in a row, the last cell. */
  #last = 0
  /** Cells of the block as `Blocks.cells` has them, and the bars in its text. */
  #cells: number[] = []
  #bars = 0
  #linkChars = 0
  #boldChars = 0

  constructor(
    private readonly page: HtmlPage,
    private readonly notesCells: boolean,
  ) {}

  isPre(node: number): boolean {
    return (this.page.nodes.hints[node]! & preBit) !== 0
  }

  add(text: string, node: number): void {
    this.formula = ''
    this.#last = node
    if (this.notesCells) this.#noteCell(text, node)
    if (this.text === '') this.node = node
    else if (this.cell) this.text += ' | '
    this.cell = this.broken = false
    this.text += text
    if (this.link) this.#linkChars += text.length
    if (this.bold > 0) this.#boldChars += text.length
  }

  /** The space between what was written and what follows, if there was any. */
  addGap(): void {
    if (this.text !== '' && this.gap && !this.broken && !this.cell) this.text += ' '
  }

  inLine(text: string, node: number): void {
    this.addGap()
    this.add(text, node)
    this.gap = false
  }

  /** End the line, if there is anything on it. */
  line(): void {
    if (this.text !== '' && !this.broken) this.#endLine()
  }

  /** `<br>`: a second one ends the block. */
  break(): void {
    if (this.text === '') return
    if (this.broken && !this.isPre(this.node)) this.flush()
    else this.#endLine()
  }

  #endLine(): void {
    this.text += '\n'
    this.gap = false
    this.broken = true
  }

  flush(): void {
    if (this.text !== '') {
      this.cellIsCut = true
      const { blocks } = this.page
      const text = tidy(this.text, this.isPre(this.node))
      if (text !== '') {
        if (this.notesCells && this.#cells.length > 1) blocks.cells[blocks.count] = this.#cells
        blocks.add(text, this.node, this.#linkChars, this.links, this.#boldChars, this.#last)
      }
      this.text = ''
    }
    this.gap = this.cell = this.broken = false
    this.#linkChars = this.links = this.#boldChars = 0
  }

  #noteCell(text: string, node: number): void {
    if (this.text === '') {
      this.#cells = [node]
      this.#bars = 0
    } else if (this.cell) this.#cells.push(this.#bars++, node)
    this.#bars += text.split('|').length - 1
  }
}
