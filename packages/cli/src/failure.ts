import { ApiError, UnreachableError } from '@imalink/client'
import { RootError } from '@imalink/client/disk'

/** What the exit code of a command means; `import --help` explains them to the user. */
export const exitCodes = {
  ok: 0,
  impossible: 1,
  usage: 2,
  refusedFiles: 3,
  server: 4,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** A command cannot go on; the message is one sentence for the person who started it. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode

  constructor(sentence: string, exitCode: ExitCode = exitCodes.impossible, cause?: unknown) {
    super(sentence, { cause })
    this.exitCode = exitCode
  }
}

/** Any error as a sentence for a person and an exit code. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  if (error instanceof UnreachableError) return unreachable(error)
  if (error instanceof RootError) return new Failure(error.message, exitCodes.impossible, error)
  if (error instanceof ApiError) return new Failure(sentenceOf(error), exitCodes.server, error)
  const message = error instanceof Error ? error.message : String(error)
  return new Failure(`The command line failed unexpectedly: ${message}`, exitCodes.impossible, error)
}

function unreachable(error: UnreachableError): Failure {
  const host = new URL(error.url).host
  return new Failure(`The server at ${host} does not answer; is it running?`, exitCodes.server, error)
}

function sentenceOf(error: ApiError): string {
  switch (error.code) {
    case 'wrong_credentials':
      return 'Wrong name or password.'
    case 'rate_limited':
      return `Too many attempts; try again in ${error.retryAfter ?? 60} seconds.`
    case 'credentials_required':
    case 'credentials_invalid':
      return 'The server does not accept the API key (any more); run `npm run imalink -- login` again.'
    case 'scope_insufficient':
      return 'The API key may not do this; run `npm run imalink -- login` for one that may import.'
    default:
      return error.message
  }
}
