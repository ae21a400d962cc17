import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { type Logger, pino } from 'pino'
import { buildApp } from './app.ts'
import { type Config, ConfigError } from './config.ts'
import { forgetOldActivity, note } from './features/activity/activity.service.ts'
import { forgetEndedSessions } from './features/auth/sessions.service.ts'
import { forgetOldAddresses } from './features/auth/sign-in.service.ts'
import { ensureInstallation } from './features/operations/installation.repository.ts'
import { renewTexts } from './features/photos/texts.repository.ts'
import { fillTexts } from './features/photos/texts.service.ts'
import { tellOlderStories } from './features/stories/told-photos.service.ts'
import { purgeOldTrash } from './features/photos/trash.service.ts'
import { forgetOldSteps } from './features/undo/undo.service.ts'
import { type DatabaseWishes, type Storage, errorCodeOf, isUnreachable } from './storage/database/database.ts'
import { NewerDatabaseError, migrate } from './storage/database/migrate.ts'
import { forgetOldHits } from './storage/database/rate-limits.ts'
import type { PreviewStore } from './storage/previews/preview-store.ts'

interface Adapters {
  openDatabase(url: string, wishes: DatabaseWishes): Storage
  readonly previews: PreviewStore
}

/** Credentials; and where PostgreSQL repeats the row that it refused, with all that stands in it. */
const UNTOLD = ['req.headers.authorization', 'req.headers.cookie', 'err.detail', 'err.where']
const HOUSEKEEPING_MS = 60 * 60 * 1000
/** What is in flight has this long to finish; streams of events never do by themselves. */
const CLOSE_WITHIN_MS = 5000
const STORAGE_LATER_MS = 1000
const WAIT_FOR_DATABASE_MS = 60_000
const TRY_AGAIN_MS = 1000

/**
 * Opens storage, migrates it, listens, and closes on SIGINT and SIGTERM. Throws `ConfigError` and `NewerDatabaseError`,
 * whose messages are meant for the person who starts it.
 */
export async function runServer(config: Config, adapters: Adapters): Promise<void> {
  const log = pino({ level: config.logLevel, redact: { paths: UNTOLD, remove: true } })
  const storage = await openStorage(config, adapters, log)
  const app = await buildApp({ config, storage, previews: adapters.previews, logger: log })
  // Whoever gets an answer may ask it to stop, so it hears that first.
  const askedToStop = untilAsked()
  const address = await listen(app, config)
  log.info({ address }, 'backend listens')
  const housekeeping = setInterval(() => void keepHouse(storage, config, log), HOUSEKEEPING_MS)
  void keepHouse(storage, config, log)
  await askedToStop
  clearInterval(housekeeping)
  await closeInTime(app, storage)
}

async function openStorage(config: Config, adapters: Adapters, log: Logger): Promise<Storage> {
  try {
    const onLostConnection = (err: Error) => log.warn({ err }, 'database connection lost')
    await whenItAnswers(log, async () => {
      // Migrations take the time that they take.
      const storage = adapters.openDatabase(config.databaseUrl, { onLostConnection, timeoutMs: 0 })
      await prepare(storage, log).finally(() => storage.close())
    })
    await adapters.previews.check()
    return adapters.openDatabase(config.databaseUrl, {
      onLostConnection,
      timeoutMs: config.databaseTimeoutMs,
    })
  } catch (cause) {
    if (cause instanceof NewerDatabaseError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError(
      `The storage at ${withoutPassword(config.databaseUrl)} cannot be opened: ${reason}.`,
      { cause },
    )
  }
}

async function prepare(storage: Storage, log: Logger): Promise<void> {
  await migrate(storage)
  await ensureInstallation(storage.db)
  const filled = await fillTexts(storage.db)
  await tellOlderStories(storage.db, { renewTexts })
  if (filled > 0) log.info({ photos: filled }, 'text index filled')
}

/** After a restart of the machine the database may come up later than this. What it refuses is not asked again. */
async function whenItAnswers(log: Logger, work: () => Promise<void>): Promise<void> {
  const started = performance.now()
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isUnreachable(error) || performance.now() - started > WAIT_FOR_DATABASE_MS) throw error
      log.warn({ err: error }, 'the database does not answer yet')
      await delay(TRY_AGAIN_MS)
    }
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
    const purged = await purgeOldTrash(db, trashDays, note)
    await forgetOldHits(db)
    await forgetEndedSessions(db)
    await forgetOldAddresses(db)
    await forgetOldSteps(db)
    await forgetOldActivity(db)
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

async function closeInTime(app: FastifyInstance, storage: Storage): Promise<void> {
  const deadlines = [
    setTimeout(() => app.server.closeAllConnections(), CLOSE_WITHIN_MS),
    // Whoever still waits for a database that does not answer gets an error, and the process its end.
    setTimeout(() => void storage.close(), CLOSE_WITHIN_MS + STORAGE_LATER_MS),
  ]
  await app.close()
  deadlines.forEach(clearTimeout)
  await storage.close()
}
