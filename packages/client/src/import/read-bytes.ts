import type { SourceFile } from '../import.ts'

export class UnreadableFileError extends Error {
  constructor(detail: string, cause?: unknown) {
    super(detail, { cause })
    this.name = 'UnreadableFileError'
  }
}

/** What a file holds, as it is now. Throws `UnreadableFileError`. */
export async function readBytes(
  file: SourceFile,
  signal: AbortSignal,
): Promise<ArrayBuffer | Uint8Array<ArrayBuffer>> {
  signal.throwIfAborted()
  try {
    const read = await file.read(signal)
    return read instanceof Blob ? await read.arrayBuffer() : read
  } catch (error) {
    signal.throwIfAborted()
    throw new UnreadableFileError(error instanceof Error ? error.message : String(error), error)
  }
}
