import { createHash, timingSafeEqual } from 'node:crypto'
import { limits, operationsEndpoints as e, rootEndpoints } from '@imalink/contract'
import type { FastifyRequest } from 'fastify'
import { AppError } from '../../app-error.ts'
import type { FeatureDeps } from '../../feature-deps.ts'
import { ok } from '../../http/answers.ts'
import { isFromThisMachine } from '../../http/loopback.ts'
import { SENT } from '../../http/route.ts'
import type { Storage } from '../../storage/database/database.ts'
import { VERSION } from '../../version.ts'
import { passToCore, readCoreHealth } from './core-client.ts'
import { readInstallation } from './installation.repository.ts'
import type { Metrics } from './metrics.ts'

interface OperationsDeps {
  readonly metrics: Metrics
  /** Whether every migration has been applied; throws where the database does not answer. */
  isMigrated(): Promise<boolean>
  readonly storage: Pick<Storage, 'engine' | 'tableSizes'>
}

export function operationsRoutes(
  { db, previews, config, serve, serveAtRoot }: FeatureDeps,
  { metrics, isMigrated, storage }: OperationsDeps,
): void {
  const core = { url: config.coreUrl, token: config.coreToken }

  serveAtRoot(rootEndpoints.health, async () => ok({ status: 'ok' as const }))

  serveAtRoot(rootEndpoints.ready, async () => {
    const lacks = (await Promise.all([lackOfDatabase(isMigrated), lackOfPreviews(previews)])).flat()
    if (lacks.length === 0) return ok({ status: 'ready' as const, database: 'ok', previews: 'ok' })
    const sentences = lacks.map(({ path, message }) => `${path} ${message}`)
    throw new AppError('not_ready', `The server is not ready: ${sentences.join('; ')}.`, {
      errors: lacks.map(({ path, message }) => ({ path, message })),
      cause: new AggregateError(
        lacks.map(({ cause }) => cause),
        sentences.join('; '),
      ),
    })
  })

  serveAtRoot(rootEndpoints.metrics, async ({ raw }) => {
    checkMayReadMetrics(raw, config.metricsToken)
    return ok(await metrics.text(), { 'cache-control': 'no-store' })
  })

  serve(e.databaseStats, async () => {
    const tables = await storage.tableSizes()
    const { files, bytes } = await previews.size()
    const database_bytes = tables.reduce((sum, table) => sum + table.bytes, 0)
    const { engine } = storage
    return ok({ data: { engine, tables, database_bytes, preview_files: files, preview_bytes: bytes } })
  })

  serve(e.capabilities, async () => {
    const { installation_id, restore_epoch } = await readInstallation(db)
    const health = await readCoreHealth(core)
    return ok({
      version: VERSION,
      installation_id,
      restore_epoch,
      registration: config.registration,
      folder_import: config.importRoots.length > 0,
      limits: { ...limits },
      core: {
        reachable: health !== null,
        recipe: health?.recipe ?? null,
        local_url: isLoopback(config.coreUrl) ? config.coreUrl : null,
      },
    })
  })

  serve(e.processThroughBackend, async ({ raw, reply }) => {
    const answer = await passToCore(core, raw.raw, raw.id)
    reply.code(answer.statusCode ?? 502).type(answer.headers['content-type'] ?? 'application/json')
    if (answer.headers['retry-after']) reply.header('retry-after', answer.headers['retry-after'])
    reply.send(answer)
    return SENT
  })
}

interface Lack {
  readonly path: 'database' | 'migrations' | 'previews'
  readonly message: string
  readonly cause: unknown
}

async function lackOfDatabase(isMigrated: () => Promise<boolean>): Promise<Lack[]> {
  try {
    if (await isMigrated()) return []
    return [{ path: 'migrations', message: 'are missing', cause: new Error('a migration is not applied') }]
  } catch (cause) {
    return [{ path: 'database', message: 'does not answer', cause }]
  }
}

async function lackOfPreviews(previews: FeatureDeps['previews']): Promise<Lack[]> {
  return previews.check().then(
    () => [],
    (cause: unknown) => [{ path: 'previews', message: 'cannot be written', cause }],
  )
}

/** Programs on this machine may, and whoever has the token. Throws `credentials_required`, `credentials_invalid`. */
function checkMayReadMetrics(request: FastifyRequest, token: string | null): void {
  const given = /^Bearer +([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token !== null && given !== undefined && isSame(given, token)) return
  if (given !== undefined) throw new AppError('credentials_invalid', 'This is not the token for metrics.')
  if (isFromThisMachine(request)) return
  throw new AppError('credentials_required', 'Metrics are told to this machine, or for their token.')
}

/** In a time that does not tell how much of it is right. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/** Only then does the address mean anything to a caller on the same machine, and tells nothing to others. */
function isLoopback(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
}
