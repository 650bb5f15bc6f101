/** HTML element names as small numbers, and what the block model needs to know of each. */

const names =
  'html head body title script style noscript template svg math iframe object video audio canvas textarea select option button form label input ' +
  'a abbr b i em strong span u s small sub sup font code kbd samp var cite q time mark ins del br wbr hr img p div section article main aside ' +
  'header footer nav ul ol li dl dt dd table thead tbody tfoot tr td th caption h1 h2 h3 h4 h5 h6 hgroup blockquote pre address figure ' +
  'figcaption details summary dialog fieldset legend menu center source meta link base embed param track area col colgroup optgroup datalist ' +
  'frame frameset noframes search map legend annotation rp rt plaintext xmp listing applet ' +
  'ruby rb rtc tt big strike dfn bdi bdo data output noembed'

/** Number of an element by its name; 0 is any element that is not named here. */
export const tags: Readonly<Record<string, number>> = Object.fromEntries([...new Set(names.split(' '))].map((name, i) => [name, i + 1]))
const size = Object.keys(tags).length + 1

export const tag = (name: string): number => {
  const number = tags[name]
  if (number === undefined) throw new Error(`no element ${name}`)
  return number
}

/** A set of elements, as a table by number. */
export function tagSet(list: string): Uint8Array {
  const set = new Uint8Array(size)
  for (const name of list.split(' ')) set[tag(name)] = 1
  return set
}

const byHash = new Map(Object.entries(tags).map(([name, number]) => [hashRange(name, 0, name.length), number]))

/** Hash of a name in any case. */
function hashRange(text: string, start: number, end: number): number {
  let hash = 0
  for (let i = start; i < end; i++) {
    let code = text.charCodeAt(i)
    if (code >= 65 && code <= 90) code += 32
    hash = (Math.imul(hash, 31) + code) | 0
  }
  return hash
}

/** The number of the element whose name stands at `start`. */
export const tagAt = (html: string, start: number, end: number): number =>
  end - start > 12 ? 0 : (byHash.get(hashRange(html, start, end)) ?? 0)

const [h1, h6] = [tag('h1'), tag('h6')]
export const isHeading = (name: number): boolean => name >= h1 && name <= h6

/** Elements that begin and end a block of text. */
export const blockTags = tagSet(
  'html body p div section article main aside header footer nav ul ol li dl dt dd table thead tbody tfoot tr td th caption ' +
    'h1 h2 h3 h4 h5 h6 hgroup blockquote pre address figure figcaption details summary dialog fieldset legend menu center form hr head ' +
    'search button label xmp plaintext listing noscript',
)

export const voidTags = tagSet('br wbr hr img input meta link base embed param source track area col frame')

/** Elements whose content no reader sees as text. */
export const unseenTags = tagSet(
  'script style template svg math iframe object video audio canvas textarea select datalist title noframes noembed rp applet',
)

/** Elements that end an open `<p>` (HTML, "closes a p element"). */
export const endsParagraph = tagSet(
  'p div section article main aside header footer nav ul ol dl table h1 h2 h3 h4 h5 h6 hgroup blockquote pre address figure figcaption ' +
    'details dialog fieldset menu center form hr li dd dt search',
)

/** Elements that an end tag of something outside cannot close through. */
export const scopeTags = tagSet('table td th caption html body')

/** What an element, its class, id or role say about the text in it. */
export const hints = [
  'nav',
  'header',
  'footer',
  'aside',
  'form',
  'article',
  'main',
  'body',
  'content',
  'comment',
  'hidden',
  'ad',
  'social',
  'related',
  'meta',
  'author',
  'table',
  'list',
  'figure',
  'pre',
  'quote',
  'articleBody',
  'dialog',
  'button',
  'heading',
  'product',
  'forum',
  'card',
  'legal',
  'noscript',
] as const
export type Hint = (typeof hints)[number]

/** Beside the hints, for the model does not ask for it: an attribute hides the element. */
export const unshown = 1 << 30

/** The bit of a hint. */
export const bit = (hint: Hint): number => 1 << hints.indexOf(hint)

const hintsOfTags: Record<string, Hint> = {
  nav: 'nav',
  menu: 'nav',
  search: 'form',
  header: 'header',
  footer: 'footer',
  aside: 'aside',
  form: 'form',
  article: 'article',
  main: 'main',
  table: 'table',
  ul: 'list',
  ol: 'list',
  dl: 'list',
  figure: 'figure',
  figcaption: 'figure',
  pre: 'pre',
  xmp: 'pre',
  listing: 'pre',
  plaintext: 'pre',
  blockquote: 'quote',
  dialog: 'dialog',
  button: 'button',
  label: 'button',
  noscript: 'noscript',
  h1: 'heading',
  h2: 'heading',
  h3: 'heading',
  h4: 'heading',
  h5: 'heading',
  h6: 'heading',
}
export const tagHints = new Int32Array(size)
for (const [name, hint] of Object.entries(hintsOfTags)) tagHints[tag(name)] = bit(hint)

const hintsOfRoles: Record<string, Hint> = {
  navigation: 'nav',
  banner: 'header',
  contentinfo: 'footer',
  complementary: 'aside',
  search: 'form',
  dialog: 'dialog',
  alertdialog: 'dialog',
  menu: 'nav',
  menubar: 'nav',
  menuitem: 'nav',
  tablist: 'nav',
  tab: 'nav',
  toolbar: 'nav',
  main: 'main',
  article: 'article',
  button: 'button',
  alert: 'ad',
}
export const roleHints = (role: string): number => {
  const hint = hintsOfRoles[role.toLowerCase()]
  return hint ? bit(hint) : 0
}

