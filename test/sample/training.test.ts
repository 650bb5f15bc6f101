import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { nanotronConfig, trainingOf } from '../../src/sample/training.ts'

test.each([
  [28e9, 1.4e9, 13_351],
  [2_097_152, 104_858, 1],
  [1000, 50, 1],
])('%i tokens are enough for %i parameters, and make %i steps', (tokens, chinchilla_parameters, steps) => {
  expect(trainingOf(tokens, 'file')).toEqual({ chinchilla_parameters, tokens_per_step: 2_097_152, steps, config: 'file' })
})

describe('the configuration', () => {
  interface Config {
    checkpoints: { checkpoint_interval: number }
    optimizer: { learning_rate_scheduler: { lr_warmup_steps: number; lr_decay_steps: number } }
    parallelism: { dp: number }
    tokens: Record<'sequence_length' | 'micro_batch_size' | 'batch_accumulation_per_replica' | 'train_steps', number>
  }
  test.each([
    [28e9, 13_351, 500, 1000],
    [100 * 2_097_152, 100, 10, 100],
    [1000, 1, 1, 1],
  ])('of %i tokens warms up and decays within its steps', (tokens, steps, warmup, interval) => {
    const config = parse(nanotronConfig(tokens)) as Config
    const { lr_warmup_steps, lr_decay_steps } = config.optimizer.learning_rate_scheduler
    expect([config.tokens.train_steps, lr_warmup_steps, lr_decay_steps]).toEqual([steps, warmup, Math.max(1, steps - warmup)])
    expect(config.checkpoints.checkpoint_interval).toBe(interval)
    const { sequence_length, micro_batch_size, batch_accumulation_per_replica } = config.tokens
    expect(config.parallelism.dp * sequence_length * micro_batch_size * batch_accumulation_per_replica).toBe(2_097_152)
  })
})
