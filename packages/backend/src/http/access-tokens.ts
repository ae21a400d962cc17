import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

const claims = z.object({ sub: z.string(), sid: z.string(), jti: z.string(), iat: z.int(), exp: z.int() })
type Claims = z.infer<typeof claims>

/** Signs and reads access tokens: JWT, HS256 and nothing else (RFC 7519). */
export function makeAccessTokens(app: FastifyInstance) {
  return {
    sign: (payload: Claims): string => app.jwt.sign(payload),
    /** Null for a token that is not ours, or expired. */
    verify(token: string): Claims | null {
      try {
        return claims.parse(app.jwt.verify(token))
      } catch {
        // Why a token does not count is nobody's business but its bearer's, who knows.
        return null
      }
    },
  }
}
