import { availableParallelism } from 'node:os'
import { coreAt } from '@imalink/client'
import { API_PATH, type Endpoint } from '@imalink/contract'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { isAdministrator } from './access/administrators.ts'
import { now } from './clock.ts'
import type { Config } from './config.ts'
import type { FeatureDeps } from './feature-deps.ts'
import { apiKeysRoutes } from './features/auth/api-keys.routes.ts'
import { authRoutes } from './features/auth/auth.routes.ts'
import {
  claimByToken,
  confirmClaim,
  identifyCookie,
  identifyToken,
  stillCounts,
} from './features/auth/identities.service.ts'
import { note } from './features/activity/activity.service.ts'
import { activityRoutes } from './features/activity/activity.routes.ts'
import { ownAccountRoutes } from './features/auth/own-account.routes.ts'
import { revokeSessionsOf } from './features/auth/sessions.repository.ts'
import type { TokenMaker } from './features/auth/tokens.service.ts'
import { defaultAuthor, ensureAuthors, ownAuthors } from './features/authors/authors.repository.ts'
import { authorsRoutes } from './features/authors/authors.routes.ts'
import { collectionsRoutes } from './features/collections/collections.routes.ts'
import { countEggs, defaultsOf } from './features/import-sessions/import-sessions.service.ts'
import type { ImportedPhotos } from './features/import-sessions/folder-backend.ts'
import { FolderRunner } from './features/import-sessions/folder-runner.ts'
import { ImportRoots } from './features/import-sessions/import-roots.ts'
import { importSessionsRoutes } from './features/import-sessions/import-sessions.routes.ts'
import { invitesRoutes } from './features/invites/invites.routes.ts'
import { invitations } from './features/invites/invites.service.ts'
import { mapRoutes } from './features/map/map.routes.ts'
import { operationsRoutes } from './features/operations/operations.routes.ts'
import { resizeByCore } from './features/operations/core-client.ts'
import { Metrics } from './features/operations/metrics.ts'
import { originalsRoutes } from './features/originals/originals.routes.ts'
import { ensureVolumes } from './features/originals/volumes.repository.ts'
import { lockAll, setAll } from './features/photos/batch-edit.repository.ts'
import { lockOwnOnes, show } from './features/photos/batch-edit.service.ts'
import { type CreateDeps, createPhotos } from './features/photos/create-photos.service.ts'
import { addFile } from './features/photos/files.service.ts'
import { findKnown } from './features/photos/known.service.ts'
import { photosRoutes } from './features/photos/photos.routes.ts'
import { countFound, firstFound, listPhotos, readPhotos } from './features/photos/read-photos.service.ts'
import { renewTexts } from './features/photos/texts.repository.ts'
import { putBack } from './features/photos/put-back.service.ts'
import { whyNotOwn } from './features/photos/trash.service.ts'
import { PreviewSweeper } from './features/previews/preview-sweeper.service.ts'
import { previewsRoutes } from './features/previews/previews.routes.ts'
import { ResizedPreviews, type ResizerDeps } from './features/previews/resized-previews.service.ts'
import { searchRoutes } from './features/search/search.routes.ts'
import { clearStacks, reviveStacks } from './features/stacks/stacks.repository.ts'
import { stacksRoutes } from './features/stacks/stacks.routes.ts'
import { spacesRoutes } from './features/spaces/spaces.routes.ts'
import { passSpacesOn } from './features/spaces/spaces.service.ts'
import { storiesRoutes } from './features/stories/stories.routes.ts'
import { RollupKeeper } from './features/statistics/rollups.service.ts'
import { statisticsRoutes } from './features/statistics/statistics.routes.ts'
import { tagsRoutes } from './features/tags/tags.routes.ts'
import { timelineRoutes } from './features/timeline/timeline.routes.ts'
import { undoRoutes } from './features/undo/undo.routes.ts'
import { remember } from './features/undo/undo.service.ts'
import { usersRoutes } from './features/users/users.routes.ts'
import type { History } from './history.ts'
import { answerClientError } from './http/client-errors.ts'
import { addCommonGround } from './http/common-ground.ts'
import { makeOriginRule } from './http/origins.ts'
import { serveApiDescription } from './http/openapi.ts'
import { answerUnreadablePath } from './http/problems.ts'
import { type Handler, type RouteContext, type RouteOptions, route } from './http/route.ts'
import { makeAccessTokens } from './http/access-tokens.ts'
import { serveWebApp } from './http/web-app.ts'
import type { Storage } from './storage/database/database.ts'
import { isMigrated } from './storage/database/migrate.ts'
import { Statistics } from './storage/database/statistics.ts'
import { countHit } from './storage/database/rate-limits.ts'
import type { PreviewStore } from './storage/previews/preview-store.ts'
import { ResizedCache } from './storage/previews/resized-cache.ts'

