import { z } from 'zod'
import type { Doc } from '../core/doc.ts'
import { DataError } from '../core/errors.ts'
import { stage } from '../core/stage.ts'
import { decodePage } from '../formats/charset.ts'
import { mainContent } from '../text/main_content.ts'

/** Tags between two looks at the clock. */
const tagsPerCheck = 4096

export default stage({
  summary: 'turn HTML pages into their main text; documents that already have text pass through untouched',
  source: 'a block heuristic in the manner of jusText (Pomikálek 2011)',
  options: {
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
  async *run(docs, { max_bytes, timeout_seconds }, task) {
    const extract = (doc: Doc): Doc | string => {
      const { body, contentType } = doc.page!
      if (body.length > max_bytes) throw new DataError('page_too_large', `${body.length} bytes are more than max_bytes (${max_bytes})`)
      const deadline = performance.now() + timeout_seconds * 1000
      let tags = 0
      const { text } = decodePage(body, contentType)
      const content = mainContent(text, () => {
        if (++tags % tagsPerCheck === 0 && performance.now() > deadline) {
          throw new DataError('extraction_timeout', `extraction took more than ${timeout_seconds} s`)
        }
      })
      return content === '' ? 'extract_html.empty' : doc.extracted(content)
    }
    for await (const doc of docs) {
      if (!doc.page) {
        yield doc
        continue
      }
      let result: Doc | string
      try {
        result = extract(doc)
      } catch (error) {
        if (!(error instanceof DataError)) throw error
        task.quarantine(error, {}, doc)
        continue
      }
      if (typeof result === 'string') task.reject(doc, result)
      else yield result
    }
  },
})