/** Words in classes and ids; they are English on most sites of any language. */
const hintsOfClasses: [Hint, RegExp][] = [
  ['nav', /\b(?:nav|menu|navbar|breadcrumb|pagination|pager|topbar|toolbar|dropdown|megamenu|submenu|toc|skip|crumb)|navigation|tabs?\b/],
  ['header', /header|masthead|\bhead\b|banner|\bhero\b|\btop\b/],
  ['footer', /footer|\bfoot\b|bottom|colophon/],
  ['aside', /sidebar|\bside\b|aside|widget|\brail\b|secondary|\bright\b|\bleft\b/],
  [
    'body',
    /\b(?:article|story|post|entry|blog|news)[-_ ]?(?:body|content|text|main|inner|detail)?|hentry|prose|markdown|rich-?text|wysiwyg/,
  ],
  ['content', /content|main|body|text|description|detail/],
  ['articleBody', /\b(?:article|story|post|entry|blog|news)[- ]*(?:body|content|text|copy)\b/],
  ['dialog', /(?<!--)modal|popup|popover|lightbox|tooltip|\bdialog|comment-?(?:form|respond|reply)|\brespond\b/],
  ['comment', /comment|disqus|respond|repl(?:y|ies)|discussion|review/],
  ['hidden', /hidden|\bhide\b|visually|screen-reader|sr-only|invisible|display-none|d-none|collapse/],
  [
    'ad',
    /\bads?\b|advert|sponsor|promo|outbrain|taboola|newsletter|subscri|sign-?up|cookie|consent|gdpr|paywall|modal|popup|overlay|login|\bcart\b|basket|wishlist|\bcta\b/,
  ],
  ['social', /share|sharing|social|follow|facebook|twitter|whatsapp|pinterest|instagram/],
  [
    'related',
    /related|recommend|more-?(?:from|stories|posts|articles|news)|also-?(?:like|read)|trending|popular|most-?read|latest|recent|teaser|read-?more|\bnext\b|\bprev|similar|suggest|upsell|cross-?sell|carousel|slider/,
  ],
  ['meta', /meta|date|time|tags?\b|categor|label|caption|credit|\binfo\b|rating|stats|views|count|badge/],
  ['author', /byline|author|\bbio\b|profile|avatar|user|member|signature/],
  ['product', /product|price|\bsku\b|shop|spec(?:s|ification)|feature/],
  ['forum', /forum|thread|topic|message|\bpost|question|answer/],
  ['card', /card|\bitem|tile|grid|\blist|\brow\b|\bcol|result/],
  ['legal', /legal|copyright|disclaimer|privacy|terms|imprint|policy/],
]

/** What those find, or pass over, only in several words; for all else, what a name says is what its words say. */
const compound =
  /--modal|rich-text|comment-(?:form|respond|reply)|screen-reader|sr-only|display-none|d-none|sign-up|more-(?:from|stories|posts|articles|news)|also-(?:like|read)|most-read|read-more|cross-sell|(?:article|story|post|entry|blog|news)[- ]+(?:body|content|text|copy)/

const slots = 1 << 16
/** What was asked before: two hashes of an attribute, and its hints. Open addressing; emptied when half full. */
const asked = {
  first: new Int32Array(slots),
  second: new Int32Array(slots),
  hints: new Int32Array(slots),
  used: new Uint8Array(slots),
  count: 0,
}
const ofWords = new Map<string, number>()

/**
 * The hints in a class attribute or id that stands in `html` from `start` to `end`. Classes repeat all over a page and from page to page, so
 * answers are remembered by hash; digits number things of one kind and count for nothing.
 */
export function classHints(html: string, start: number, end: number): number {
  let first = 0
  let second = 0x9e3779b9 | 0
  for (let i = start; i < end; i++) {
    const code = html.charCodeAt(i)
    if (code >= 48 && code <= 57) continue
    first = (Math.imul(first, 31) + code) | 0
    second = Math.imul(second ^ code, 0x01000193)
  }
  let slot = (first ^ (second >>> 15)) & (slots - 1)
  for (; asked.used[slot] === 1; slot = (slot + 1) & (slots - 1)) {
    if (asked.first[slot] === first && asked.second[slot] === second) return asked.hints[slot]!
  }
  let found = 0
  for (const name of html.slice(start, end).replace(/\d+/g, '').split(/\s+/, 30)) found |= classNameHints(name)
  if (asked.count >= slots / 2) {
    asked.used.fill(0)
    asked.count = 0
  }
  if (asked.used[slot] === 0) asked.count++
  asked.used[slot] = 1
  asked.first[slot] = first
  asked.second[slot] = second
  asked.hints[slot] = found
  return found
}

function classNameHints(name: string): number {
  const text = name
    .slice(0, 100)
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/_/g, ' ')
  if (compound.test(text)) return matchingHints(text)
  let found = 0
  for (const word of text.match(/[a-z]+/g) ?? []) found |= wordHints(word)
  return found
}

function wordHints(word: string): number {
  let found = ofWords.get(word)
  if (found === undefined) {
    found = matchingHints(word)
    if (ofWords.size >= 20_000) ofWords.clear()
    // Not the word itself: as a slice it would keep its whole page in memory.
    ofWords.set(` ${word}`.slice(1), found)
  }
  return found
}

function matchingHints(text: string): number {
  let found = 0
  for (const [hint, pattern] of hintsOfClasses) if (pattern.test(text)) found |= bit(hint)
  return found
}