interface AppDeps {
  readonly config: Config
  readonly storage: Storage
  readonly previews: PreviewStore
  readonly logger: FastifyBaseLogger | false
}

/** The whole backend on storage that is open and migrated; it does not listen yet. */
export async function buildApp({ config, storage, previews, logger }: AppDeps): Promise<FastifyInstance> {
  const app = Fastify({
    ...(logger ? { loggerInstance: logger } : { logger }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: config.trustedProxies.length > 0 ? config.trustedProxies : false,
    // Node reads no longer URL; what is no photo's name is a photo that does not exist, however long.
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 16_384 },
    frameworkErrors: answerUnreadablePath,
    clientErrorHandler: answerClientError,
    genReqId: () => crypto.randomUUID(),
    // A logger of its own for each request takes longer than the request's id in the few lines that are about one.
    childLoggerFactory: (logger) => logger,
    requestTimeout: 0,
    forceCloseConnections: 'idle',
  })
  const metrics = new Metrics()
  await addCommonGround(app, {
    config,
    countHit: (key, windowMs) => countHit(storage.db, key, windowMs),
    onServed: (served) => metrics.requestServed(served),
  })

  const tokens = makeAccessTokens(app)
  const context: RouteContext = {
    identities: {
      byToken: (token) => identifyToken(storage.db, tokens.verify, token),
      claimByToken: (token) => claimByToken(storage.db, tokens.verify, token),
      byCookie: (value) => identifyCookie(storage.db, value),
      isAdministrator: (viewer) => isAdministrator(storage.db, viewer),
    },
    isAllowedOrigin: makeOriginRule(config),
    rateLimit:
      config.authRateLimit > 0 ? { rateLimit: { max: config.authRateLimit, timeWindow: 60_000 } } : undefined,
  }
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())
  const maker: TokenMaker = { secret: config.secret, signAccess: tokens.sign }
  const deps: FeatureDeps = {
    db: storage.db,
    previews,
    config,
    closing: closing.signal,
    serve: <E extends Endpoint>(endpoint: E, handler: Handler<E>, options?: RouteOptions) =>
      route(app, API_PATH, context, endpoint, handler, options),
    serveAtRoot: <E extends Endpoint>(endpoint: E, handler: Handler<E>) =>
      route(app, '', context, endpoint, handler),
  }

  authRoutes(deps, maker, invitations)
  ownAccountRoutes(deps, { ownAuthors, passOn: passSpacesOn })
  apiKeysRoutes(deps)
  usersRoutes(deps, (tx, userId) => revokeSessionsOf(tx, userId, { at: now() }))
  invitesRoutes(deps)
  const { db } = storage
  const roots = new ImportRoots(config.importRoots)
  const statistics = new Statistics(storage, (error) =>
    app.log.warn({ err: error }, 'statistics not renewed'),
  )
  const rollups = new RollupKeeper(db, (error) => app.log.warn({ err: error }, 'photos not counted'))
  app.addHook('onClose', () => rollups.stop())
  const history: History = { remember, note }
  const photos: CreateDeps = {
    db,
    previews,
    imports: { defaultsOf, count: countEggs },
    history,
    registers: { defaultAuthor, ensureAuthors, ensureVolumes, ownAuthors },
    onCreated: (count) => {
      metrics.photosCreated(count)
      statistics.grew(count)
      rollups.grew(count)
    },
  }
  const folderImports = new FolderRunner({
    db,
    roots,
    photos: importedPhotos(photos),
    eggs: coreAt(config.coreUrl, config.coreToken ?? undefined),
    jobs: availableParallelism() + 1,
    log: app.log,
  })
  app.addHook('onListen', async () => folderImports.start())
  app.addHook('preClose', () => folderImports.stop())

  photosRoutes(deps, photos)
  searchRoutes(deps, listPhotos)
  statisticsRoutes(deps)
  mapRoutes(deps)
  tagsRoutes(deps, { renewTexts })
  authorsRoutes(deps, { renewTexts })
  groupRoutes(deps, history)
  const core = { url: config.coreUrl, token: config.coreToken }
  const cache = new ResizedCache(config.resizedFolder, config.resizedBytes)
  const resize: ResizerDeps['resize'] = (jpeg, box) => resizeByCore(core, jpeg, box)
  previewsRoutes(deps, {
    whyNotOwn,
    confirmClaim: (viewer) => confirmClaim(db, viewer),
    resized: new ResizedPreviews({ previews, cache, resize, log: app.log }),
  })
  const sweeper = new PreviewSweeper({ db, previews, cache, log: app.log })
  app.addHook('onListen', async () => sweeper.start())
  app.addHook('preClose', () => sweeper.stop())
  timelineRoutes(deps)
  importSessionsRoutes(deps, {
    db,
    ownAuthors,
    roots,
    onChange: () => folderImports.poke(),
    stillCounts: (viewer) => stillCounts(db, viewer),
  })
  originalsRoutes(deps)
  operationsRoutes(deps, { metrics, storage, isMigrated: () => isMigrated(storage) })

  await serveApiDescription(app)
  await serveWebApp(app, config.webFolder)
  return app
}

