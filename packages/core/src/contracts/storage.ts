/** Something in a storage. */
export interface StoredItem {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** When it was written, in milliseconds since 1970. */
  readonly writtenAt: number
}

/**
 * Where an evaluation keeps what it computed: named pieces of bytes, such as files of a folder or objects in a bucket. Several processes may use one
 * at the same time. A name has at most 100 letters, digits and dots.
 */
export interface Storage {
  /** Writes a piece whole or not at all, and answers once it will survive the process. */
  readonly write: (name: string, bytes: Uint8Array) => Promise<void>
  /** The bytes from `from` up to, not including, `to`, which may lie behind its end; all of it unless told. Undefined where there is no such piece. */
  readonly read: (name: string, from?: number, to?: number) => Promise<Uint8Array | undefined>
  /** Everything in it, in any order; never what is half written. */
  readonly list: () => Promise<readonly StoredItem[]>
  /** Removes a piece; one that is not there is no fault. */
  readonly remove: (name: string) => Promise<void>
}

export interface StorageTraits {
  /** Who reaches it: only this process, all processes of a machine that see its folder, or machines. */
  readonly reach: 'process' | 'folder' | 'network'
}
