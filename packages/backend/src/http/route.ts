import {
  type BodyOf,
  type Endpoint,
  type ParamsOf,
  type QueryOf,
  type ReplyOf,
  limits,
} from '@imalink/contract'
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RouteOptions as FastifyRouteOptions,
} from 'fastify'
import type { z } from 'zod'
import { ANONYMOUS, type SignedIn, type Viewer } from '../access/viewer.ts'
import { AppError, invalidInput } from '../app-error.ts'
import { type Identities, type OriginRule, type Proof, authenticate, authorize } from './authenticate.ts'
import { clearSessionCookie, renewSessionCookie } from './session-cookie.ts'

/** What a handler is given: who asks, and the request's parts as the contract parses them. */
export interface RouteRequest<E extends Endpoint> {
  readonly viewer: E['access'] extends 'user' ? SignedIn : Viewer
  readonly params: ParamsOf<E>
  readonly query: QueryOf<E>
  readonly body: BodyOf<E>
  readonly raw: FastifyRequest
  readonly reply: FastifyReply
}

/** Answered already, by a handler that passes another server's reply through. */
export const SENT = Symbol('sent')

export type Handler<E extends Endpoint> = (
  request: RouteRequest<E>,
) => Promise<(ReplyOf<E> & { readonly headers?: Readonly<Record<string, string>> }) | typeof SENT>

export interface RouteContext {
  readonly identities: Identities
  readonly isAllowedOrigin: OriginRule
  /** Settings of the rate limit for endpoints that have one. */
  readonly rateLimit: FastifyRouteOptions['config']
}

export interface RouteOptions {
  /** What a caller with an access token has proved when the handler begins; the whole session, where nothing is said. */
  readonly proof?: Proof
}

declare module 'fastify' {
  interface FastifyRequest {
    viewer?: Viewer
  }
  interface FastifyContextConfig {
    isPicture?: boolean
  }
}

/** Serves one row of the contract: size limit → who → parse → handler → the answer in the contract's shape. */
export function route<E extends Endpoint>(
  app: FastifyInstance,
  prefix: string,
  context: RouteContext,
  endpoint: E,
  handler: Handler<E>,
  { proof = 'session' }: RouteOptions = {},
): void {
  app.route({
    method: endpoint.method,
    url: prefix + endpoint.path.replace(/\{(\w+)\}/g, ':$1'),
    bodyLimit: endpoint.maxBodyBytes ?? limits.jsonBodyBytes,
    config: { isPicture: isPicture(endpoint), ...(endpoint.rateLimited ? context.rateLimit : {}) },
    onRequest: async (request, reply) => {
      const { viewer, cookie } = await authenticate(request, endpoint, context.identities, {
        isAllowedOrigin: context.isAllowedOrigin,
        proof,
      })
      if (cookie === 'clear') clearSessionCookie(request, reply)
      if (cookie === 'renew') renewSessionCookie(request, reply)
      await authorize(viewer, endpoint, context.identities)
      refuseOtherMedia(request, endpoint)
      request.viewer = viewer
    },
    handler: async (raw, reply) => {
      const { viewer = ANONYMOUS } = raw
      const answer = await handler({ viewer, ...parseRequest(endpoint, raw), raw, reply } as RouteRequest<E>)
      return answer === SENT ? reply : sendAnswer(reply, endpoint, answer)
    },
  })
}

/** Whether the endpoint answers a picture, unless it answers a problem. */
function isPicture({ replies }: Endpoint): boolean {
  const shape = replies[200]
  return shape !== undefined && 'media' in shape && shape.media === 'image/jpeg'
}

/** A form or a picture where JSON is read, or anything else where one of them is. */
function refuseOtherMedia(request: FastifyRequest, { body, upload }: Endpoint): void {
  const given = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const accepted = upload ? [upload.media, ...(upload.orBare ? [upload.orBare] : [])] : ['application/json']
  const isRefused = upload ? !accepted.some((media) => media === given) : body && UPLOADS.has(given)
  if (isRefused) throw new AppError('unsupported_media_type', `This endpoint reads ${accepted.join(' or ')}.`)
}

const UPLOADS = new Set(['multipart/form-data', 'image/jpeg'])

/** The parsed parts have the types that the contract's schemas give them. */
function parseRequest(endpoint: Endpoint, raw: FastifyRequest) {
  return {
    params: endpoint.params ? parsePart(endpoint.params, raw.params, 'path') : {},
    query: endpoint.query ? parsePart(endpoint.query, raw.query, 'query') : {},
    body: endpoint.body ? parsePart(endpoint.body, raw.body, 'body') : undefined,
  }
}

function parsePart(schema: z.ZodType, value: unknown, part: string): unknown {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw invalidInput(parsed.error, part)
  return parsed.data
}

function sendMedia(reply: FastifyReply, media: string, body: unknown): FastifyReply {
  return (reply.hasHeader('content-type') ? reply : reply.type(media)).send(body)
}

function sendAnswer(
  reply: FastifyReply,
  endpoint: Endpoint,
  answer: {
    readonly status: number
    readonly body?: unknown
    readonly headers?: Readonly<Record<string, string>>
  },
): FastifyReply {
  reply.code(answer.status)
  if (answer.headers) reply.headers(answer.headers)
  const shape = endpoint.replies[answer.status]
  if (shape === undefined)
    throw new Error(`${endpoint.path} answers ${answer.status}, which its contract does not name`)
  if ('media' in shape)
    return shape.media === 'none' ? reply.send() : sendMedia(reply, shape.media, answer.body)
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(shape.parse(answer.body)))
}
