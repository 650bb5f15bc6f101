/** What a page is made of, in order. Positions are indices into the page; nothing is decoded or copied. */
export interface HtmlHandler {
  /** A start tag; its attributes follow only if the answer is true. */
  openTag(start: number, end: number): boolean
  /** An attribute of the start tag; without a value, `valueStart` and `valueEnd` are equal. */
  attribute(start: number, end: number, valueStart: number, valueEnd: number): void
  /** The end of the start tag. */
  openTagEnd(selfClosing: boolean): void
  closeTag(start: number, end: number): void
  /** Text between tags, entities as they stand; of `<script>` and the like, what is in them. */
  text(start: number, end: number): void
  /** A comment, a doctype, or what browsers take for a comment. */
  comment(): void
}

/** Elements whose content is no markup, by the length of their names. */
const rawNames = new Set(['script', 'style', 'title', 'textarea', 'xmp', 'iframe', 'noembed', 'noframes', 'plaintext'])
const rawInitials = new Uint8Array(128)
for (const name of rawNames) rawInitials[name.charCodeAt(0)] = 1

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13 && code !== 11)
const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90)

/**
 * Cut an HTML page into tags, text and comments as browsers do (WHATWG HTML §13.2.5, without the tree). It jumps from one delimiter to the
 * next and never looks back, so time is linear in the length of the page whatever is unclosed in it.
 */
export function tokenizeHtml(html: string, handler: HtmlHandler): void {
  const length = html.length
  let textStart = 0
  let at = 0
  while (at < length) {
    const open = html.indexOf('<', at)
    if (open < 0) break
    const code = html.charCodeAt(open + 1)
    if (isLetter(code)) {
      if (open > textStart) handler.text(textStart, open)
      at = textStart = startTag(html, open + 1, handler)
    } else if (code === 47) {
      const next = html.charCodeAt(open + 2)
      if (Number.isNaN(next)) break
      if (open > textStart) handler.text(textStart, open)
      if (isLetter(next)) {
        const end = nameEnd(html, open + 2)
        const close = tagEnd(html, end)
        if (close < 0) return
        handler.closeTag(open + 2, end)
        at = textStart = close
      } else {
        if (next !== 62) handler.comment()
        at = textStart = after(html, '>', open + 2)
      }
    } else if (code === 33 || code === 63) {
      if (open > textStart) handler.text(textStart, open)
      handler.comment()
      at = textStart = code === 33 && html.startsWith('--', open + 2) ? commentEnd(html, open + 4) : after(html, '>', open + 2)
    } else at = open + 1
  }
  if (textStart < length) handler.text(textStart, length)
}

/** Where the text goes on behind the next `mark`: the end of the page where there is none. */
function after(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from)
  return at < 0 ? html.length : at + mark.length
}

function commentEnd(html: string, from: number): number {
  if (html.charCodeAt(from) === 62) return from + 1
  if (html.startsWith('->', from)) return from + 2
  for (let at = html.indexOf('--', from); at >= 0; at = html.indexOf('--', at + 1)) {
    const code = html.charCodeAt(at + 2)
    if (code === 62) return at + 3
    if (code === 33 && html.charCodeAt(at + 3) === 62) return at + 4
  }
  return html.length
}

function nameEnd(html: string, from: number): number {
  let at = from
  for (; at < html.length; at++) {
    const code = html.charCodeAt(at)
    if (code === 62 || code === 47 || isSpace(code)) break
  }
  return at
}

/** Behind the `>` that ends a tag, with quotes passed over; -1 where the page ends before. */
function tagEnd(html: string, from: number): number {
  const end = attributes(html, from, undefined)
  return end < 0 ? -1 : end >> 1
}

/** Read a start tag whose name begins at `start`; gives where the text goes on. An unfinished tag at the end of the page is dropped. */
function startTag(html: string, start: number, handler: HtmlHandler): number {
  const end = nameEnd(html, start)
  const wanted = handler.openTag(start, end)
  const found = attributes(html, end, wanted ? handler : undefined)
  if (found < 0) return html.length
  const selfClosing = (found & 1) === 1
  const next = found >> 1
  handler.openTagEnd(selfClosing)
  const initial = html.charCodeAt(start) | 32
  if (rawInitials[initial] !== 1 || end - start > 9 || end - start < 3) return next
  const name = html.slice(start, end).toLowerCase()
  return rawNames.has(name) ? rawText(html, name, next, handler) : next
}

/** Read attributes up to the end of the tag: twice where it ends, plus one for "/>"; -1 where the page ends before. */
function attributes(html: string, from: number, handler: HtmlHandler | undefined): number {
  const length = html.length
  let at = from
  let slash = false
  while (at < length) {
    const code = html.charCodeAt(at)
    if (code === 62) return 2 * (at + 1) + (slash ? 1 : 0)
    if (code === 47 || isSpace(code)) {
      slash = code === 47
      at++
      continue
    }
    slash = false
    const start = at++
    for (; at < length; at++) {
      const next = html.charCodeAt(at)
      if (next === 61 || next === 62 || next === 47 || isSpace(next)) break
    }
    const end = at
    while (at < length && isSpace(html.charCodeAt(at))) at++
    if (html.charCodeAt(at) !== 61) {
      handler?.attribute(start, end, end, end)
      continue
    }
    at++
    while (at < length && isSpace(html.charCodeAt(at))) at++
    const quote = html.charCodeAt(at)
    if (quote === 34 || quote === 39) {
      const close = html.indexOf(quote === 34 ? '"' : "'", at + 1)
      if (close < 0) return -1
      handler?.attribute(start, end, at + 1, close)
      at = close + 1
    } else {
      const value = at
      for (; at < length; at++) {
        const next = html.charCodeAt(at)
        if (next === 62 || isSpace(next)) break
      }
      handler?.attribute(start, end, value, at)
    }
  }
  return -1
}

/** Pass over the content of an element that holds no markup; gives where its end tag begins. */
function rawText(html: string, name: string, from: number, handler: HtmlHandler): number {
  let at = from
  if (name === 'plaintext') at = html.length
  else {
    for (;;) {
      at = html.indexOf('</', at)
      if (at < 0) {
        at = html.length
        break
      }
      const end = at + 2 + name.length
      const code = html.charCodeAt(end)
      if ((code === 62 || code === 47 || isSpace(code)) && html.slice(at + 2, end).toLowerCase() === name) break
      at += 2
    }
  }
  if (at > from) handler.text(from, at)
  return at
}
