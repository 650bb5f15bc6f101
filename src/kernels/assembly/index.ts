export { bandKeys, common, hashShingles, joinCharacters, joinWords, minhash, sketch } from './minhash'
export { greedySkipChars, nextLevel, squeeze } from './ngrams'
export { numberWords } from './words'

/** Where memory is free for the caller. */
export const free: usize = __heap_base
