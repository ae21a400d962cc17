import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CoreConfig } from './config.ts'
import { Refusal } from './refusal.ts'

const PREFLIGHT_SECONDS = 600
const FREE_PATH = '/health'
const METRICS_PATH = '/metrics'

type Rules = Pick<CoreConfig, 'allowedHosts' | 'allowedOrigins' | 'token' | 'metricsToken'>

/**
 * Any web page can post to a local port, and any name can be made to point to it. So the host must be one of ours, and
 * a request that a page sent must come from an allowed one; a program sends no Origin and passes. `/health` is free.
 */
export function whoMayCall(rules: Rules) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { origin } = request.headers
    const isAllowedOrigin = origin !== undefined && rules.allowedOrigins.includes(origin)
    reply.header('vary', 'Origin')
    if (isAllowedOrigin) allowOrigin(reply, origin)
    if (pathOf(request) === FREE_PATH && request.method !== 'OPTIONS') return undefined
    checkHost(request, rules)
    if (origin !== undefined && !isAllowedOrigin) {
      throw new Refusal('origin_not_allowed', 'Pages of this origin may not call the image server.')
    }
    if (isPreflight(request)) return answerPreflight(request, reply)
    if (pathOf(request) === METRICS_PATH) checkMayReadMetrics(request, rules)
    else checkToken(request, rules)
    return undefined
  }
}

function pathOf(request: FastifyRequest): string {
  const path = request.url.split('?', 1)[0] ?? ''
  return path.replace(/(?<=.)\/+$/, '')
}

function checkHost(request: FastifyRequest, { allowedHosts }: Rules): void {
  const host = (request.headers.host ?? '').toLowerCase().replace(/:\d*$/, '')
  if (allowedHosts.includes(host)) return
  throw new Refusal('host_not_allowed', 'The image server does not answer to this host name.')
}

function allowOrigin(reply: FastifyReply, origin: string): void {
  reply.header('access-control-allow-origin', origin)
  reply.header('access-control-expose-headers', 'Retry-After, X-Request-Id')
}

function isPreflight(request: FastifyRequest): boolean {
  const isAsked = request.headers['access-control-request-method'] !== undefined
  return request.method === 'OPTIONS' && request.headers.origin !== undefined && isAsked
}

/** A preflight never carries the token: browsers leave it out. */
function answerPreflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header('access-control-allow-methods', 'GET, POST')
  reply.header('access-control-allow-headers', 'Authorization, Content-Type, X-Request-Id')
  reply.header('access-control-max-age', PREFLIGHT_SECONDS)
  if (request.headers['access-control-request-private-network'] === 'true') {
    reply.header('access-control-allow-private-network', 'true')
  }
  return reply.code(204).send()
}

function checkToken(request: FastifyRequest, { token }: Rules): void {
  if (token === null) return
  const given = bearerOf(request)
  if (given === undefined) throw new Refusal('credentials_required', 'The image server needs its token.')
  if (!isSame(given, token)) throw wrongToken()
}

/** Whoever has one of the tokens, and programs of this machine where nobody needs any. */
function checkMayReadMetrics(request: FastifyRequest, { token, metricsToken }: Rules): void {
  const given = bearerOf(request)
  const tokens = [token, metricsToken].flatMap((one) => one ?? [])
  if (given !== undefined && tokens.length > 0) {
    if (tokens.some((one) => isSame(given, one))) return
    throw wrongToken()
  }
  if (token === null && isFromThisMachine(request)) return
  throw new Refusal('credentials_required', 'Metrics are told to this machine, or for their token.')
}

function bearerOf(request: FastifyRequest): string | undefined {
  return /^bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
}

function wrongToken(): Refusal {
  return new Refusal('credentials_invalid', 'The token is not the one of the image server.')
}

/** What a proxy on this machine passes on comes from anywhere. */
function isFromThisMachine({ ip, headers }: FastifyRequest): boolean {
  const isPassedOn = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'].some((name) => name in headers)
  return !isPassedOn && (ip === '::1' || /^(::ffff:)?127\./.test(ip))
}

/** In a time that does not tell how much of it is right. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
