import { limits, operationsEndpoints as e, rootEndpoints } from '@imalink/contract'
import { AppError } from '../../app-error.ts'
import type { FeatureDeps } from '../../feature-deps.ts'
import { ok } from '../../http/answers.ts'
import { SENT } from '../../http/route.ts'
import { VERSION } from '../../version.ts'
import { passToCore, readCoreHealth } from './core-client.ts'
import { readInstallation } from './installation.repository.ts'

export interface Readiness {
  /** Throws where the database does not answer, or lacks a migration. */
  checkDatabase(): Promise<void>
}

export function operationsRoutes(
  { db, previews, config, serve, serveAtRoot }: FeatureDeps,
  { checkDatabase }: Readiness,
): void {
  const core = { url: config.coreUrl, token: config.coreToken }

  serveAtRoot(rootEndpoints.health, async () => ok({ status: 'ok' as const }))

  serveAtRoot(rootEndpoints.ready, async () => {
    await orNotReady(checkDatabase(), 'The database is not ready.')
    await orNotReady(previews.check(), 'The preview store cannot be written.')
    return ok({ status: 'ready' as const, database: 'ok', previews: 'ok' })
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
    const answer = await passToCore(core, raw.raw)
    reply.code(answer.statusCode ?? 502).type(answer.headers['content-type'] ?? 'application/json')
    if (answer.headers['retry-after']) reply.header('retry-after', answer.headers['retry-after'])
    reply.send(answer)
    return SENT
  })
}

async function orNotReady(check: Promise<void>, sentence: string): Promise<void> {
  try {
    await check
  } catch (cause) {
    throw new AppError('not_ready', sentence, { cause })
  }
}

/** Only then does the address mean anything to a caller on the same machine, and tells nothing to others. */
function isLoopback(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)
}
