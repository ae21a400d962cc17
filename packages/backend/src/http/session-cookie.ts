import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'

const SESSION_COOKIE = 'imalink_session'
const SESSION_SECONDS = 30 * 24 * 60 * 60

/** The value of the session cookie, where the request has one. */
export function sessionCookieOf(request: FastifyRequest): string | undefined {
  const { cookie } = request.headers
  return cookie === undefined ? undefined : parseCookie(cookie)[SESSION_COOKIE]
}

/** Gives the browser its session, for 30 days; readable by no script, sent with no other site's form. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, value: string): void {
  writeCookie(request, reply, { value, maxAge: SESSION_SECONDS })
}

/** The same session for another 30 days. */
export function renewSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  const value = sessionCookieOf(request)
  if (value !== undefined) setSessionCookie(request, reply, value)
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  writeCookie(request, reply, { value: '', maxAge: 0, expires: new Date(0) })
}

/** It is the only cookie; of two changes in one answer the later counts. */
function writeCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  change: { readonly value: string; readonly maxAge: number; readonly expires?: Date },
): void {
  const secure = request.protocol === 'https'
  const rules = { name: SESSION_COOKIE, path: '/', httpOnly: true, sameSite: 'lax', secure } as const
  reply.removeHeader('set-cookie').header('set-cookie', stringifySetCookie({ ...rules, ...change }))
}
