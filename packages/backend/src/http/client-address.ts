import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'

/**
 * Where a request comes from, as limits count: a proxy's word counts only if the settings trust the proxy, and the 2^64
 * addresses that one IPv6 network hands to each of its customers are one.
 */
export function clientAddress(request: FastifyRequest): string {
  return normalizeIP(request.ip)
}
