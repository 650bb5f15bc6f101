import { z } from 'zod'
import { UserError } from '../../core/errors.ts'
import { escapeOutside } from './classes.ts'
import { oniguruma } from './regex.ts'

/** A step of a `tokenizer.json`, by its `type`. */
export const stepSchema = z.looseObject({ type: z.string() })
export type JsonStep = z.output<typeof stepSchema>

const patternSchema = z.union([z.object({ String: z.string() }), z.object({ Regex: z.string() })])

/** What a step with a `pattern` looks for. */
export function patternOf(step: JsonStep): RegExp {
  const pattern = patternSchema.parse(step['pattern'])
  return 'String' in pattern ? new RegExp(escapeOutside(pattern.String), 'gv') : oniguruma(pattern.Regex)
}

export const unknownStep = (what: string, { type }: JsonStep): UserError => new UserError(`a ${what} of type ${type} cannot be used`)
