import { availableParallelism } from 'node:os'

/** A thread compiles its code anew, for about two CPU seconds: what it takes to read so many bytes. */
const bytesPerWorker = 4 << 20

/** Worker threads where nobody says how many: one per core, but no more than the inputs are worth. What a pipe holds is not known (0 bytes). */
export function workersFor(inputs: readonly { bytes: number; reads?: number }[], cores = availableParallelism()): number {
  if (inputs.some(({ bytes }) => bytes === 0)) return cores
  const bytes = inputs.reduce((sum, input) => sum + (input.reads ?? input.bytes), 0)
  return Math.min(cores, Math.max(1, Math.ceil(bytes / bytesPerWorker)))
}
