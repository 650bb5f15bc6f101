import type { ByteSource } from './byte_source.ts'
import { type GzipEvent, inflateHead, nextMember, readGzipMembers } from './gzip_members.ts'
import { findFrame, headOfFrame, readZstdFrames } from './zstd_frames.ts'

/** Members of a gzip file, or frames of a zstd file: both can be found and decompressed on their own. */
export interface Members {
  /** Those from `from` on. */
  read(from: number): AsyncGenerator<GzipEvent>
  /** Where the first one begins in [from, to) that opens with what `isStart` accepts; null where there is none. */
  find(from: number, to: number): Promise<number | null>
  /** Whether one begins here that does. */
  beginsAt(at: number): Promise<boolean>
}

/** `isStart` judges the first decompressed bytes. */
export const membersOf = (source: ByteSource, compression: 'gzip' | 'zstd', isStart: (head: Buffer) => boolean): Members =>
  compression === 'gzip'
    ? {
        read: (from) => readGzipMembers(source, isStart, from),
        async find(from, to) {
          const at = nextMember(source, from, isStart, to)
          return at < to ? at : null
        },
        beginsAt: async (at) => isStart(inflateHead(source.at(at, 1 << 16)).bytes),
      }
    : {
        read: (from) => readZstdFrames(source, from),
        async find(from, to) {
          const at = await findFrame(source, from, to, isStart)
          return at < to ? at : null
        },
        beginsAt: async (at) => isStart(await headOfFrame(source, at)),
      }
