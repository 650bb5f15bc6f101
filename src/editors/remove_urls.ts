import { parse } from 'tldts'
import { z } from 'zod'
import { editor } from '../core/editor.ts'
import { isAlphanumericAt, isSpace, pythonSpace } from '../text/python.ts'

export default editor({
  summary: 'delete addresses such as https://example.org/a, example.org or 8.8.8.8 with what follows them and up to 10 white spaces before',
  why: 'URLs in texts are long, mostly meaningless runs of tokens; RefinedWeb deletes them.',
  source: 'RefinedWeb (Penedo et al. 2023, §3.1); DCLM url_removal_modifier, with the top-level domains of today',
  options: {
    when: z
      .enum(['always', 'text_begins_like_domain'])
      .default('always')
      .describe(
        'text_begins_like_domain: leave host names alone unless the text begins with the letters of a top-level domain ("The …" with .th): an oversight in DCLM that is part of its data',
      ),
  },
  edit:
    ({ when }) =>
    ({ text }) => {
      const hosts = text.includes('.') && (when === 'always' || beginsLikeDomain(text))
      return (hosts ? removeHosts(text) : text).replace(numericAddress, '')
    },
  examples: [
    { text: 'See https://example.org/a?b=c, or example.com.', becomes: 'See, or' },
    { text: 'the server 8.8.8.8:80/x', becomes: 'the server' },
    { text: 'version 1.2 of node.js, e.g. main.c', becomes: 'version 1.2 of node.js, e.g. main.c' },
    { text: 'Hello example.com', becomes: 'Hello example.com', options: { when: 'text_begins_like_domain' } },
    { text: 'The example.com', becomes: 'The', options: { when: 'text_begins_like_domain' } },
    { text: '', becomes: '' },
  ],
})

const numericAddress = new RegExp(
  `[${pythonSpace}]{0,10}(?<![\\p{L}\\p{N}_])(?:(?:https?|ftp)://)?(?:[0-2]?[0-9]{1,2}\\.){3}[0-2]?[0-9]{1,2}[-a-zA-Z0-9()@:%_+.~#?&/=]*`,
  'gu',
)

const isTopLevel = (label: string): boolean => parse(`a.${label}`, { validateHostname: false }).isIcann === true

function beginsLikeDomain(text: string): boolean {
  const letters = /^[a-z]{0,24}/i.exec(text)![0].toLowerCase()
  for (let length = 2; length <= letters.length; length++) if (isTopLevel(letters.slice(0, length))) return true
  return false
}

const hostCharacters = tableOf('-@:%._+~#=')
const tailCharacters = tableOf('-()@:%_+.~#?&/=')
const longestHost = 256

/**
 * What DCLM's pattern `\s{0,10}(?:(https?|ftp)://)?[host]{1,256}\.(com|org|…)\b[tail]*` matches, in time that grows with the text.
 * Top-level domains are in lower case there, whatever the case of the rest.
 */
function removeHosts(text: string): string {
  const parts: string[] = []
  let done = 0
  let topLevel: Map<string, boolean> | undefined
  for (let dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', dot + 1)) {
    if (dot <= done || !isIn(hostCharacters, text.charCodeAt(dot - 1))) continue
    topLevel ??= new Map()
    let end = endOfTopLevel(text, dot, topLevel)
    if (end < 0) continue
    let start = dot
    while (start > done && dot - start < longestHost && isIn(hostCharacters, text.charCodeAt(start - 1))) start--
    while (end < text.length && isIn(tailCharacters, text.charCodeAt(end))) end++
    parts.push(text.slice(done, startOfAddress(text, start, done)))
    done = end
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(done)
}

/** Where the top-level domain behind a dot ends, or -1 when there is none. */
function endOfTopLevel(text: string, dot: number, known: Map<string, boolean>): number {
  let end = dot + 1
  while (end < text.length && end - dot <= 64 && (text.charCodeAt(end) === 95 || isAlphanumericAt(text, end))) {
    end += text.codePointAt(end)! > 0xffff ? 2 : 1
  }
  const label = text.slice(dot + 1, end)
  if (label === '' || label !== label.toLowerCase()) return -1
  let found = known.get(label)
  if (found === undefined) known.set(label, (found = isTopLevel(label)))
  return found ? end : -1
}

/** `start`, or before it the beginning of a scheme and of up to 10 white spaces. */
function startOfAddress(text: string, start: number, done: number): number {
  if (start > 0 && isIn(hostCharacters, text.charCodeAt(start - 1))) return start
  const scheme = /(?:https?|ftp):\/\/$/.exec(text.slice(Math.max(done, start - 8), start))
  if (scheme) start -= scheme[0].length
  for (let spaces = 0; spaces < 10 && start > done && isSpace(text.charCodeAt(start - 1)); spaces++) start--
  return start
}

function tableOf(others: string): Uint8Array {
  const table = new Uint8Array(128)
  for (let code = 0; code < 128; code++) {
    const character = String.fromCharCode(code)
    if (/[a-zA-Z0-9]/.test(character) || others.includes(character)) table[code] = 1
  }
  return table
}

const isIn = (table: Uint8Array, code: number): boolean => code < 128 && table[code] === 1
