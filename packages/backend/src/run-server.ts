import type { FastifyInstance } from 'fastify'
import { type Logger, pino } from 'pino'
import { buildApp } from './app.ts'
import { type Config, ConfigError } from './config.ts'
import { forgetEndedSessions } from './features/auth/sessions.service.ts'
import { forgetOldAddresses } from './features/auth/sign-in.service.ts'
import { ensureInstallation } from './features/operations/installation.repository.ts'
import { purgeOldTrash } from './features/photos/trash.service.ts'
import { type Storage, errorCodeOf } from './storage/database/database.ts'
import { NewerDatabaseError, migrate } from './storage/database/migrate.ts'
import { forgetOldHits } from './storage/database/rate-limits.ts'
import type { PreviewStore } from './storage/previews/preview-store.ts'

interface Adapters {
  openDatabase(url: string, onLostConnection: (error: Error) => void): Storage
  readonly previews: PreviewStore
}

/** Credentials; and where PostgreSQL repeats the row that it refused, with all that stands in it. */
const UNTOLD = ['req.headers.authorization', 'req.headers.cookie', 'err.detail', 'err.where']
const HOUSEKEEPING_MS = 60 * 60 * 1000
/** What is in flight has this long to finish; streams of events never do by themselves. */
const CLOSE_WITHIN_MS = 5000

/**
 * Opens storage, migrates it, listens, and closes on SIGINT and SIGTERM. Throws `ConfigError` and `NewerDatabaseError`,
 * whose messages are meant for the person who starts it.
 */
export async function runServer(config: Config, adapters: Adapters): Promise<void> {
  const log = pino({ level: config.logLevel, redact: { paths: UNTOLD, remove: true } })
  const storage = await openStorage(config, adapters, log)
  const app = await buildApp({ config, storage, previews: adapters.previews, logger: log })
  const address = await listen(app, config)
  log.info({ address }, 'backend listens')
  const housekeeping = setInterval(() => void keepHouse(storage, config, log), HOUSEKEEPING_MS)
  await keepHouse(storage, config, log)
  await untilAsked()
  clearInterval(housekeeping)
  await closeWithin(app, CLOSE_WITHIN_MS)
  await storage.close()
}

async function openStorage(config: Config, adapters: Adapters, log: Logger): Promise<Storage> {
  try {
    const storage = adapters.openDatabase(config.databaseUrl, (error) =>
      log.warn({ err: error }, 'database connection lost'),
    )
    await migrate(storage)
    await ensureInstallation(storage.db)
    await adapters.previews.check()
    return storage
  } catch (cause) {
    if (cause instanceof NewerDatabaseError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(
      `The storage at ${withoutPassword(config.databaseUrl)} cannot be opened: ${reason}.`,
      { cause },
    )
  }
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//')
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (cause) {
    if (errorCodeOf(cause) !== 'EADDRINUSE') throw cause
    throw new ConfigError(`Port ${port} is already in use; stop what uses it or set IMALINK_PORT.`, { cause })
  }
}

/**
 * Trash that is old enough, and what no longer counts of rate limits, sessions and addresses. A failure is tried again
 * an hour later.
 */
async function keepHouse({ db }: Storage, { trashDays }: Config, log: Logger): Promise<void> {
  try {
    const purged = await purgeOldTrash(db, trashDays)
    await forgetOldHits(db)
    await forgetEndedSessions(db)
    await forgetOldAddresses(db)
    if (purged > 0) log.info({ purged }, 'old trash deleted')
  } catch (error) {
    log.error({ err: error }, 'housekeeping failed')
  }
}

/** Asked again, by either signal, the process ends at once: nothing listens any more. */
function untilAsked(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off('SIGINT', stop).off('SIGTERM', stop)
      resolve()
    }
    process.on('SIGINT', stop).on('SIGTERM', stop)
  })
}

async function closeWithin(app: FastifyInstance, ms: number): Promise<void> {
  const deadline = setTimeout(() => app.server.closeAllConnections(), ms)
  await app.close()
  clearTimeout(deadline)
}
