import { randomUUID } from 'node:crypto'
import multipart from '@fastify/multipart'
import { coreEndpoints, makeProblem } from '@imalink/contract'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Admission } from './admission.ts'
import type { CoreConfig } from './config.ts'
import { serveDocs } from './docs-page.ts'
import { supportedFormats } from './formats.ts'
import { Metrics } from './metrics.ts'
import { ImagePool } from './pool.ts'
import { RECIPE } from './recipe.ts'
import { answerError, parse, sendProblem } from './problems.ts'
import { Refusal } from './refusal.ts'
import { receiveBody, receiveForm } from './receive-upload.ts'
import { version } from './version.ts'
import { whoMayCall } from './who-may-call.ts'

const RETIRE_WORKER_ABOVE_BYTES = 768 * 1024 * 1024
const REQUEST_TIMEOUT_MS = 30 * 60_000

/** Core, ready to listen; its image workers are running. Throws where they can't be started. */
export async function buildServer(config: CoreConfig): Promise<FastifyInstance> {
  const app = Fastify({
    logger: {
      level: config.logLevel,
      name: 'imalink-core',
      serializers: { req: describeRequest },
      // The form reader traces its options, and with them every header.
      redact: { paths: ['busboyOptions'], remove: true },
    },
    requestTimeout: REQUEST_TIMEOUT_MS,
    requestIdHeader: false,
    genReqId: requestId,
    routerOptions: { ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
  })
  const { workers, timeoutMs, workerBytes } = config
  const pool = new ImagePool(
    {
      workers,
      timeoutMs,
      memoryBytes: workerBytes,
      retireAboveBytes: RETIRE_WORKER_ABOVE_BYTES,
      environment: config.workerEnvironment,
    },
    app.log,
  )
  const admission = new Admission({ workers, maxBytes: config.uploadBytes, maxRequests: config.queueLength })
  const metrics = new Metrics({ pool, admission })
  app.addHook('onClose', () => pool.close())
  hangUpWhenClosing(app)
  app.addHook('onRequest', identify)
  app.addHook('onRequest', whoMayCall(config))
  app.addHook('onResponse', async (request, reply) => {
    const { url: route } = request.routeOptions
    metrics.answered({ route, status: reply.statusCode, seconds: reply.elapsedTime / 1000 })
  })
  app.setErrorHandler(answerError)
  app.setNotFoundHandler(answerUnknown)
  await readBodies(app)
  await serveDocs(app)
  serveHealth(app)
  app.get('/metrics', async (_request, reply) =>
    reply
      .type('text/plain; version=0.0.4')
      .header('cache-control', 'no-store')
      .send(await metrics.text()),
  )
  serveImages(app, { pool, admission, fileBytes: config.fileBytes, idleMs: config.idleMs })
  await pool.start()
  return app
}

/** Neither headers nor the query: they can carry tokens and names. */
function describeRequest(request: FastifyRequest) {
  return { method: request.method, path: request.url.split('?', 1)[0], remote: request.ip }
}

/** The caller's own id where it is one, so that a request can be followed through both servers. */
function requestId(request: { headers: Record<string, string | string[] | undefined> }): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID()
}

async function identify(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('x-request-id', request.id)
  reply.header('x-content-type-options', 'nosniff')
}

/** A kept connection that is at work when the server is told to stop would otherwise hold it open long after its answer. */
function hangUpWhenClosing(app: FastifyInstance): void {
  let isClosing = false
  app.addHook('preClose', (done) => {
    isClosing = true
    done()
  })
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close')
  })
}

/** Nothing but forms and JPEGs is read, and neither by Fastify: their handlers do it once there is room. */
async function readBodies(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers()
  await app.register(multipart, { throwFileSizeLimit: false })
  app.addContentTypeParser(coreEndpoints.resize.upload.media, (_request, payload, done) =>
    done(null, payload),
  )
}

const knownPaths = new Map<string, string>([
  [coreEndpoints.process.path, 'POST'],
  ['/api/v1/process', 'POST'],
  [coreEndpoints.resize.path, 'POST'],
  ...['/', '/health', '/metrics', '/openapi.json', '/docs'].map((path): [string, string] => [
    path,
    'GET, HEAD',
  ]),
])

function answerUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = request.url.split('?', 1)[0]?.replace(/(?<=.)\/+$/, '') ?? ''
  const allowed = knownPaths.get(path)
  if (!allowed) return sendProblem(reply, makeProblem('not_found', 'There is nothing at this path.'))
  reply.header('allow', allowed)
  return sendProblem(reply, makeProblem('method_not_allowed', `This path answers to ${allowed} only.`))
}

function serveHealth(app: FastifyInstance): void {
  const health = {
    status: 'ok',
    name: 'imalink-core',
    version,
    recipe: RECIPE,
    formats: supportedFormats,
  } as const
  for (const path of ['/', coreEndpoints.coreHealth.path]) {
    app.get(path, (_request, reply) => reply.header('cache-control', 'no-store').send(health))
  }
}

interface Services {
  readonly pool: ImagePool
  readonly admission: Admission
  readonly fileBytes: number
  readonly idleMs: number
}

function serveImages(app: FastifyInstance, services: Services): void {
  const { process, resize } = coreEndpoints
  // The file limit is enforced while streaming, with its own code; Fastify's would come first and say less.
  const options = { bodyLimit: Number.MAX_SAFE_INTEGER }
  for (const path of [process.path, `/api${process.path}`]) {
    app.post(path, options, (request, reply) => processImage(request, reply, services))
  }
  app.post(resize.path, options, (request, reply) => resizeImage(request, reply, services))
}

async function processImage(request: FastifyRequest, reply: FastifyReply, { pool, ...door }: Services) {
  requireMedia(request, 'multipart/form-data')
  const signal = hangUpSignal(reply)
  const { filename, coldpreviewSize, sidecar, chunks, release } = await receiveForm(request, door, signal)
  try {
    const egg = await pool.run({ kind: 'egg', filename, coldpreviewSize, sidecar }, chunks, signal)
    return reply.type('application/json; charset=utf-8').header('cache-control', 'no-store').send(egg)
  } finally {
    release()
  }
}

async function resizeImage(request: FastifyRequest, reply: FastifyReply, { pool, ...door }: Services) {
  requireMedia(request, 'image/jpeg')
  const { width, height } = parse(coreEndpoints.resize.query, request.query)
  const signal = hangUpSignal(reply)
  const maxBytes = coreEndpoints.resize.maxBodyBytes
  const { chunks, release } = await receiveBody(request, door, { maxBytes, signal })
  try {
    const sides = { ...(width ? { width } : {}), ...(height ? { height } : {}) }
    const jpeg = await pool.run({ kind: 'resize', ...sides }, chunks, signal)
    return reply.type('image/jpeg').send(jpeg)
  } finally {
    release()
  }
}

function requireMedia(request: FastifyRequest, media: string): void {
  const given = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (given === media) return
  throw new Refusal('unsupported_media_type', `The body must be ${media}.`)
}

/** Aborted when the caller goes away before the answer is sent. */
function hangUpSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
