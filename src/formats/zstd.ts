import zlib from 'node:zlib'
import { compress, init, decompress as wasmDecompress } from '@bokuweb/zstd-wasm'

/** What writes zstd here: Node's own zlib where it has zstd (>= 22.15), else WebAssembly. Part of a plan's key: other code, other bytes. */
interface Zstd {
  name: string
  compress(bytes: Uint8Array, level: number): Uint8Array
  /** `outputBytes` is the exact size of the result. */
  decompress(bytes: Uint8Array, outputBytes: number): Uint8Array
}

interface NativeZstd {
  zstdCompressSync?(bytes: Uint8Array, options: { params: Record<number, number> }): Uint8Array
  zstdDecompressSync?(bytes: Uint8Array): Uint8Array
}

let loaded: Zstd | undefined

/** Load once before the first use; afterwards all calls are synchronous. */
export async function loadZstd(): Promise<Zstd> {
  if (loaded) return loaded
  const native = zlib as NativeZstd
  if (native.zstdCompressSync && native.zstdDecompressSync) {
    const level = (zlib.constants as Record<string, number>)['ZSTD_c_compressionLevel']!
    const { zstdCompressSync, zstdDecompressSync } = native
    loaded = {
      name: `zlib ${process.versions['zstd'] ?? ''}`.trim(),
      compress: (bytes, value) => zstdCompressSync(bytes, { params: { [level]: value } }),
      decompress: (bytes) => zstdDecompressSync(bytes),
    }
  } else {
    await startWasm()
    loaded = { name: 'zstd-wasm', compress: (bytes, level) => compress(bytes, level), decompress: (bytes) => wasmDecompress(bytes) }
  }
  return loaded
}

let started: Promise<void> | undefined

/** Start the WebAssembly module, once per thread: a second start would throw away what the first one holds. */
export function startWasm(): Promise<void> {
  started ??= init().then(() => {})
  return started
}
