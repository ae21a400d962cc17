import type { SourceFile } from '../import.ts'
import { UnreadableFileError, readBytes } from './read-bytes.ts'
import type { Sidecar } from './side-car.ts'

/** Bytes of originals, and of the side-cars beside them, that one import holds at once. */
export const ORIGINALS_IN_MEMORY = 128 * 1024 * 1024
/** More would have a disk jump between files rather than read them. */
export const READS_AT_ONCE = 4

/** One original in memory, until it is let go. */
export class Original {
  readonly file: SourceFile
  /** Null where the browser offers no hashing: pages that are not secure. */
  readonly sha256: string | null
  #sidecar: Sidecar | null
  #bytes: Blob | Uint8Array<ArrayBuffer> | null

  constructor(
    file: SourceFile,
    bytes: Blob | Uint8Array<ArrayBuffer>,
    about: { sha256: string | null; sidecar: Sidecar | null },
  ) {
    this.file = file
    this.#bytes = bytes
    this.sha256 = about.sha256
    this.#sidecar = about.sidecar
  }

  get bytes(): Blob | Uint8Array<ArrayBuffer> {
    if (this.#bytes === null) throw new Error('The original was let go before its time')
    return this.#bytes
  }

  get sidecar(): Sidecar | null {
    return this.#sidecar
  }

  letGo(): void {
    this.#bytes = null
    this.#sidecar = null
  }
}

/** Reads a file once and hashes what was read. Throws `UnreadableFileError`. */
export async function readOriginal(
  file: SourceFile,
  { signal, sidecar }: { readonly signal: AbortSignal; readonly sidecar: Sidecar | null },
): Promise<Original> {
  const bytes = await readBytes(file, signal)
  if (bytes.byteLength !== file.size) throw new UnreadableFileError('The file changed while it was read')
  return new Original(file, bytes instanceof Uint8Array ? bytes : new Blob([bytes]), {
    sha256: await sha256Of(bytes),
    sidecar,
  })
}

async function sha256Of(bytes: ArrayBuffer | Uint8Array<ArrayBuffer>): Promise<string | null> {
  // Typed as always there, but absent in a page that is not secure.
  const subtle: typeof crypto.subtle | undefined = crypto.subtle
  if (!subtle) return null
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
