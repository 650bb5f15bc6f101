import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { reservedColumns } from '../src/core/verdict_record.ts'
import { loadStep, stepNames } from '../src/pipeline/registry.ts'
import { filesBelow, repository } from './support.ts'

const source = join(repository, 'src')
/** Which folders a file of each folder may import from, beside its own. `cli.ts` and scripts beside it may import all. */
const mayImport: Record<string, string[]> = {
  core: [],
  kernels: [],
  text: ['core', 'kernels'],
  extraction: ['kernels', 'text'],
  storage: ['core'],
  formats: ['core', 'storage'],
  inputs: ['core', 'formats', 'storage'],
  dedup: ['core', 'kernels', 'text', 'formats'],
  tokenizers: ['core'],
  models: ['core', 'kernels', 'text', 'tokenizers'],
  filters: ['core', 'text', 'tokenizers', 'models'],
  editors: ['core', 'text', 'models'],
  stages: ['core', 'text', 'extraction', 'storage', 'formats', 'models'],
  barriers: ['core', 'text', 'formats', 'dedup'],
  pipeline: ['core', 'text', 'storage', 'formats', 'inputs', 'models'],
  executors: ['core', 'formats', 'models', 'pipeline'],
  compare: ['core', 'text', 'formats', 'pipeline'],
  sample: ['core', 'text', 'formats', 'tokenizers', 'pipeline', 'compare'],
  experiments: ['core'],
  reports: ['core', 'text', 'formats', 'pipeline', 'executors', 'compare', 'experiments'],
  authoring: ['core', 'pipeline', 'reports'],
  commands: [
    ...['core', 'text', 'storage', 'formats', 'inputs', 'dedup', 'tokenizers', 'models', 'pipeline', 'executors'],
    ...['compare', 'sample', 'experiments', 'reports', 'authoring'],
  ],
  command_line: ['core', 'tokenizers', 'sample', 'reports', 'commands'],
  library: ['core', 'formats', 'inputs', 'pipeline', 'executors', 'compare', 'sample', 'reports', 'commands'],
}
const files = filesBelow(source).filter((path) => path.endsWith('.ts') && !path.startsWith('kernels/assembly/'))
const imports = files.flatMap((file) => {
  // Without template strings, which hold the code of new steps.
  const text = readFileSync(join(source, file), 'utf8').replaceAll(/`[^`]*`/g, '')
  const found = [...text.matchAll(/^(?:import|export)\b[^'=]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)]
  return found.map((match) => ({ file, target: (match[1] ?? match[2] ?? match[3])! }))
})
const folderOf = (path: string): string => (path.includes('/') ? path.split('/')[0]! : '')

test('imports are found', () => {
  expect(imports).toContainEqual({ file: 'filters/char_count.ts', target: '../text/code_points.ts' })
  expect(new Set(files.map(folderOf).filter(Boolean))).toEqual(
    new Set(Object.keys(mayImport).filter((folder) => readdirSync(source).includes(folder))),
  )
})

test('imports go one way', () => {
  const wrong = imports.flatMap(({ file, target }) => {
    const from = folderOf(file)
    if (!target.startsWith('.') || from === '') return []
    const to = folderOf(join(from, file.split('/').slice(1, -1).join('/'), target))
    return to === from || mayImport[from]!.includes(to) ? [] : [`${file} imports ${target}`]
  })
  expect(wrong).toEqual([])
})

test('imports never lead back to where they began, types included', () => {
  const targets = new Map(files.map((file): [string, string[]] => [file, []]))
  for (const { file, target } of imports) if (target.startsWith('.')) targets.get(file)!.push(join(dirname(file), target))
  const done = new Set<string>()
  const circles: string[] = []
  const walk = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '))
    else if (!done.has(file)) for (const target of targets.get(file) ?? []) walk(target, [...trail, file])
    done.add(file)
  }
  for (const file of files) walk(file, [])
  expect(circles).toEqual([])
})

test('a type name is declared in one file', () => {
  const declaredIn = new Map<string, Set<string>>()
  for (const file of files) {
    const declarations = readFileSync(join(source, file), 'utf8').matchAll(
      /^(?:export )?(?:default )?(?:abstract )?(?:type|interface|class|enum) (\w+)/gm,
    )
    for (const [, name] of declarations) declaredIn.set(name!, (declaredIn.get(name!) ?? new Set()).add(file))
  }
  expect(declaredIn.get('Doc')).toEqual(new Set(['core/doc.ts']))
  const several = [...declaredIn].filter(([, where]) => where.size > 1)
  expect(several.map(([name]) => name).sort()).toEqual([])
})

test('steps are named in their own files only', async () => {
  /** Columns of FineWeb, which documents carry whether or not a step of that name fills them. */
  const columns = ['language_score', 'token_count']
  /** Words of their own right, such as the number of records read. */
  const words = ['read', 'write', 'perplexity']
  const names = new Set(stepNames().filter((name) => !columns.includes(name) && !words.includes(name)))
  const found = files.flatMap((file) => {
    const own = /^(?:filters|editors|stages|barriers)\/(.+)\.ts$/.exec(file)?.[1]
    // Comments, and what a step says of other steps, are prose.
    const code = readFileSync(join(source, file), 'utf8').replaceAll(/^ *(?:\/\*\*|\*|\/\/).*$|^ {2}why: [^\n]*\n(?: {4}.*\n)*/gm, '')
    // 'word_count' and 'word_count.min', not "read the file"
    const strings = [...code.matchAll(/(['"`])([a-z][a-z0-9_]*)(?:\.\w+)?\1/g)].map(([, , name]) => name!)
    return strings.filter((name) => names.has(name) && name !== own).map((name) => `${file}: ${name}`)
  })
  expect(found).toEqual([])
})

