import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2'

/** A run of text between two block-level tags. */
export interface Block {
  /** White space collapsed; `<br>` and, in `<pre>`, line ends are kept as "\n". */
  text: string
  /** Characters of the text that lie inside links. */
  linkChars: number
  heading: boolean
  preformatted: boolean
  /** Inside navigation, footers, asides, or elements whose class or id says as much. */
  boilerplate: boolean
  /** Inside `<main>` or `<article>`. */
  main: boolean
}

const list = (names: string): Set<string> => new Set(names.split(' '))
const voidTags = list('area base br col embed hr img input link meta param source track wbr')
const unseenTags = list(
  'script style noscript template svg math iframe object select button textarea audio video canvas map title dialog datalist figcaption',
)
const boilerplateTags = list('nav footer aside menu')
const inlineTags = list(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q rp rt ruby s samp small span strike strong sub sup time tt u var wbr',
)
const boilerplateHint =
  /(?:^|[\s_-])(?:nav|navbar|navigation|menu|sidebar|side-bar|footer|foot|breadcrumbs?|cookies?|consent|gdpr|share|sharing|social|related|recommended|comments?|respond|reply|widget|advert|ads?|advertisement|promo|sponsor|banner|popup|modal|newsletter|subscribe|login|signup|pagination|pager|toolbar|masthead|skip|tags?|toc|byline|meta|hidden|copyright|disclaimer)(?:$|[\s_-])/i

/** Thrown by the caller's `onTag` to give up on a page. */
interface Open {
  name: string
  unseen: boolean
  link: boolean
  boilerplate: boolean
  main: boolean
  pre: boolean
}

/**
 * Cut an HTML page into blocks of text, in one pass over a tokenizer's events: no tree is built, so time and memory stay
 * linear however malformed the page is. `onTag` is called at every tag and may throw to stop.
 */
export function htmlBlocks(html: string, onTag: () => void = () => {}): Block[] {
  const blocks: Block[] = []
  const open: Open[] = []
  const depth = { unseen: 0, link: 0, boilerplate: 0, main: 0, pre: 0 }
  let pieces: string[] = []
  let linkChars = 0
  let heading = false
  let tag = ''
  let attribute = ''
  let value = ''
  let hints = ''
  let hidden = false

  const flush = (): void => {
    if (pieces.length > 0) {
      const text = tidy(pieces.join(''), depth.pre > 0)
      if (text !== '') {
        const [boilerplate, main, preformatted] = [depth.boilerplate > 0, depth.main > 0, depth.pre > 0]
        blocks.push({ text, linkChars: Math.min(linkChars, text.length), heading, preformatted, boilerplate, main })
      }
    }
    pieces = []
    linkChars = 0
  }
  const leave = (count: number): void => {
    for (; count > 0; count--) {
      const element = open.pop()!
      for (const kind of ['unseen', 'link', 'boilerplate', 'main', 'pre'] as const) if (element[kind]) depth[kind]--
    }
  }
  /** How many elements to close to be rid of `name`, looking at the innermost few hundred and not beyond `barrier`. */
  const distance = (name: string, barrier = ''): number => {
    for (let i = open.length - 1, seen = 1; i >= 0 && seen <= 400; i--, seen++) {
      if (open[i]!.name === name) return seen
      if (barrier !== '' && barrier.includes(open[i]!.name)) return 0
    }
    return 0
  }
  const enter = (): void => {
    onTag()
    const inline = inlineTags.has(tag)
    if (tag === 'br') {
      if (pieces.at(-1) === '\n') flush()
      else if (pieces.length > 0) pieces.push('\n')
      return
    }
    if (!inline) {
      flush()
      if (open.at(-1)?.name === 'p') leave(1)
      if (tag === 'li') leave(distance('li', 'ul ol menu'))
      else if (tag === 'td' || tag === 'th') leave(distance('td', 'tr table') || distance('th', 'tr table'))
      else if (tag === 'tr') leave(distance('tr', 'table'))
      else if (tag === 'body' && depth.unseen > 0) leave(open.length)
      heading = /^h[1-6]$/.test(tag)
    } else if (tag === 'a') leave(distance('a', 'p div li td article section'))
    if (voidTags.has(tag)) return
    const structural = tag === 'html' || tag === 'body' || tag === 'main' || tag === 'article'
    const element: Open = {
      name: tag,
      unseen: unseenTags.has(tag) || (hidden && !structural),
      link: tag === 'a',
      boilerplate: boilerplateTags.has(tag) || (tag === 'header' && depth.main === 0) || (!inline && !structural && isBoilerplate(hints)),
      main: tag === 'main' || tag === 'article',
      pre: tag === 'pre',
    }
    open.push(element)
    for (const kind of ['unseen', 'link', 'boilerplate', 'main', 'pre'] as const) if (element[kind]) depth[kind]++
  }
  const write = (text: string): void => {
    if (depth.unseen > 0 || text === '') return
    if (depth.link > 0) linkChars += text.length
    pieces.push(depth.pre > 0 ? text : text.replace(/\s+/g, ' '))
  }

  const callbacks: TokenizerCallbacks = {
    onopentagname(start, end) {
      tag = html.slice(start, end).toLowerCase()
      hints = ''
      hidden = false
    },
    onattribname(start, end) {
      attribute = end - start > 12 ? '' : html.slice(start, end).toLowerCase()
      value = ''
      if (attribute === 'hidden') hidden = true
    },
    onattribdata(start, end) {
      if (attribute === 'class' || attribute === 'id' || attribute === 'role' || attribute === 'style' || attribute === 'aria-hidden') {
        if (value.length < 500) value += html.slice(start, Math.min(end, start + 500))
      }
    },
    onattribentity() {},
    onattribend() {
      if (attribute === 'class' || attribute === 'id' || attribute === 'role') hints += ` ${value}`
      else if (attribute === 'aria-hidden') hidden ||= value === 'true'
      else if (attribute === 'style') hidden ||= /display\s*:\s*none|visibility\s*:\s*hidden/i.test(value)
      attribute = ''
    },
    onopentagend: enter,
    onselfclosingtag: enter,
    onclosetag(start, end) {
      onTag()
      const name = html.slice(start, end).trimEnd().toLowerCase()
      if (!inlineTags.has(name)) flush()
      leave(distance(name))
      heading = false
    },
    ontext: (start, end) => write(html.slice(start, end)),
    ontextentity: (codePoint) => write(String.fromCodePoint(codePoint)),
    oncdata() {},
    oncomment: onTag,
    ondeclaration() {},
    onprocessinginstruction() {},
    onend: flush,
  }
  const tokenizer = new Tokenizer({ xmlMode: false, decodeEntities: true }, callbacks)
  tokenizer.write(html)
  tokenizer.end()
  return blocks
}

const hintCache = new Map<string, boolean>()

function isBoilerplate(hints: string): boolean {
  if (hints === '') return false
  const known = hintCache.get(hints)
  if (known !== undefined) return known
  const found = boilerplateHint.test(hints.replace(/([a-z])([A-Z])/g, '$1-$2'))
  if (hintCache.size > 4096) hintCache.clear()
  hintCache.set(hints, found)
  return found
}

function tidy(text: string, preformatted: boolean): string {
  if (preformatted)
    return text
      .replace(/\r\n?/g, '\n')
      .replace(/[ \t\f]+\n/g, '\n')
      .replace(/^\n+|\s+$/g, '')
  return text
    .replace(/ *\n */g, '\n')
    .replace(/ {2,}/g, ' ')
    .trim()
}
