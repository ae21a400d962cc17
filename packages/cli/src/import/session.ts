import { ApiError, type Server, UnreachableError, call } from '@imalink/client'
import { type Root, textOf } from '@imalink/client/disk'
import { type ImportStatus, endpoints, limits } from '@imalink/contract'
import type { RefusedFile } from './refusals.ts'

const MAX_TEXT = { sourcePath: 4096, path: 4096, detail: 1000 }
const ANSWER_WITHIN_MS = 5000

/** Begins an import session and answers its id. */
export async function beginSession(
  backend: Server,
  about: { readonly roots: readonly Root[]; readonly title: string | null },
): Promise<number> {
  const paths = about.roots.map(({ path }) => textOf(path)).join('\n')
  const body = { title: about.title, source_path: fitted(paths, MAX_TEXT.sourcePath) }
  const session = await call(backend, endpoints.createImportSession, { body })
  return session.id
}

/**
 * Tells the session what is known of it. Photos do not depend on that, so a server that is away or refuses is answered
 * with the reason rather than thrown; null when it was told.
 */
export async function tellSession(
  backend: Server,
  id: number,
  news: { readonly status?: ImportStatus; readonly total_files?: number; readonly known_files?: number },
): Promise<string | null> {
  return whyNot(backend, (server) =>
    call(server, endpoints.updateImportSession, { params: { id }, body: news }),
  )
}

/** Tells a session of files that are refused without being sent, as they are heard of. */
export class RefusalReports {
  readonly #tell: (refused: readonly RefusedFile[]) => Promise<string | null>
  #waiting: RefusedFile[] = []
  #told: Promise<string | null> = Promise.resolve(null)

  constructor(backend: Server, id: number) {
    this.#tell = (refused) =>
      whyNot(backend, (server) =>
        call(server, endpoints.reportImportErrors, {
          params: { id },
          body: { errors: refused.map(asError) },
        }),
      )
  }

  add(refused: RefusedFile): void {
    this.#waiting.push(refused)
    if (this.#waiting.length >= limits.importErrors) this.#send()
  }

  /** Resolves when all are told: with the reason where they could not be, else with null. */
  end(): Promise<string | null> {
    if (this.#waiting.length > 0) this.#send()
    return this.#told
  }

  /** After the first that cannot be told no others are. */
  #send(): void {
    const files = this.#waiting
    this.#waiting = []
    this.#told = this.#told.then((reason) => reason ?? this.#tell(files))
  }
}

function asError({ path, code, detail }: RefusedFile) {
  return { filename: fitted(path, MAX_TEXT.path), code, detail: fitted(detail, MAX_TEXT.detail) }
}

async function whyNot(backend: Server, tell: (server: Server) => Promise<unknown>): Promise<string | null> {
  const impatient = { ...backend, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }
  try {
    await tell(impatient)
    return null
  } catch (error) {
    if (impatient.signal.aborted) return 'the server takes too long to answer'
    if (error instanceof ApiError || error instanceof UnreachableError) return error.message
    throw error
  }
}

function fitted(text: string, length: number): string {
  return text.slice(0, length).toWellFormed()
}
