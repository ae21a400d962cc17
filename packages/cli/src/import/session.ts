import { ApiError, type Server, UnreachableError, call } from '@imalink/client'
import { type ImportStatus, endpoints } from '@imalink/contract'
import { type Root, textOf } from './walk.ts'

const MAX_SOURCE_PATH = 4096
const ANSWER_WITHIN_MS = 5000

/** Begins an import session and answers its id. */
export async function beginSession(
  backend: Server,
  about: { readonly roots: readonly Root[]; readonly title: string | null },
): Promise<number> {
  const paths = about.roots.map(({ path }) => textOf(path)).join('\n')
  const body = { title: about.title, source_path: paths.slice(0, MAX_SOURCE_PATH).toWellFormed() }
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
  news: { readonly status?: ImportStatus; readonly total_files?: number },
): Promise<string | null> {
  const impatient = { ...backend, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }
  try {
    await call(impatient, endpoints.updateImportSession, { params: { id }, body: news })
    return null
  } catch (error) {
    if (impatient.signal.aborted) return 'the server takes too long to answer'
    if (error instanceof ApiError || error instanceof UnreachableError) return error.message
    throw error
  }
}
