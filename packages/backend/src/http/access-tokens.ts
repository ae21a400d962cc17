import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

const claims = z.object({ sub: z.string(), sid: z.string(), jti: z.string(), iat: z.int(), exp: z.int() })
type Claims = z.infer<typeof claims>

/** So many tokens that have proved genuine are remembered: proving it again costs as much as what is asked with them. */
const REMEMBERED = 1000

/** Signs and reads access tokens: JWT, HS256 and nothing else (RFC 7519). */
export function makeAccessTokens(app: FastifyInstance) {
  const genuine = new Map<string, Claims>()
  return {
    sign: (payload: Claims): string => app.jwt.sign(payload),
    /** Null for a token that is not ours, or expired. */
    verify(token: string): Claims | null {
      const known = genuine.get(token)
      if (known) return known.exp * 1000 > Date.now() ? known : null
      const claims = read(app, token)
      if (genuine.size >= REMEMBERED) genuine.clear()
      if (claims) genuine.set(token, claims)
      return claims
    },
  }
}

function read(app: FastifyInstance, token: string): Claims | null {
  try {
    return claims.parse(app.jwt.verify(token))
  } catch {
    // Why a token does not count is nobody's business but its bearer's, who knows.
    return null
  }
}
