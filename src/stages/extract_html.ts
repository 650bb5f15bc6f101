import { z } from 'zod'
import type { Doc, Metadata } from '../core/doc.ts'
import { DataError } from '../core/errors.ts'
import { canonicalJson } from '../core/hash.ts'
import { filePath } from '../core/options.ts'
import { stage } from '../core/stage.ts'
import { htmlBlocks } from '../extraction/html_blocks.ts'
import type { HtmlHead } from '../extraction/html_head.ts'
import { justext } from '../extraction/justext.ts'
import { mainContent, presets } from '../extraction/main_content.ts'
import { allText } from '../extraction/page_text.ts'
import { isXhtml } from '../extraction/xhtml.ts'
import { decodePage } from '../formats/charset.ts'
import { readWordList } from '../models/word_list.ts'

/** Tags between two looks at the clock. */
const tagsPerCheck = 4096

export default stage({
  summary: 'turn HTML pages into text; documents that already have text pass through untouched',
  why: 'Pages are mostly menus, advertisements and scripts. Every later rule depends on how well the main text is found; WET files, which hold all text, score worse in training.',
  source:
    'a model of its own, learned on annotated pages (bench/extraction.ts measures it); jusText (Pomikálek 2011) and the whole text, as in ' +
    "Common Crawl's WET files, for recipes that began with those",
  options: {
    method: z
      .enum(['main_content', 'justext', 'all_text'])
      .default('main_content')
      .describe('what to keep: the main text, the main text as jusText finds it, or all text, menus and footers included'),
    preset: z
      .enum(presets)
      .default('precision')
      .describe('main_content: what counts more, that nothing but main text is kept (as in FineWeb) or that all of it is'),
    comments: z.boolean().default(false).describe('main_content: keep discussions below the main text'),
    code: z
      .enum(['text', 'fences'])
      .default('text')
      .describe('main_content: how preformatted text is written, as it stands or between lines of backticks (Markdown)'),
    tables: z
      .enum(['cells', 'markdown'])
      .default('cells')
      .describe('main_content: how rows of tables are written, as cells joined by " | " or as Markdown; layout tables stay cells'),
    images: z
      .enum(['none', 'alt'])
      .default('none')
      .describe('main_content and all_text: keep the alternative text of images, where it stands'),
    metadata: z
      .boolean()
      .default(false)
      .describe('write what pages say of themselves (title, published, html_language, canonical_url) to the column `metadata`'),
    stop_words: filePath(
      'justext: frequent words of the language, one a line, # for comments; without a list, every word is one',
    ).optional(),
    max_bytes: z
      .int()
      .positive()
      .default(16 << 20)
      .describe('pages larger than this (bytes) are counted as errors'),
    timeout_seconds: z
      .number()
      .positive()
      .default(30)
      .describe('pages that take longer are counted as errors; a guard, far above what pages need'),
  },
  needs: [['stop_words', { method: 'justext' }]],
  makes: 'text',
  carriesMetadata: ({ metadata }) => metadata,
  async *run(docs, options, task) {
    const { method, preset, comments, code, tables, images, stop_words, max_bytes, timeout_seconds } = options
    const stopWords = new Set([...(stop_words === undefined ? [] : readWordList(stop_words))].map((word) => word.toLowerCase()))

    const textOf = (html: string, url: string, xml: boolean, onTag: () => void): [text: string, stated: Metadata] => {
      if (method === 'justext') return [justext(html, stopWords, onTag, xml), {}]
      const page = htmlBlocks(html, onTag, { xml, images: images === 'alt', cells: tables === 'markdown' })
      return [method === 'all_text' ? allText(page) : mainContent(page, { preset, comments, code, tables, url }), stated(page.head)]
    }
    const extracted = task.shared(canonicalJson(['extract_html', options]), (doc: Doc): Doc | DataError => {
      const { body, contentType } = doc.page!
      if (body.length > max_bytes) return new DataError('page_too_large', `${body.length} bytes are more than max_bytes (${max_bytes})`)
      const deadline = performance.now() + timeout_seconds * 1000
      let tags = 0
      try {
        const page = decodePage(body, contentType)
        if (page.charset === 'replacement')
          return new DataError('unsafe_charset', 'in an encoding that browsers refuse to read (iso-2022-kr, hz-gb-2312, …)')
        const [text, metadata] = textOf(page.text, doc.url, isXhtml(page.text, contentType), () => {
          if (++tags % tagsPerCheck === 0 && performance.now() > deadline) {
            throw new DataError('extraction_timeout', `extraction took more than ${timeout_seconds} s`)
          }
        })
        return doc.extracted(text, metadata)
      } catch (error) {
        if (error instanceof DataError) return error
        throw error
      }
    })
    for await (const doc of docs) {
      if (!doc.page) {
        yield doc
        continue
      }
      const result = doc.view(extracted)
      if (result instanceof DataError) task.quarantine(result, {}, doc)
      else if (result.text === '') task.reject(doc, 'empty')
      else yield result.for(doc.verdict)
    }
  },
})

/** What the page says about itself, if anything. `date` stays the day of the crawl, as in FineWeb. */
function stated({ heading, published, language, canonical }: HtmlHead): Metadata {
  const found = { title: heading, published, html_language: language, canonical_url: canonical }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ''))
}
