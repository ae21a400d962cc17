/**
 * Keeps coldpreviews under the SHA-256 of their bytes. What every adapter promises, and `preview-store.suite.ts` proves:
 * after `put` resolves, the bytes survive a crash; putting the same bytes again is cheap and refreshes their age;
 * `get` answers exactly what was put, or null.
 */
export interface PreviewStore {
  put(sha256: string, bytes: Buffer): Promise<void>
  get(sha256: string): Promise<Buffer | null>
  /** Throws where nothing could be stored now. */
  check(): Promise<void>
}
