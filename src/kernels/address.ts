/** Where something lies in the memory of a WebAssembly module, in bytes from its beginning. */
export type Address = number
