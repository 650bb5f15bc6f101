import { decodeHTML } from 'entities'
import { wellFormed, withoutUnseen } from './tidy_text.ts'

/** What a page says of itself in its head, as far as it does. */
export class HtmlHead {
  title = ''
  /** The `lang` attribute of `<html>`. */
  language = ''
  /** Address of `<link rel="canonical">`. */
  canonical = ''
  /** Open Graph's type, in lower case. */
  type = ''
  /** Bits of the schema.org types named in JSON-LD: 1 article, 2 product, 4 discussion or question, 8 list or collection. */
  schema = 0
  /** The text of an article as JSON-LD repeats it, or ''. */
  articleBody = ''
  #titles: string[] = []
  #dates: [rank: number, date: string][] = []
  #attributes: Record<string, string> = {}

  open(): void {
    this.#attributes = {}
  }

  attribute(name: string, value: string): void {
    if (!Object.hasOwn(this.#attributes, name)) this.#attributes[name] = value
  }

  close(element: 'html' | 'time' | 'link' | 'meta'): void {
    const found = this.#attributes
    if (element === 'html') this.language ||= (found['lang'] ?? found['xml:lang'] ?? '').trim()
    else if (element === 'time') this.#date(found['itemprop'] === 'datePublished' || 'pubdate' in found ? 3 : 5, found['datetime'])
    else if (element === 'link') {
      if (/(?:^|\s)canonical(?:\s|$)/i.test(found['rel'] ?? '')) this.canonical ||= clean(found['href'] ?? '')
    } else this.#meta((found['property'] ?? found['name'] ?? found['itemprop'] ?? '').toLowerCase(), found['content'] ?? '')
  }

  #meta(name: string, content: string): void {
    if (content === '') return
    if (name === 'og:title') this.#titles.push(clean(content))
    else if (name === 'og:type') this.type ||= content.toLowerCase().trim()
    else if (dateNames.has(name)) this.#date(name === 'article:published_time' ? 0 : 2, content)
  }

  titleText(text: string): void {
    if (this.title.length < 2000) this.title = clean(this.title + text)
  }

  jsonLd(text: string): void {
    for (const [, type] of text.matchAll(/"@type"\s*:\s*\[?\s*"([A-Za-z]+)"/g)) this.schema |= schemaBits(type!)
    const body = /"articleBody"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1]
    if (body) this.articleBody ||= fromJson(body)
    this.#date(1, /"datePublished"\s*:\s*"([^"]{4,40})"/.exec(text)?.[1])
  }

  #date(rank: number, value: string | undefined): void {
    const date = value && /^\s*(\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?)/.exec(value)?.[1]
    if (date) this.#dates.push([rank, date.trim()])
  }

  /** The day or moment of publication as the page writes it (ISO 8601), or ''; the surest of several statements wins. */
  get published(): string {
    let best: [number, string] | undefined
    for (const one of this.#dates) if (!best || one[0] < best[0]) best = one
    return best?.[1] ?? ''
  }

  /** The page's name without the site's: Open Graph's where it is there. */
  get heading(): string {
    return this.#titles[0] || this.title
  }
}

const dateNames = new Set([
  'article:published_time',
  'datepublished',
  'date',
  'dc.date',
  'dc.date.issued',
  'dcterms.created',
  'dcterms.issued',
  'pubdate',
  'publishdate',
  'publish-date',
  'publication_date',
  'parsely-pub-date',
  'sailthru.date',
  'og:published_time',
])

function schemaBits(type: string): number {
  if (/Article$|BlogPosting/.test(type)) return 1
  if (type === 'Product') return 2
  if (/^(?:DiscussionForumPosting|QAPage|Question)$/.test(type)) return 4
  return /^(?:ItemList|CollectionPage)$/.test(type) ? 8 : 0
}

/** A string of JSON that may hold bare line ends, and HTML. */
function fromJson(quoted: string): string {
  let text = ''
  try {
    text = JSON.parse(quoted.replace(/[\0-\x1f]/g, ' ')) as string
  } catch {
    return ''
  }
  return text
    .split('\n')
    .map((line) => clean(line.replace(/<[^>]{0,500}>/g, ' ')))
    .filter((line) => line !== '')
    .join('\n')
}

const clean = (text: string): string =>
  wellFormed(withoutUnseen(text.includes('&') ? decodeHTML(text) : text))
    .replace(/\s+/g, ' ')
    .trim()
