// What `import … from 'decant'` gives: what steps of one's own are written with.

export { z } from 'zod'
export { type Barrier, barrier } from './core/barrier.ts'
export type { Doc } from './core/doc.ts'
export { type Editor, editor } from './core/editor.ts'
export { DataError, UserError } from './core/errors.ts'
export { type Filter, filter } from './core/filter.ts'
export { filePath } from './core/options.ts'
export { type Stage, stage } from './core/stage.ts'
export type { Docs, Task } from './core/task.ts'
export { codePointCount } from './text/code_points.ts'
export { linesBy } from './text/lines.ts'
export { wordsBy, wordText } from './text/words/words.ts'
