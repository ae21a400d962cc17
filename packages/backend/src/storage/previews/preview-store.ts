/**
 * Keeps coldpreviews under the SHA-256 of their bytes. What every adapter promises, and `preview-store.suite.ts` proves:
 * after `put` resolves, the bytes survive a crash; putting the same bytes again is cheap and refreshes their age;
 * `get` answers exactly what was put, or null. What cannot be read or written at the moment throws `storage_unavailable`.
 */
export interface PreviewStore {
  put(sha256: string, bytes: Buffer): Promise<void>
  get(sha256: string): Promise<Buffer | null>
  /** How many there are, and their bytes. */
  size(): Promise<{ files: number; bytes: number }>
  /** Throws where nothing could be stored now. */
  check(): Promise<void>
  /**
   * Removes what begins with these two digits, is not wanted and was last put before `untouchedSince` (milliseconds since
   * 1970); answers how many. What is put meanwhile stays, whoever puts it, and what is wanted can be read all the time.
   */
  sweep(prefix: string, untouchedSince: number, wanted: Wanted): Promise<number>
}

/** Which of these are referred to by a photo: asked again before anything is removed. */
export type Wanted = (sha256s: readonly string[]) => Promise<ReadonlySet<string>>
