import type { ErrorCode } from '@imalink/contract'

/** What the caller may know: a code of the contract and one sentence for a person. Everything else is an internal error. */
export class Refusal extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, sentence: string, options?: ErrorOptions) {
    super(sentence, options)
    this.name = 'Refusal'
    this.code = code
  }
}

/** Decoders tell what went wrong in words of their own; the caller needs one sentence, the log keeps the cause. */
export function refuseCorrupt(cause: unknown): never {
  if (cause instanceof Refusal) throw cause
  throw new Refusal('corrupt_image', 'The image is damaged or cut off and cannot be decoded.', { cause })
}
