/**
 * Markup, made by the tag `html` alone: every text that is put into it is escaped. `raw` is the one way around that, for scripts, styles and
 * drawings of our own.
 */
export type { Html }

class Html {
  readonly #markup: string
  constructor(markup: string) {
    this.#markup = markup
  }
  toString(): string {
    return this.#markup
  }
}

/** Text or a number, which is escaped, or markup. */
export type HtmlContent = string | number | Html | readonly Html[]

/** Markup with values put in: html`<td title="${title}">${name}</td>`. */
export const html = (strings: TemplateStringsArray, ...values: readonly HtmlContent[]): Html =>
  new Html(strings.reduce((markup, text, i) => markup + markupOf(values[i - 1]!) + text))

/** Markup as it stands. Never for what comes from documents, pipelines or files. */
export const raw = (markup: string): Html => new Html(markup)

/** Data as a value in a script: nothing in it ends the script, or a line of it. */
export const scriptJson = (data: unknown): Html =>
  raw(JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`))

function markupOf(value: HtmlContent): string {
  if (value instanceof Html) return value.toString()
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value))
  if (Array.isArray(value) && value.every((item) => item instanceof Html)) return value.join('')
  throw new TypeError(`not markup, text or a number: ${String(value)}`)
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

export const none = html``

export const section = (title: HtmlContent, lead: HtmlContent, body: HtmlContent): Html =>
  html`<section><h2>${title}</h2><p class="lead">${lead}</p>${body}</section>`

/** A table that scrolls sideways where it does not fit; `header` and `rows` hold their cells and rows. */
export const grid = (header: HtmlContent, rows: readonly Html[]): Html =>
  html`<div class="scroll"><table><thead><tr>${header}</tr></thead><tbody>${rows}</tbody></table></div>`

/** A heading or cell with a number, or with text. */
export const numberHead = (name: string): Html => html`<th class="n">${name}</th>`
export const head = (name: string): Html => html`<th>${name}</th>`
export const numberCell = (value: HtmlContent): Html => html`<td class="n">${value}</td>`
export const cell = (value: HtmlContent): Html => html`<td>${value}</td>`

/** What all reports have in common: one file, no network, readable on a phone, dark and light. */
export const style = `:root{color-scheme:light dark;--ink:#1c2733;--soft:#5d6b7a;--line:#dfe5ea;--paper:#fff;--tile:#f5f7f9;--keep:#2f7d5b;--drop:#c2543d;--shade:#e3f1ea}
@media(prefers-color-scheme:dark){:root{--ink:#e4e9ee;--soft:#98a6b3;--line:#2c3640;--paper:#14191f;--tile:#1b222a;--keep:#5fb98f;--drop:#e0826c;--shade:#1d3329}}
*{box-sizing:border-box}body{margin:0;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}main{max-width:1160px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:26px;margin:0 0 2px}h2{font-size:19px;margin:38px 0 2px}h3{font-size:15px;margin:20px 0 4px}.lead,small{color:var(--soft)}.lead{margin:0 0 14px}code{font:13px ui-monospace,monospace}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin-top:18px}.tiles div{background:var(--tile);border-radius:8px;padding:10px 14px;display:grid}.tiles span{color:var(--soft);font-size:13px}.tiles b{font-size:22px;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:14px}th{text-align:left;color:var(--soft);font-weight:500}td,th{padding:5px 12px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.wide{width:26%;min-width:130px;padding-right:0}
.bar{display:flex;height:14px;background:var(--tile);border-radius:3px;overflow:hidden;margin-top:4px}.bar i{background:var(--keep)}.bar u{background:var(--drop)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(250px,1fr));gap:14px}figure{margin:0;background:var(--tile);border-radius:8px;padding:10px 14px}figcaption{display:flex;justify-content:space-between;gap:8px;margin-bottom:6px}figcaption code{overflow-wrap:break-word;min-width:0}figcaption span{color:var(--soft);font-size:13px;white-space:nowrap}
svg{width:100%;height:auto;display:block}.b{fill:var(--soft)}.k{fill:var(--shade)}line{stroke:var(--drop);stroke-width:1.5}text{fill:var(--soft);font-size:11px}.none{color:var(--soft);margin:0}
details{border-bottom:1px solid var(--line);padding:6px 0}summary{cursor:pointer}ul{margin:6px 0;padding-left:18px}li{overflow-wrap:anywhere}li small{display:block}`

interface Head {
  title: string
  lead: string
  /** More style, and what goes behind the body. */
  style?: Html
  end?: HtmlContent
}

/** A whole page, as it is written to a file. */
export const page = ({ title, lead, style: more = none, end = none }: Head, body: readonly Html[]): string =>
  html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title} – decant</title><style>${raw(style)}${more}</style></head>
<body><main><h1>${title}</h1><p class="lead">${lead}</p>${body}</main>${end}</body></html>
`.toString()
