import type { HtmlHead } from './html_head.ts'

/** Block-level elements in document order, so that a parent stands before its children; the first is the page. */
export class BlockElements {
  count = 0
  tag = new Uint8Array(1024)
  parent = new Int32Array(1024)
  /** What element, class, id and role say (bits of `html_tags.ts`). */
  hints = new Int32Array(1024)
  /** Hash of element name and classes of it and its parents: equal for elements that a template repeats. */
  key = new Int32Array(1024)
  images = new Int32Array(1024)
  inputs = new Int32Array(1024)

  add(tag: number, parent: number, hints: number, key: number): number {
    if (this.count === this.tag.length) {
      for (const name of ['parent', 'hints', 'key', 'images', 'inputs'] as const) this[name] = doubled(this[name])
      const wider = new Uint8Array(2 * this.tag.length)
      wider.set(this.tag)
      this.tag = wider
    }
    const id = this.count++
    this.tag[id] = tag
    this.parent[id] = parent
    this.hints[id] = hints
    this.key[id] = key
    return id
  }
}

/** Runs of text between block-level tags, in document order. */
export class Blocks {
  count = 0
  /** White space collapsed; `<br>` and, in `<pre>`, line ends are "\n", cells of a row are joined by " | ". */
  texts: string[] = []
  node = new Int32Array(256)
  /** Where its last text stands: of a row, the last cell. */
  last = new Int32Array(256)
  /** Where asked for, the cells of a row that is one block: the first cell, then a bar of the text and the cell behind it, in pairs. */
  cells: (readonly number[] | undefined)[] = []
  /** Characters inside links. */
  linkChars = new Int32Array(256)
  links = new Int32Array(256)
  /** Characters in bold or emphasis. */
  boldChars = new Int32Array(256)

  add(text: string, node: number, linkChars: number, links: number, boldChars: number, last = node): void {
    if (this.count === this.node.length) {
      for (const name of ['node', 'last', 'linkChars', 'links', 'boldChars'] as const) this[name] = doubled(this[name])
    }
    const id = this.count++
    this.texts.push(text)
    this.node[id] = node
    this.last[id] = last
    this.linkChars[id] = Math.min(linkChars, text.length)
    this.links[id] = links
    this.boldChars[id] = Math.min(boldChars, text.length)
  }
}

function doubled(column: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(2 * column.length)
  wider.set(column)
  return wider
}

export interface HtmlPage {
  nodes: BlockElements
  blocks: Blocks
  head: HtmlHead
}
