import type { FastifyRequest } from 'fastify'

const FORWARDING = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'] as const

/**
 * Whether a request comes from this very machine. What a proxy that the settings do not name passes on comes from
 * anywhere, though its address is this machine's.
 */
export function isFromThisMachine({ ip, ips, headers }: FastifyRequest): boolean {
  const isByKnownProxy = ips !== undefined && ips.length > 1
  const isPassedOn = !isByKnownProxy && FORWARDING.some((name) => headers[name] !== undefined)
  return !isPassedOn && isLoopbackAddress(ip)
}

function isLoopbackAddress(ip: string): boolean {
  return ip === '::1' || /^(::ffff:)?127\./.test(ip)
}
