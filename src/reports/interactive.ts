import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { type Html, html, page, raw, scriptJson } from './html.ts'
import type { PageData } from './page_data.ts'

const style = `:root{--second:#3b6ea8}@media(prefers-color-scheme:dark){:root{--second:#7fb0e6}}
.split{display:flex;height:22px;border-radius:4px;overflow:hidden;margin:14px 0 6px;background:var(--tile)}.split i{display:block}.key{display:flex;flex-wrap:wrap;gap:4px 18px;color:var(--soft);font-size:13px}.key i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
.both{background:var(--keep)}.one{background:var(--second)}.two{background:var(--drop)}
tr[data-rule]{cursor:pointer}tr[data-rule]:hover,tr[data-rule]:focus-visible{background:var(--tile)}tr[data-rule] td:first-child::before{content:"▸ ";color:var(--soft)}tr[aria-expanded=true] td:first-child::before{content:"▾ "}
.more td{padding:10px 0 18px;border-bottom:1px solid var(--line)}.panel{position:sticky;left:0;width:min(1120px,calc(100vw - 40px))}.chart{min-height:180px;max-width:700px}h4{font-size:14px;margin:10px 0 2px;font-weight:600}
input[type=search]{width:100%;max-width:420px;padding:8px 10px;font:inherit;color:inherit;background:var(--tile);border:1px solid var(--line);border-radius:6px;margin-bottom:8px}
.doc summary{display:grid;gap:1px;overflow-wrap:anywhere;list-style:none}.doc summary::-webkit-details-marker{display:none}.doc .opening{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}.doc[open] .opening{display:none}
.read{display:grid;grid-template-columns:minmax(0,1fr) 300px;gap:16px;margin:4px 0 10px}@media(max-width:760px){.read{grid-template-columns:minmax(0,1fr)}}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.5 system-ui,sans-serif;background:var(--tile);border-radius:6px;padding:10px 12px;margin:0;max-height:420px;overflow:auto}.broken td{color:var(--drop)}
.pages{display:flex;align-items:center;gap:12px;margin:10px 0;color:var(--soft);font-size:14px}button{font:inherit;color:inherit;background:var(--tile);border:1px solid var(--line);border-radius:6px;padding:4px 12px;cursor:pointer}button:disabled{opacity:.4;cursor:default}
.matrix td,.matrix th{padding:0;border:0;font-size:11px}.matrix td{width:22px;min-width:22px;height:22px;text-align:center}.matrix th{font-weight:400;padding-right:8px;white-space:nowrap}.matrix thead th{height:150px;vertical-align:bottom;padding:0}.matrix thead th span{display:block;writing-mode:vertical-rl;transform:rotate(180deg)}
.bars{display:grid;gap:2px;min-width:110px}.bars i{display:block;height:7px;border-radius:2px}
.u-legend{color:var(--soft);font-size:13px}.u-legend .thin{display:none}.chart .u-legend th,.chart .u-legend td{border:0;padding:2px 4px}`

const read = (path: string): string => readFileSync(path, 'utf8')

/** A report with charts and documents to browse: one file that holds its data, its script and uPlot, and works from `file://`. */
export function interactivePage(about: { title: string; lead: string }, body: readonly Html[], data: PageData): string {
  const find = createRequire(import.meta.url)
  const library = read(find.resolve('uplot/dist/uPlot.iife.min.js'))
  const libraryStyle = read(find.resolve('uplot/dist/uPlot.min.css'))
  const client = read(fileURLToPath(new URL('./client/page.js', import.meta.url))).replace(/^export \{\};?\s*$/m, '')
  const end = html`<script>${ours(library)}</script>
<script>const data = ${scriptJson(data)}</script>
<script>${ours(client)}</script>`
  return page({ ...about, style: raw(libraryStyle + style), end }, body)
}

/** A script that comes with decant. */
const ours = (script: string): Html => raw(script.replaceAll('</script', '<\\/script'))
