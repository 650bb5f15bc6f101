import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Manifest } from '../src/reports/manifest.ts'
import { cli, decant, filesBelow, fileWith, products, random, readJson, repository, temporaryFolder, twoPasses } from './support.ts'

const dir = temporaryFolder()
const isRoot = process.getuid?.() === 0
const good = 'name: good\nsteps:\n  - char_count: {min: 1}\n'

beforeAll(async () => {
  fileWith(dir, 'good.yaml', good)
  fileWith(dir, 'numbers.yaml', 'low: 5\n')
  fileWith(dir, 'other.yaml', good.replace('good', 'other'))
  fileWith(dir, 'a.jsonl', '{"id":"a","text":"some text"}\n')
  fileWith(dir, 'b.jsonl', '{"id":"b","text":"other text"}\n')
  fileWith(dir, 'step.yaml', 'name: p\nsteps:\n  - read\n  - char_cout: {min: 1}\n')
  fileWith(dir, 'nothing_like.yaml', 'steps: [qqqqqqqqqq]\n')
  fileWith(dir, 'option.yaml', 'steps:\n  - char_count:\n      min: 1\n      mx: 5\n')
  fileWith(dir, 'value.yaml', 'steps:\n  - char_count:\n      min: many\n')
  fileWith(dir, 'range.yaml', 'steps:\n  - exact_dedup: {partitions: 0}\n')
  fileWith(dir, 'syntax.yaml', 'name: p\nsteps:\n  - char_count: {min: 1\n  - read\n')
  fileWith(dir, 'colon.yaml', 'steps:\n  - char_count:\n    min:5\n')
  fileWith(dir, 'twice.yaml', 'name: p\nname: q\nsteps: []\n')
  fileWith(dir, 'list.yaml', '- read\n')
  fileWith(dir, 'empty.yaml', '')
  fileWith(dir, 'no_steps.yaml', 'name: p\n')
  fileWith(dir, 'key.yaml', 'name: p\nstep: []\n')
  fileWith(dir, 'map.yaml', 'steps:\n  - char_count: 5\n')
  fileWith(dir, 'two_in_one.yaml', 'steps:\n  - char_count:\n    exact_dedup:\n')
  fileWith(dir, 'include.yaml', 'steps:\n  - include: gone.yaml\n')
  fileWith(dir, 'round.yaml', 'steps:\n  - include: rules.yaml\n')
  fileWith(dir, 'rules.yaml', '- include: rules.yaml\n')
  fileWith(dir, 'same_name.yaml', 'steps:\n  - char_count: {as: n}\n  - char_count: {as: n}\n')
  fileWith(dir, 'bad_name.yaml', 'steps:\n  - char_count: {as: "A b"}\n')
  fileWith(dir, 'reserved.yaml', 'steps:\n  - char_count: {as: tokens}\n')
  fileWith(dir, 'language.yaml', 'steps:\n  - language_score: {languages: [xx], min: 0.5}\n')
  fileWith(dir, 'read_last.yaml', 'steps:\n  - char_count\n  - read\n')
  mkdirSync(join(dir, 'empty'))
  mkdirSync(join(dir, 'full'))
  fileWith(dir, 'full/notes.txt', 'mine')
  expect((await decant(['run', 'good.yaml', '-i', 'a.jsonl', '-o', 'taken', '-q'], { cwd: dir })).code).toBe(0)
})

