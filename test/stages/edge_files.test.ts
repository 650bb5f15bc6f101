import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { total } from '../../src/reports/manifest.ts'
import { fileWith, hasSharedData, jsonLines, runHere, sharedData, temporaryFolder } from '../support.ts'

const dir = temporaryFolder()
const edge = join(sharedData, 'edge')
const pipeline = fileWith(dir, 'edge.yaml', 'name: edge\nsteps:\n  - read: {ok_status_only: false}\n  - extract_html\n')

interface Expected {
  read: number
  /** Documents that were read, with or without text in them. */
  kept: number
  errors?: Record<string, number>
  non_html?: Record<string, number>
  other?: Record<string, number>
  /** Byte ranges of the errors. */
  at?: [number, number][]
}

/**
 * What each file holds, counted by hand from its bytes. Records of a type other than response and conversion are `other`;
 * responses with a content type other than HTML are `not_html`.
 */
const warc: Record<string, Expected> = {
  'WarcDB__no-warc-info.warc': { read: 3, kept: 3, other: { metadata: 1, request: 3, resource: 2 } },
  // Five of the ten responses are GIFs; revisits have no body.
  'aut__issue-493.warc': { read: 10, kept: 5, non_html: { not_html: 5 }, other: { request: 15, revisit: 5, warcinfo: 2 } },
  'cdxj-indexer__cc.warc.gz': { read: 1, kept: 1, other: { metadata: 1, request: 1 } },
  'chatnoir-resiliparse__block-sized-records.warc.gz': { read: 0, kept: 0, other: { unknown: 3 } },
  // WARC/0.18, header lines that end in a bare line feed, Content-Encoding: gzip on bodies that are not.
  'chatnoir-resiliparse__clueweb-quirk.warc.gz': { read: 29, kept: 29, other: { warcinfo: 1 } },
  'dolma__sample-0000.warc.gz': { read: 22, kept: 22, other: { metadata: 1, request: 22, resource: 2, warcinfo: 1 } },
  // One member with 12 responses, then 34 bytes that are no gzip.
  'gowarc__corrupted-mid-record.warc.gz.open': { read: 13, kept: 12, errors: { corrupt_member: 1 }, at: [[1219, 1253]] },
  'gowarc__empty.warc.gz.open': { read: 0, kept: 0 },
  'ia-web-commons__html-lang-attribute.warc': { read: 5, kept: 5 },
  'jwarc__gzip_extra_sl.warc.gz': { read: 0, kept: 0, other: { warcinfo: 1 } },
  'outbackcdx__test1.cdx': { read: 1, kept: 0, errors: { unknown_format: 1 }, at: [[0, 575]] },
  'outbackcdx__test1.warc.gz': { read: 1, kept: 1, other: { metadata: 1, request: 1, resource: 1, warcinfo: 1 } },
  'pywb__example-wpull.warc.gz': { read: 1, kept: 1, other: { request: 1, resource: 1, warcinfo: 1 } },
  // Says 6,000 bytes and has 827.
  'solrwayback__Evil-Warc-Headers.warc': { read: 1, kept: 0, errors: { truncated_record: 1 }, at: [[0, 1258]] },
  'solrwayback__transfer_compression_gzip.warc.gz': {
    read: 1,
    kept: 1,
    other: { metadata: 1, request: 1, resource: 1, warcinfo: 1 },
  },
  'solrwayback__transfer_compression_none_truncated.warc.gz': {
    read: 1,
    kept: 0,
    errors: { truncated_member: 1 },
    other: { request: 1, warcinfo: 1 },
    at: [[881, 1500]],
  },
  // No content type, and a body of "aa".
  'warcat__bad_http_chunked_content.warc': { read: 1, kept: 0, non_html: { not_html: 1 } },
  'warcat__not_utf8_http_header.warc': { read: 1, kept: 0, non_html: { not_html: 1 } },
  // The response says 974 bytes here and 973 in the next file, and has 975; the records after it are found.
  'warcio.js__example-bad-length.warc': {
    read: 1,
    kept: 0,
    errors: { bad_record: 1 },
    other: { request: 2, revisit: 1, warcinfo: 2 },
    at: [[1197, 2566]],
  },
  'warcio__example-trunc.warc': { read: 1, kept: 0, errors: { bad_record: 1 }, other: { request: 1, warcinfo: 2 }, at: [[1197, 2566]] },
  'warcio__example-iana.org-chunked.warc': { read: 1, kept: 1, other: { request: 1, warcinfo: 1 } },
  'warcio__example-wget-bad-target-uri.warc.gz': { read: 1, kept: 1, other: { metadata: 1, request: 1, resource: 2, warcinfo: 1 } },
  'warcio__example-wrong-chunks.warc.gz': { read: 1, kept: 1, other: { request: 1 } },
  'warcio__example.arc.gz': { read: 1, kept: 0, errors: { unknown_format: 1 }, at: [[0, 1027]] },
  'warcio__example.warc.gz': { read: 1, kept: 1, other: { request: 2, revisit: 1, warcinfo: 2 } },
  'webarchive-test-suite__IAH-20080430204825-00000-blackbook-truncated.arc.gz': {
    read: 1,
    kept: 0,
    errors: { unknown_format: 1 },
    at: [[0, 18406]],
  },
  // Two pages and nine redirects of type HTML; robots.txt, three images and a feed.
  'webarchive-test-suite__IAH-urls-wget.warc.gz': {
    read: 16,
    kept: 11,
    non_html: { not_html: 5 },
    other: { request: 16, resource: 3, warcinfo: 1 },
  },
  'whirlwind-python__whirlwind.warc.gz': { read: 1, kept: 1, other: { metadata: 1, request: 1, warcinfo: 1 } },
  'whirlwind-python__whirlwind.warc.wat.gz': { read: 0, kept: 0, other: { metadata: 1, warcinfo: 1 } },
  'whirlwind-python__whirlwind.warc.wet.gz': { read: 1, kept: 1, other: { warcinfo: 1 } },
}

const jsonl: Record<string, Expected> = {
  'dolma__000.json.gz': { read: 10, kept: 10 },
  'dolma__cc_en_head-0091.jsonl.gz': { read: 10, kept: 10 },
}

describe.skipIf(!hasSharedData).each([
  ['warc', warc],
  ['jsonl', jsonl],
])('%s files found in the wild', (folder, table) => {
  const names = hasSharedData ? readdirSync(join(edge, folder)).sort() : []

  test('are all in the table', () => {
    expect(names).toEqual(Object.keys(table).sort())
  })

  test.each(names)('%s', async (name) => {
    const out = join(dir, name)
    const { manifest } = await runHere(pipeline, join(edge, folder, name), out)
    const { read, removed, errors, non_html, other } = manifest.records
    const kept = manifest.records.kept + total(removed)
    const found = jsonLines<{ start: number; end: number }>(readFileSync(join(out, 'errors/00000.jsonl'), 'utf8'))
    expect({ read, kept, errors, non_html, other, at: found.map(({ start, end }) => [start, end]) }).toEqual({
      errors: {},
      non_html: {},
      other: {},
      at: [],
      ...table[name],
    })
  })
})
