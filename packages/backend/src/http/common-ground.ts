import cors from '@fastify/cors'
import jwt from '@fastify/jwt'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../app-error.ts'
import type { Config } from '../config.ts'
import { clientAddress } from './client-address.ts'
import { answerErrors } from './problems.ts'
import { type CountHit, makeRateLimitStore } from './rate-limit-store.ts'
import { rememberRoutes } from './routes-by-path.ts'
import { securityHeaders } from './security-headers.ts'

interface CommonGround {
  readonly config: Config
  readonly countHit: CountHit
  readonly onServed: (served: Served) => void
}

/** A request that was answered; `route` is its pattern, absent where none fits. */
interface Served {
  readonly method: string
  readonly route: string | undefined
  readonly status: number
  readonly seconds: number
}

/** What every route stands on: errors, headers, tokens, limits, body parsers. */
export async function addCommonGround(
  app: FastifyInstance,
  { config, countHit, onServed }: CommonGround,
): Promise<void> {
  rememberRoutes(app)
  app.decorateRequest('viewer')
  answerErrors(app)
  const headers = securityHeaders(config.coreUrl)
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    reply.headers(request.routeOptions.config.isPicture ? headers.ofPictures : headers.all)
    done()
  })
  app.addHook('onResponse', ({ id, log, method, routeOptions }, { statusCode, elapsedTime }, done) => {
    const served = { reqId: id, method, route: routeOptions.url, status: statusCode, ms: elapsedTime }
    log.info(served, 'request served')
    onServed({ method, route: routeOptions.url, status: statusCode, seconds: elapsedTime / 1000 })
    done()
  })
  app.removeContentTypeParser('text/plain')
  // An upload for core is passed through as it comes; what reads a form itself bounds what it holds.
  app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null))
  app.addContentTypeParser('image/jpeg', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  if (config.allowedOrigins.length > 0) {
    await app.register(cors, { origin: config.allowedOrigins, credentials: true, maxAge: 600 })
  }
  await app.register(jwt, {
    secret: config.secret,
    sign: { algorithm: 'HS256' },
    verify: { algorithms: ['HS256'] },
  })
  await app.register(rateLimit, {
    global: false,
    store: makeRateLimitStore(countHit),
    keyGenerator: (request) => `${request.routeOptions.url}|${clientAddress(request)}`,
    errorResponseBuilder: (_request, { ttl }) => tooManyRequests(ttl),
  })
}

function tooManyRequests(ttlMs: number): AppError {
  const retryAfterSeconds = Math.max(Math.ceil(ttlMs / 1000), 1)
  return new AppError('rate_limited', `Too many attempts; try again in ${retryAfterSeconds} s.`, {
    retryAfterSeconds,
  })
}
