/** FineWeb's ablation model and schedule (Penedo et al. 2024, §3.1 and App. D.1; nanotron). */
const tokensPerStep = 2_097_152

export interface Training {
  chinchilla_parameters: number
  tokens_per_step: number
  steps: number
  config: string
}

/** What a budget of tokens means for training: steps, and the size of a model that it is enough for (20 tokens per parameter, Hoffmann et al. 2022). */
export const trainingOf = (budget: number, config: string): Training => ({
  chinchilla_parameters: Math.round(budget / 20),
  tokens_per_step: tokensPerStep,
  steps: Math.max(1, Math.floor(budget / tokensPerStep)),
  config,
})

/** A configuration for nanotron: the 1.71B Llama of FineWeb's ablations on the token files of an arm. */
export function nanotronConfig(budget: number): string {
  const steps = Math.max(1, Math.floor(budget / tokensPerStep))
  const warmup = Math.min(500, Math.max(1, Math.floor(steps / 10)))
  const values: Record<string, number> = {
    BUDGET: budget,
    PER_STEP: tokensPerStep,
    INTERVAL: Math.min(1000, steps),
    WARMUP: warmup,
    DECAY: Math.max(1, steps - warmup),
    STEPS: steps,
  }
  return template.replace(/BUDGET|PER_STEP|INTERVAL|WARMUP|DECAY|STEPS/g, (name) => String(values[name]))
}

const template = `# FineWeb's ablation model (1.71B parameters) on BUDGET tokens: put the folder of one arm's token files and a seed in.
# 64 GPUs x 4 sequences x 4 steps of accumulation x 2,048 tokens = PER_STEP tokens a step. FineWeb trained two models for each
# version of the data, with another sample and another seed each, and averaged their scores.
general:
  project: decant
  run: ARM-seedSEED
  seed: SEED
checkpoints:
  checkpoints_path: checkpoints/ARM-seedSEED
  checkpoint_interval: INTERVAL
data_stages:
  - name: training
    start_training_step: 1
    data:
      dataset:
        dataset_folder: ARM-seedSEED
      num_loading_workers: 1
      seed: SEED
model:
  dtype: bfloat16
  init_method:
    std: 0.02
  model_config:
    bos_token_id: 50256
    eos_token_id: 50256
    hidden_act: silu
    hidden_size: 2048
    initializer_range: 0.02
    intermediate_size: 8192
    is_llama_config: true
    max_position_embeddings: 2048
    num_attention_heads: 32
    num_hidden_layers: 24
    num_key_value_heads: 32
    pretraining_tp: 1
    rms_norm_eps: 1.0e-05
    rope_scaling: null
    tie_word_embeddings: true
    use_cache: true
    vocab_size: 50257
optimizer:
  optimizer_factory:
    name: adamW
    adam_beta1: 0.9
    adam_beta2: 0.95
    adam_eps: 1.0e-08
    torch_adam_is_fused: true
  clip_grad: 1.0
  weight_decay: 0.1
  zero_stage: 0
  accumulate_grad_in_fp32: true
  learning_rate_scheduler:
    learning_rate: 3.0e-04
    lr_warmup_steps: WARMUP
    lr_warmup_style: linear
    lr_decay_style: cosine
    lr_decay_starting_step: null
    lr_decay_steps: DECAY
    min_decay_lr: 3.0e-05
parallelism:
  dp: 64
  pp: 1
  tp: 1
tokenizer:
  tokenizer_name_or_path: gpt2
  tokenizer_max_length: null
tokens:
  sequence_length: 2048
  micro_batch_size: 4
  batch_accumulation_per_replica: 4
  train_steps: STEPS
  val_check_interval: -1
logging:
  log_level: info
  iteration_step_info_interval: 1
`