test('core, text, extraction, filters and editors do no I/O', () => {
  const pure = imports.filter(({ file }) => ['core', 'text', 'extraction', 'filters', 'editors'].includes(folderOf(file)))
  const wrong = pure.filter(({ target }) => /^node:(?!crypto$|buffer$|util$)|^(?:fs|path|os|child_process|worker_threads)$/.test(target))
  expect(wrong).toEqual([])
})

test('no filter or editor looks at the clock, the environment or chance', () => {
  const wrong = files
    .filter((file) => ['filters', 'editors'].includes(folderOf(file)))
    .filter((file) => /Math\.random|Date\.now|new Date\(\)|performance\.now|process\.env/.test(readFileSync(join(source, file), 'utf8')))
  expect(wrong).toEqual([])
})

describe.each(stepNames())('%s', async (name) => {
  const step = await loadStep(name)

  test('says what it does', () => {
    expect(step.summary).toMatch(/^[^.\s].{10,}[^.\s]$/s)
    expect(step.why).toMatch(/^[\p{Lu}“"].{20,}\.$/su)
    const others = [...(step.why ?? '').matchAll(/`([a-z_]+)`/g)].map(([, other]) => other!)
    expect(others.filter((other) => !stepNames().includes(other))).toEqual([])
    if (step.kind === 'filter' || step.kind === 'editor') expect(step.source).toMatch(/\S{2}/)
  })

  test('is named as its kind demands', () => {
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/)
    expect([...reservedColumns, 'include', 'as']).not.toContain(name)
  })

  test('describes every option, in snake case', () => {
    const { properties = {} } = z.toJSONSchema(step.schema, { io: 'input', unrepresentable: 'any' }) as {
      properties?: Record<string, { description?: string }>
    }
    for (const [option, { description }] of Object.entries(properties)) {
      expect([option, option]).toEqual([option, expect.stringMatching(/^[a-z][a-z0-9_]*$/)])
      expect([option, description]).toEqual([option, expect.stringMatching(/\S{3}/)])
      expect(option).not.toBe('as')
    }
  })
})

test.each(['compare', 'sample'])('each file of %s/ has a test of its own', (room) => {
  const tests = new Set(filesBelow(join(repository, 'test', room)))
  const untested = files.filter((file) => folderOf(file) === room && !tests.has(file.slice(room.length + 1).replace('.ts', '.test.ts')))
  expect(untested).toEqual([])
})

test('no name is taken twice', () => {
  const names = ['filters', 'editors', 'stages', 'barriers'].flatMap((folder) =>
    readdirSync(join(source, folder)).filter((file) => file.endsWith('.ts')),
  )
  expect(names.length).toBe(new Set(names).size)
})

/**
 * Functions of a source file with their lengths in lines. Each ends at the next line that is not indented further, which the formatter sees to;
 * strings over several lines are data and count as one line.
 */
function functionLengths(text: string): { name: string; lines: number }[] {
  const lines = text.replaceAll(/`[^`]*`/g, '``').split('\n')
  const indentOf = (line: string): number => line.length - line.trimStart().length
  const start =
    /^ *(?:export )?(?:default )?(?:async )?function\*? ?(\w*)|^ *(?:export )?const (\w+)\b[^=]* = (?:async )?(?:<.*>)?\(|^ *(?:static )?(?:async )?\*?(?!if|for|while|switch|catch|return|throw|super)(#?\w+)\((?:.*\{|)$/
  return lines.flatMap((line, first) => {
    const match = start.exec(line)
    if (!match) return []
    const indent = indentOf(line)
    // A line such as "): Promise<void> {" ends the parameters and opens the body.
    const isInside = (next: string): boolean => next === '' || indentOf(next) > indent || /^ *[)}].*(?:\{|=>)$/.test(next)
    let last = first
    while (last + 1 < lines.length && isInside(lines[last + 1]!)) last++
    if (/^ *[)}\]]/.test(lines[last + 1] ?? '') && indentOf(lines[last + 1]!) === indent) last++
    while (lines[last] === '') last--
    return [{ name: (match[1] || match[2] || match[3]) ?? 'default', lines: last - first + 1 }]
  })
}

describe('functions', () => {
  test('are measured', () => {
    const text = [
      'export async function* one(',
      '  a: number,',
      '): AsyncGenerator<void> {',
      '  const inner = (b: number): number => {',
      '    return b',
      '  }',
      '',
      '  if (a > 0) {',
      '    inner(a)',
      '  }',
      '}',
      'const two = (a: number): number =>',
      '  a +',
      '  1',
      '',
      'class Three {',
      '  #four(text = `',
      '}',
      '`): void {',
      '    text.trim()',
      '  }',
      '}',
    ]
    expect(functionLengths(text.join('\n'))).toEqual([
      { name: 'one', lines: 11 },
      { name: 'inner', lines: 3 },
      { name: 'two', lines: 3 },
      { name: '#four', lines: 3 },
    ])
  })

  test('have 60 lines at most', () => {
    const rooms = files.filter((file) => ['sample', 'compare', 'pipeline'].includes(folderOf(file)))
    const found = rooms.flatMap((file) =>
      functionLengths(readFileSync(join(source, file), 'utf8')).flatMap(({ name, lines }) => (lines > 60 ? [`${file} ${name}`] : [])),
    )
    expect(found.sort()).toEqual([])
  })
})
