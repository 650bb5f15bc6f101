import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3'
import { limits } from '../limits.ts'
import { fixedPart, isPattern, matcherOf } from '../patterns.ts'
import { type Again, refused, StorageError, type Store, type StoreAnswer, type StoredFile } from '../store.ts'

let client: S3Client | undefined

/** The client, with the credentials, region and endpoint that the AWS tools would use here. Retries are made elsewhere. */
function s3(): S3Client {
  // Its advice on versions of Node is not for users of decant.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL
  const style = process.env.DECANT_S3_STYLE ?? (endpoint === undefined ? 'virtual' : 'path')
  client ??= new S3Client({
    maxAttempts: 1,
    forcePathStyle: style === 'path',
    // Other servers than AWS's refuse the checksums that the SDK adds by itself.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    followRegionRedirects: true,
    ...(process.env.AWS_REGION === undefined && process.env.AWS_DEFAULT_REGION !== undefined
      ? { region: process.env.AWS_DEFAULT_REGION }
      : endpoint !== undefined && process.env.AWS_REGION === undefined
        ? { region: 'us-east-1' }
        : {}),
    requestHandler: {
      httpAgent: { maxSockets: limits.connections, keepAlive: true },
      httpsAgent: { maxSockets: limits.connections, keepAlive: true },
      connectionTimeout: limits.stall,
      socketTimeout: limits.stall,
    },
  })
  return client
}

interface S3Place {
  Bucket: string
  Key: string
}

function placeOf(url: string): S3Place {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(url)!
  if (bucket === '') throw new StorageError(url, 'names no bucket', { hint: 's3://BUCKET/PATH' })
  return { Bucket: bucket, Key: key }
}

/** Send a command; what the server or the SDK refuses becomes a StorageError. */
async function sent<T>(url: string, sending: () => Promise<T>): Promise<T> {
  try {
    return await sending()
  } catch (error) {
    if (error instanceof StorageError) throw error
    const { name, message, $metadata, $response } = error as S3ServiceException
    const status = $metadata?.httpStatusCode
    if (name === 'NoSuchBucket') throw new StorageError(url, 'no such bucket')
    if (/Credentials/.test(name))
      throw new StorageError(url, 'no AWS credentials found', { hint: 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY' })
    if (/Region is missing/.test(message)) throw new StorageError(url, 'no AWS region is set', { hint: 'set AWS_REGION' })
    if (status === undefined || status < 300) throw error
    const more = name === 'Unknown' || /^[0-9]+$/.test(name) || (status === 404 && name === 'NotFound') ? '' : name
    throw refused(url, status, $response?.headers ?? {}, status === 412 || status === 404 ? '' : more)
  }
}

/** All objects whose keys begin with a prefix, a page at a time. */
async function* list(url: string, again: Again): AsyncGenerator<StoredFile> {
  const { Bucket, Key } = placeOf(url)
  let from: string | undefined
  do {
    const command = new ListObjectsV2Command({ Bucket, Prefix: Key, ContinuationToken: from })
    const page = await again(() => sent(url, () => s3().send(command)))
    for (const { Key: key = '', Size = 0, ETag } of page.Contents ?? [])
      yield { url: `s3://${Bucket}/${key}`, bytes: Size, tag: ETag ?? '' }
    from = page.NextContinuationToken
  } while (from !== undefined)
}

async function find(pattern: string, again: Again): Promise<StoredFile[]> {
  const { Bucket, Key } = placeOf(pattern)
  const isFolder = Key === '' || Key.endsWith('/')
  // A key may look like a pattern.
  const one = isFolder ? undefined : await again(() => headOf(pattern, { Bucket, Key }))
  if (one) return [one]
  const prefix = isPattern(Key) ? fixedPart(Key) : isFolder ? Key : `${Key}/`
  const matches = matcherOf(Key)
  const found: StoredFile[] = []
  for await (const file of list(`s3://${Bucket}/${prefix}`, again)) if (matches(placeOf(file.url).Key)) found.push(file)
  return found
}

async function headOf(url: string, place: S3Place): Promise<StoredFile | undefined> {
  try {
    const { ContentLength = 0, ETag } = await sent(url, () => s3().send(new HeadObjectCommand(place)))
    return { url, bytes: ContentLength, tag: ETag ?? '' }
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    const { status } = error.about
    // Whoever may list need not be allowed to ask for what is not there.
    if (status === 404 || (status === 403 && isPattern(place.Key))) return undefined
    throw error
  }
}

export default {
  find,
  async get(url, { start, end }, tag): Promise<StoreAnswer> {
    const range = `bytes=${start}-${end === undefined ? '' : end - 1}`
    const command = new GetObjectCommand({ ...placeOf(url), Range: range, ...(tag === '' ? {} : { IfMatch: tag }) })
    const { Body, ContentRange, ContentLength, ETag, $metadata } = await sent(url, () => s3().send(command))
    const body = Body as unknown as AsyncIterable<Uint8Array> & { destroy(): void; on(event: 'error', listener: () => void): void }
    return {
      status: $metadata.httpStatusCode ?? 200,
      headers: {
        'content-range': ContentRange,
        'content-length': ContentLength === undefined ? undefined : String(ContentLength),
        etag: ETag,
      },
      body,
      discard() {
        body.on('error', () => {})
        body.destroy()
      },
    }
  },
  async put(url, body, { onlyNew }) {
    const command = new PutObjectCommand({
      ...placeOf(url),
      Body: body,
      ContentLength: body.length,
      ...(onlyNew ? { IfNoneMatch: '*' } : {}),
    })
    try {
      await sent(url, () => s3().send(command))
      return true
    } catch (error) {
      if (onlyNew && error instanceof StorageError && error.about.status === 412) return false
      throw error
    }
  },
  async copy(from, to) {
    const { Bucket, Key } = placeOf(from)
    const source = `${Bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`
    await sent(from, () => s3().send(new CopyObjectCommand({ ...placeOf(to), CopySource: source })))
  },
  async remove(url) {
    await sent(url, () => s3().send(new DeleteObjectCommand(placeOf(url))))
  },
} satisfies Store