/** Arguments after `decant`, then the two lines on stderr: what is wrong, and the hint (or none). */
const run = 'run good.yaml -i a.jsonl -o out'
const wrong: [string, string, string | null][] = [
  ['run step.yaml -i a.jsonl -o out', 'step.yaml:4: unknown step "char_cout"; did you mean char_count?', 'decant describe lists all steps'],
  ['run nothing_like.yaml -i a.jsonl -o out', 'nothing_like.yaml:1: unknown step "qqqqqqqqqq"', 'decant describe lists all steps'],
  ['run option.yaml -i a.jsonl -o out', 'option.yaml:4: char_count has no option "mx"; did you mean max?', null],
  [
    'run value.yaml -i a.jsonl -o out',
    'value.yaml:3: char_count.min: expected a number, got "many"',
    'min: keep documents that measure this or more',
  ],
  [
    'run range.yaml -i a.jsonl -o out',
    'range.yaml:2: exact_dedup.partitions: expected a number of at least 1, got 0',
    'partitions: tasks that the comparison is split into, at least; large inputs have more',
  ],
  [
    `${run} --parameters numbers.yaml`,
    '--parameters numbers.yaml: good.yaml leaves no value open',
    'options such as "min: $name" take values from it; --set changes others',
  ],
  ['run gone.yaml -i a.jsonl -o out', 'gone.yaml: no such pipeline file', '*'],
  ['run syntax.yaml -i a.jsonl -o out', 'syntax.yaml:4: *', 'check the indentation of this line and *'],
  [
    'run colon.yaml -i a.jsonl -o out',
    'colon.yaml:3: Implicit map keys need to be followed by map values',
    'check the indentation of this line and *',
  ],
  ['run twice.yaml -i a.jsonl -o out', 'twice.yaml:2: Map keys must be unique', null],
  [
    'run list.yaml -i a.jsonl -o out',
    'list.yaml:1: a pipeline is a map with name, description and steps',
    'begin with "name: my-pipeline"',
  ],
  [
    'run empty.yaml -i a.jsonl -o out',
    'empty.yaml:1: a pipeline is a map with name, description and steps',
    'begin with "name: my-pipeline"',
  ],
  ['run no_steps.yaml -i a.jsonl -o out', 'no_steps.yaml:1: "steps" must be a list', '*'],
  ['run key.yaml -i a.jsonl -o out', 'key.yaml:2: unknown key "step"; did you mean steps?', null],
  ['run map.yaml -i a.jsonl -o out', 'map.yaml:2: the options of char_count must be a map, such as {min: 50}', null],
  [
    'run two_in_one.yaml -i a.jsonl -o out',
    'two_in_one.yaml:2: a step is a name, or a name with its options',
    'write "- step: {option: value}", or indent the options deeper than their step',
  ],
  ['run include.yaml -i a.jsonl -o out', 'include.yaml:2: include: no such file: gone.yaml', '*'],
  ['run round.yaml -i a.jsonl -o out', 'rules.yaml:1: include: rules.yaml includes itself', null],
  ['run same_name.yaml -i a.jsonl -o out', 'same_name.yaml:3: two steps are named "n"', null],
  ['run bad_name.yaml -i a.jsonl -o out', 'bad_name.yaml:2: "as" must be a name in lower case, digits and _', null],
  [
    'run reserved.yaml -i a.jsonl -o out',
    'reserved.yaml:2: "tokens" is a column of every verdict table',
    'give the step another name with "as"',
  ],
  ['run read_last.yaml -i a.jsonl -o out', 'read_last.yaml:3: "read" must be the first step, and appear only once', null],
  ['plan language.yaml -i a.jsonl', 'language_score: the model has no label "xx"; did you mean en?', null],
  ['run good.yaml -i gone.jsonl -o out', '-i gone.jsonl: no such file or folder', '* holds a.jsonl, *'],
  ['run good.yaml -i *.warc -o out', '-i *.warc: no file matches', '* holds a.jsonl, *'],
  ['run good.yaml -i nowhere/*.warc -o out', '-i nowhere/*.warc: no file matches', 'nowhere/ does not exist; * does'],
  ['run good.yaml -i empty/*.warc -o out', '-i empty/*.warc: no file matches', '*/empty is empty'],
  ['run good.yaml -i empty -o out', '-i empty: the folder is empty', null],
  ['run good.yaml -i a.jsonl -o full', '-o full: the folder is not empty and holds no run', 'choose a new folder'],
  ['run good.yaml -i a.jsonl -o a.jsonl', '-o a.jsonl: is a file, not a folder', 'choose a new folder'],
  ['run good.yaml -i a.jsonl -o a.jsonl/run', '-o a.jsonl/run: cannot be made (ENOTDIR)', null],
  [
    'run other.yaml -i a.jsonl -o taken',
    '-o taken: holds a run of "good", not of "other"',
    'choose another folder with -o, or delete taken',
  ],
  [
    'run good.yaml -i b.jsonl -o taken',
    '-o taken: holds a run on other inputs (this one is without a.jsonl)',
    'choose another folder with -o, or delete taken',
  ],
  [`${run} --set char_count`, '--set char_count: expected step.option=value', 'for example --set word_count.min=100'],
  [`${run} --set char_cont.min=1`, '--set char_cont.min=1: no step named "char_cont" in this pipeline; did you mean char_count?', null],
  [`${run} --set qqq.min=1`, '--set qqq.min=1: no step named "qqq" in this pipeline', 'its steps: char_count'],
  [`${run} --set char_count.mim=1`, '--set char_count.mim=1: char_count has no option "mim"; did you mean min?', null],
  [`${run} --set char_count.min=[`, '--set char_count.min=[: "[" is not a YAML value', null],
  [`${run} --set char_count.min=x`, '--set char_count.min=x: char_count.min: expected a number, got "x"', '*'],
  [`${run} --limit 0`, '--limit 0: expected a whole number of at least 1', '--help lists all options'],
  [`${run} --limit some`, '--limit some: expected a whole number of at least 1', '--help lists all options'],
  [`${run} --audit 2`, '--audit 2: expected a share between 0 and 1', '--help lists all options'],
  [`${run} --worker 2`, "unknown option '--worker'; did you mean --workers?", '--help lists all options'],
  ['run good.yaml -i a.jsonl', 'missing -o: output folder', '--help lists all options'],
  ['status', 'missing argument: dir', '--help lists all options'],
  ['sample taken --tokenizer gpt3', '--tokenizer gpt3: allowed choices are gpt2, cl100k_base, o200k_base', '--help lists all options'],
  ['run good.yaml -o out', 'missing -i: input files', "name input files with -i, such as -i 'crawl/*.warc.gz'"],
  ['run good.yaml a.jsonl -o out', 'missing -i: input files', "name input files with -i, such as -i 'crawl/*.warc.gz'"],
  ['run -i a.jsonl good.yaml -o out', 'missing argument: pipeline', 'name the pipeline first, before -i and its files'],
  [
    'run good.yaml b.jsonl -i a.jsonl -o out',
    'too many arguments for run: expected 1, got 2',
    'name input files with -i, and each further one with another -i',
  ],
  ['rnu', "unknown command 'rnu'; did you mean run?", '--help lists all options'],
  ['status gone', 'gone: no run here (no plan.json)', 'give the folder that was named with "decant run -o"'],
  ['verify empty', 'empty: no run here (no plan.json)', 'give the folder that was named with "decant run -o"'],
  ['why taken nobody', 'taken: no document has the id or URL nobody', 'verdicts/*.parquet lists all ids and URLs'],
  ['describe char_cuont', 'unknown step or recipe "char_cuont"; did you mean char_count?', 'decant describe lists all steps and recipes'],
]

