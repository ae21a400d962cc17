import type { FastifyRequest } from 'fastify'
import type { OriginRule } from './authenticate.ts'

/** Pages whose requests may carry the session cookie: the server's own, and those that the settings name. */
export function makeOriginRule(config: { readonly allowedOrigins: readonly string[] }): OriginRule {
  return (origin, request) => origin === ownOrigin(request) || config.allowedOrigins.includes(origin)
}

/** The address by which the caller reached this server; a browser sets Host itself, no page can. */
function ownOrigin(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`
}