/** What groups photos, and takes back what was done to many. */
function groupRoutes(deps: FeatureDeps, history: History): void {
  stacksRoutes(deps, {
    lock: (tx, owner, hothashes) => lockAll(tx, owner, { ids: [], hothashes }),
    history,
    put: async (tx, ids, stack_id, at) => void (await setAll(tx, ids, { stack_id }, at)),
  })
  spacesRoutes(deps, {
    list: listPhotos,
    lock: lockOwnOnes,
    widen: (tx, owner, some) => show(tx, owner, some, { visibility: 'space', note }),
    note,
  })
  collectionsRoutes(
    deps,
    {
      firstOf: firstFound,
      countOf: countFound,
      lock: (tx, owner, hothashes) => lockAll(tx, owner, { ids: [], hothashes }),
      note,
    },
    { list: listPhotos, read: readPhotos },
  )
  storiesRoutes(deps, {
    show: (tx, owner, some, visibility) => show(tx, owner, some, { visibility, note }),
    note,
    renewTexts,
  })
  activityRoutes(deps)
  undoRoutes(deps, {
    putBack,
    reviveStacks,
    clearStacks,
    note: (tx, owner, photo_count) => note(tx, owner, { action: 'undone', photo_count }),
  })
}

/** Photos as a folder import makes them: by the same services as requests, for the owner of the session. */
function importedPhotos(photos: CreateDeps): ImportedPhotos {
  return {
    known: (owner, asked) => findKnown(photos.db, owner, asked),
    create: (owner, eggs, mayCommit) => createPhotos({ ...photos, mayCommit }, owner, eggs),
    async addFile(owner, photoId, file, mayCommit) {
      const { record } = await addFile({ ...photos, mayCommit }, owner, String(photoId), file)
      return record
    },
  }
}
