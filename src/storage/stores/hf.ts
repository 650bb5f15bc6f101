import { pathToFileURL } from 'node:url'
import {
  type CommitOperation,
  commit,
  createRepo,
  datasetInfo,
  HubApiError,
  listFiles,
  modelInfo,
  type RepoDesignation,
  repoExists,
} from '@huggingface/hub'
import { fixedPart, matcherOf } from '../patterns.ts'
import { type Again, refused, StorageError, type Store, type StoredFile } from '../store.ts'
import { rangeHeaders, requestFrom } from './https.ts'

// hf://datasets/OWNER/NAME[@REVISION]/PATH, hf://buckets/OWNER/NAME/PATH, or hf://OWNER/NAME[@REVISION]/PATH for models. What is listed is named with
// the commit that the revision stood for, so that it never changes.

const hub = (): string => (process.env.HF_ENDPOINT ?? 'https://huggingface.co').replace(/\/+$/, '')
const token = (): string | undefined => (process.env.HF_TOKEN || process.env.HUGGING_FACE_HUB_TOKEN)?.trim() || undefined
const authorization = (): Record<string, string> => (token() === undefined ? {} : { authorization: `Bearer ${token()}` })

interface HubPlace {
  kind: 'dataset' | 'model' | 'bucket' | 'space'
  /** OWNER/NAME. */
  name: string
  revision: string
  path: string
}

const kinds: Record<string, HubPlace['kind']> = { datasets: 'dataset', buckets: 'bucket', spaces: 'space' }

function placeOf(url: string): HubPlace {
  const [, type, name, revision, path = ''] =
    /^hf:\/\/(?:(datasets|buckets|spaces)\/|(?!(?:datasets|buckets|spaces)\/))([^/@]+\/[^/@]+)(?:@([^/]+))?(?:\/(.*))?$/is.exec(url) ?? []
  if (name === undefined) throw new StorageError(url, 'names no repository', { hint: 'hf://datasets/OWNER/NAME[@REVISION]/PATH' })
  // A revision such as refs/convert/parquet is written with %2F.
  return { kind: kinds[type ?? ''] ?? 'model', name, revision: revision === undefined ? 'main' : decodeURIComponent(revision), path }
}

const folderOf = { dataset: 'datasets/', bucket: 'buckets/', space: 'spaces/', model: '' }
const urlOf = ({ kind, name, revision, path }: HubPlace): string =>
  `hf://${folderOf[kind]}${name}${kind === 'bucket' ? '' : `@${encodeURIComponent(revision)}`}/${path}`

/** Where the hub serves a file. */
function servedAt({ kind, name, revision, path }: HubPlace): string {
  const escaped = path.split('/').map(encodeURIComponent).join('/')
  return `${hub()}/${folderOf[kind]}${name}/resolve/${kind === 'bucket' ? '' : `${encodeURIComponent(revision)}/`}${escaped}`
}

async function asked<T>(url: string, asking: () => Promise<T>): Promise<T> {
  try {
    return await asking()
  } catch (error) {
    if (!(error instanceof HubApiError)) throw error
    const { statusCode } = error
    if (statusCode === 401 || statusCode === 404)
      throw new StorageError(url, `no such repository, revision or path, or access is refused (${statusCode})`, {
        hint: 'for private and gated ones, set HF_TOKEN',
        status: statusCode,
      })
    throw refused(url, statusCode)
  }
}

/** The place with its revision pinned to a commit. */
async function pinned(url: string, place: HubPlace): Promise<HubPlace> {
  const { kind, name, revision } = place
  if (kind === 'bucket' || kind === 'space' || /^[0-9a-f]{40}$/.test(revision)) return place
  const options = { name, revision, hubUrl: hub(), additionalFields: ['sha' as const], ...credentials() }
  const { sha } = await asked(url, async () => (kind === 'dataset' ? datasetInfo(options) : modelInfo(options)))
  return { ...place, revision: sha }
}

const credentials = (): { accessToken?: string } => (token() === undefined ? {} : { accessToken: token()! })

async function find(pattern: string, again: Again): Promise<StoredFile[]> {
  const place = await again(() => pinned(pattern, placeOf(pattern)))
  const { kind, name, revision } = place
  const matches = matcherOf(place.path)
  const fixed = fixedPart(place.path)
  const folder = fixed.slice(0, fixed.lastIndexOf('/') + 1).replace(/\/$/, '')
  const repo: RepoDesignation = { type: kind, name }
  const options = {
    repo,
    recursive: true,
    hubUrl: hub(),
    ...(kind === 'bucket' ? {} : { revision }),
    ...(folder === '' ? {} : { path: folder }),
  }
  const list = async (): Promise<StoredFile[]> => {
    const found: StoredFile[] = []
    for await (const { type, path, size, oid, lfs, xetHash } of listFiles({ ...options, ...credentials() }))
      if (type === 'file' && matches(path))
        found.push({ url: urlOf({ ...place, path }), bytes: size, tag: lfs?.oid ?? oid ?? xetHash ?? '' })
    return found
  }
  return await again(() => asked(pattern, list))
}

/** One commit. A repository that is not there is made, as a private one. */
async function commitFiles(
  root: string,
  files: readonly { path: string; name: string }[],
  isOurs: (name: string) => boolean,
): Promise<void> {
  const place = placeOf(root)
  const { kind, name, revision } = place
  if (token() === undefined) throw new StorageError(root, 'no token of Hugging Face found', { hint: 'set HF_TOKEN to one that may write' })
  const accessToken = token()!
  const repo: RepoDesignation = { type: kind, name }
  const below = place.path === '' ? '' : `${place.path}/`
  await asked(root, async () => {
    if (!(await repoExists({ repo, hubUrl: hub(), accessToken })))
      await createRepo({ repo, visibility: 'private', hubUrl: hub(), accessToken })
    const old: string[] = []
    for await (const { type, path } of listFiles({
      repo,
      recursive: true,
      hubUrl: hub(),
      accessToken,
      ...(kind === 'bucket' ? {} : { revision }),
    }))
      if (type === 'file' && path.startsWith(below) && isOurs(path.slice(below.length))) old.push(path)
    const wanted = new Set(files.map((file) => below + file.name))
    const operations: CommitOperation[] = files.map((file) => ({
      operation: 'addOrUpdate',
      path: below + file.name,
      content: pathToFileURL(file.path),
    }))
    for (const path of old) if (!wanted.has(path)) operations.push({ operation: 'delete', path })
    await commit({
      repo,
      title: 'Publish a run of decant',
      operations,
      hubUrl: hub(),
      accessToken,
      ...(kind === 'bucket' ? {} : { branch: revision }),
    })
  })
}

export default {
  find,
  commit: commitFiles,
  async get(url, wanted) {
    const answer = await requestFrom(servedAt(placeOf(url)), { headers: { ...authorization(), ...rangeHeaders(wanted, '') } })
    // The tags of a listing are not those of the servers that it leads to; a commit never changes.
    const { etag: _, 'last-modified': __, ...headers } = answer.headers
    return { ...answer, headers }
  },
} satisfies Store