/** `*` stands for any words. */
const matching = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*.')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, (c) => (c === '*' ? '.+' : `\\${c}`)))
      .join('\\*\\.')}$`,
  )

describe('wrong usage: exit 2, one line, a hint, no stack', () => {
  test.each(wrong)('decant %s', async (args, message, hint) => {
    const { code, stdout, stderr } = await decant(args.split(' '), { cwd: dir })
    // Without the line of the file that is shown between them.
    const [first, second, ...rest] = stderr
      .trimEnd()
      .split('\n')
      .filter((line) => !/^ +(?:\d+ \| |\^)/.test(line))
    expect(first).toMatch(matching(`decant: ${message}`))
    if (hint === null) expect(second).toBe(undefined)
    else expect(second).toMatch(matching(`  hint: ${hint}`))
    expect([code, stdout, rest]).toEqual([2, '', []])
    expect(filesBelow(join(dir, 'out'))).toEqual([])
  })

  test.skipIf(isRoot)('a folder and a file that may not be read', async () => {
    mkdirSync(join(dir, 'closed'))
    chmodSync(join(dir, 'closed'), 0)
    chmodSync(fileWith(dir, 'closed.jsonl', '{}'), 0)
    for (const input of ['closed', 'closed.jsonl']) {
      const { code, stderr } = await decant(['run', 'good.yaml', '-i', input, '-o', 'out'], { cwd: dir })
      expect([code, stderr]).toEqual([2, `decant: -i ${input}: cannot be read (EACCES)\n`])
    }
    chmodSync(join(dir, 'closed'), 0o700)
  })

  test('nothing is written to a folder that another process works in', async () => {
    writeFileSync(join(dir, 'taken/.lock'), JSON.stringify({ pid: process.ppid, host: (await import('node:os')).hostname() }))
    const { code, stderr } = await decant(['run', 'good.yaml', '-i', 'a.jsonl', '-o', 'taken'], { cwd: dir })
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^decant: -o taken: another decant \(process \d+ on .+\) is working in it\n {2}hint: wait for it, or stop it; if there is none any more, delete taken\/\.lock\n$/,
    )
  })
})

describe('a run ends early and leaves nothing half-written', () => {
  const crawl = ['-i', 'fixtures/crawl/*.warc.gz']

  test.each([0, 2])('by Ctrl-C, with -w %i', async (workers) => {
    const out = join(dir, `stopped${workers}`)
    // Enough to do that no machine is done before the signal comes.
    const many = join(dir, `crawl${workers}`)
    for (const copy of ['1', '2', '3', '4', '5']) cpSync(join(repository, 'fixtures/crawl'), join(many, copy), { recursive: true })
    const args = ['run', 'fineweb', '-i', many, '-w', String(workers), '-o', out]
    let hit = false
    const { code, stderr } = await decant([...args, '--json'], {
      onOutput(stdout, kill) {
        if (!hit && /"documents":[1-9]/.test(stdout)) kill('SIGINT')
        hit ||= /"documents":[1-9]/.test(stdout)
      },
    })
    expect([code, stderr]).toEqual([130, 'stopped; no partial files were kept. Run the same command again to resume.\n'])
    expect(filesBelow(out).filter((path) => /\.part|\.lock|^data/.test(path))).toEqual([])
  })

  test('when who reads its output goes away', async () => {
    const out = join(dir, 'piped')
    const command = `"$0" "$@" | head -1; exit "\${PIPESTATUS[0]}"`
    const piped = spawnSync('bash', ['-c', command, process.execPath, cli, 'run', 'fineweb', ...crawl, '-o', out, '--json'], {
      cwd: repository,
      encoding: 'utf8',
    })
    expect([piped.status, piped.stdout.split('\n').length]).toEqual([130, 2])
    expect(filesBelow(out).filter((path) => /\.part|\.lock|^data/.test(path))).toEqual([])
  })
})

test('shards beyond the limit are not opened', async () => {
  fileWith(dir, 'pair.jsonl', '{"id":"a","text":"some text"}\n{"id":"b","text":"more text"}\n')
  fileWith(dir, 'zlib.jsonl', 'not read')
  const args = ['run', 'good.yaml', '-i', 'a.jsonl', 'pair.jsonl', 'zlib.jsonl', '-o', 'limited', '--limit', '2']
  expect((await decant(args, { cwd: dir })).stdout).toContain('2 records read · 2 kept')
  expect(readJson<Manifest>(join(dir, 'limited/manifest.json')).inputs.map(({ path }) => path)).toEqual(['a.jsonl', 'pair.jsonl'])
  expect((await decant(['verify', 'limited'], { cwd: dir })).code).toBe(0)
})

test('a run that replaces a finished one says so', async () => {
  const again = async (...more: string[]): Promise<string> =>
    (await decant(['run', 'good.yaml', '-i', 'a.jsonl', '-o', 'replaced', ...more], { cwd: dir })).stderr
  expect(await again()).not.toContain('replaces')
  expect(await again()).not.toContain('replaces')
  expect(await again('--set', 'char_count.min=2')).toContain('replaces the run of good in replaced: it had other options')
})

test('a run without anything that it can use names the first file and why', async () => {
  fileWith(dir, 'broken.jsonl', '{"id":\n{"id":\n')
  const { code, stderr } = await decant(['run', 'good.yaml', '-i', 'broken.jsonl', '-o', 'unusable', '-q'], { cwd: dir })
  expect([code, stderr.split('\n')]).toEqual([
    1,
    [
      expect.stringMatching(/^decant: none of the 2 records is usable; the first: broken\.jsonl: .+JSON/),
      '  hint: errors/ in the folder of the run lists all of them',
      '',
    ],
  ])
})

test('a pipeline with parameters names their file', async () => {
  const { stdout } = await decant(['plan', 'fineweb-2', '-i', 'fixtures/crawl/*.warc.gz'])
  expect(stdout).toContain('values  deu_Latn (pipelines/fineweb-2/deu_Latn.yml)\n')
})

test.each([30, 60, 90])('with %i open files at most: exit 1, one message', (most) => {
  const limited = spawnSync('bash', ['-c', `ulimit -n ${most}; exec "$0" "$@"`, process.execPath, cli, 'run', 'p.yaml', '-i', 'a.jsonl'], {
    cwd: dir,
    encoding: 'utf8',
  })
  expect([limited.status, limited.stderr]).toEqual([1, expect.stringMatching(/^decant: too many files are open \(EMFILE[^\n]*\n$/)])
})

test('a full disk: exit 1, a word, nothing half-written under a final name; with room the same command goes on', async () => {
  // A limit on the size of files stands for the full disk: it needs no privileges.
  const next = random(7)
  const text = (): string => Array.from({ length: 400 }, () => Math.floor(next() * 1e9).toString(36)).join(' ')
  const big = Array.from({ length: 300 }, (_, i) => `${JSON.stringify({ id: `${i}`, text: text() })}\n`).join('')
  fileWith(dir, 'p.yaml', twoPasses)
  fileWith(dir, 'big.jsonl', big)
  const args = ['run', 'p.yaml', '-i', 'a.jsonl', 'big.jsonl', '-w', '0', '-q', '-o']
  const limited = spawnSync('bash', ['-c', `trap '' XFSZ; ulimit -f 100; exec "$0" "$@"`, process.execPath, cli, ...args, 'small'], {
    cwd: dir,
    encoding: 'utf8',
  })
  expect(limited.stderr).toMatch(/^decant: the disk is full \(EFBIG.*Free some space and run the same command again\.\n$/)
  expect(limited.status).toBe(1)
  expect(filesBelow(join(dir, 'small')).filter((path) => /\.part|^data|manifest/.test(path))).toEqual([])
  expect((await decant([...args, 'small'], { cwd: dir })).code).toBe(0)
  expect((await decant([...args, 'roomy'], { cwd: dir })).code).toBe(0)
  expect(products(join(dir, 'small'))).toEqual(products(join(dir, 'roomy')))
})
