import type { z } from 'zod'
import { meant } from './errors.ts'

type Issue = z.core.$ZodIssue

/**
 * The first thing that zod finds wrong with `value`, in plain English: `min: expected a number, got "many"`. `known` are the keys
 * that an unknown one may be a misspelling of.
 */
export const issueText = (error: z.ZodError, value: unknown, known: readonly string[] = []): string =>
  located(error.issues[0]!, (issue) => messageOf(issue, at(value, issue.path), known))

/** The same where the value is no longer at hand: `min: expected a number`. */
export const expectedText = (error: z.ZodError): string => located(error.issues[0]!, (issue) => expectation(issue) ?? issue.message)

function located(issue: Issue, message: (issue: Issue) => string): string {
  const place = placeOf(issue.path)
  return place === '' ? message(issue) : `${place}: ${message(issue)}`
}

/** `["arms", 0, "name"]` → `arms[0].name` */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`)).join('')

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner === null || typeof inner !== 'object' ? undefined : Reflect.get(inner, key)), value)

function messageOf(issue: Issue, value: unknown, known: readonly string[]): string {
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys as [string]
    return `unknown key "${key}"${meant(key, known)}`
  }
  const expected = expectation(issue)
  if (expected === undefined) return issue.message
  if (value === undefined) return `missing, ${expected}`
  const choices = issue.code === 'invalid_value' ? issue.values.map(String) : []
  return `${expected}, got ${shown(value)}${typeof value === 'string' ? meant(value, choices) : ''}`
}

function expectation(issue: Issue): string | undefined {
  const what = expectedOf(issue)
  return what === undefined ? undefined : `expected ${issue.code === 'invalid_value' && issue.values.length > 1 ? 'one of ' : ''}${what}`
}

const kinds: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'null',
}

/** What would be right; undefined for a check that an author wrote, which has a message of its own. */
function expectedOf(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? issue.expected
    case 'invalid_value':
      return either(issue.values.map((choice) => (typeof choice === 'string' ? choice : JSON.stringify(choice))))
    case 'too_small':
      return limit(issue, issue.minimum, issue.inclusive === false ? 'above' : 'of at least')
    case 'too_big':
      return limit(issue, issue.maximum, issue.inclusive === false ? 'below' : 'of at most')
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_format':
      if ('prefix' in issue) return `a text that begins with "${issue.prefix}"`
      return issue.pattern ? `a text that matches ${issue.pattern}` : undefined
    case 'invalid_union': {
      const branches = issue.errors.flatMap(([first]) => (first ? branch(first) : []))
      return branches.length > 0 ? either([...new Set(branches)]) : undefined
    }
    default:
      return undefined
  }
}

function branch(issue: Issue): string | string[] {
  if (issue.path.length > 0) return `a map with "${placeOf(issue.path)}"`
  const expected = expectedOf(issue)
  return expected === kinds['boolean'] ? ['true', 'false'] : (expected ?? [])
}

function limit({ origin }: { origin: string }, bound: number | bigint, relation: string): string {
  if (origin === 'string') return bound === 1 ? 'a text that is not empty' : `a text ${relation} ${bound} characters`
  if (origin === 'array') return bound === 1 ? 'a list that is not empty' : `a list ${relation} ${bound} entries`
  return `a${origin === 'int' ? ' whole' : ''} number ${relation} ${bound}`
}

/** "a, b or c" */
const either = (choices: readonly string[]): string =>
  choices.length < 2 ? choices.join() : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`

/** As JSON, short enough for a line. */
function shown(value: unknown): string {
  let json: string
  try {
    json = (typeof value === 'number' ? undefined : JSON.stringify(value)) ?? String(value)
  } catch {
    // Nested thousands deep.
    return Array.isArray(value) ? '[…]' : '{…}'
  }
  return json.length > 60 ? `${json.slice(0, 60)}…` : json
}
