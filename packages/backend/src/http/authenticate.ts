import type { Endpoint } from '@imalink/contract'
import type { FastifyRequest } from 'fastify'
import { ANONYMOUS, type SignedIn, type Viewer } from '../access/viewer.ts'
import { AppError, credentialsInvalid } from '../app-error.ts'
import { sessionCookieOf } from './session-cookie.ts'

/** What the accounts know of a credential; null for one that is unknown, expired or revoked. */
export interface Identities {
  byToken(token: string): Promise<SignedIn | null>
  /** As `byToken`, for an access token without a look at its session. */
  claimByToken(token: string): Promise<SignedIn | null>
  byCookie(cookie: string): Promise<{ viewer: SignedIn; renewed: boolean } | null>
  isAdministrator(viewer: SignedIn): Promise<boolean>
}

export interface OriginRule {
  (origin: string, request: FastifyRequest): boolean
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

export interface Authenticated {
  readonly viewer: Viewer
  /** What the browser should do with its session cookie. */
  readonly cookie: 'keep' | 'renew' | 'clear'
}

/** `claim`: the endpoint itself looks up whether the session of an access token still counts, with what it reads. */
export type Proof = 'session' | 'claim'

/** Who asks. A bad Authorization header is refused wherever credentials count; a bad cookie means nobody in particular. */
export async function authenticate(
  request: FastifyRequest,
  endpoint: Endpoint,
  identities: Identities,
  { isAllowedOrigin, proof }: { readonly isAllowedOrigin: OriginRule; readonly proof: Proof },
): Promise<Authenticated> {
  if (endpoint.access === 'anyone') return { viewer: ANONYMOUS, cookie: 'keep' }
  const header = request.headers.authorization
  const cookie = sessionCookieOf(request)
  if (header !== undefined) return { viewer: await bearer(header, identities, proof), cookie: 'keep' }
  if (cookie === undefined) return { viewer: ANONYMOUS, cookie: 'keep' }
  const found = await identities.byCookie(cookie)
  if (!found) return { viewer: ANONYMOUS, cookie: 'clear' }
  if (!SAFE_METHODS.has(request.method)) requireOwnOrigin(request, isAllowedOrigin)
  return { viewer: found.viewer, cookie: found.renewed ? 'renew' : 'keep' }
}

async function bearer(header: string, identities: Identities, proof: Proof): Promise<SignedIn> {
  const token = /^Bearer +([^\s]+)$/i.exec(header)?.[1]
  if (token === undefined) throw credentialsInvalid()
  const viewer = await (proof === 'claim' ? identities.claimByToken(token) : identities.byToken(token))
  if (!viewer) throw credentialsInvalid()
  return viewer
}

/** A cookie travels with requests that another site's page makes; its Origin tells them apart. */
function requireOwnOrigin(request: FastifyRequest, isAllowedOrigin: OriginRule): void {
  const origin = request.headers.origin
  if (origin !== undefined && isAllowedOrigin(origin, request)) return
  throw new AppError(
    'origin_not_allowed',
    'A request with the session cookie must come from a page of this server.',
  )
}

/** Refuses whoever the endpoint is not for. */
export async function authorize(viewer: Viewer, endpoint: Endpoint, identities: Identities): Promise<void> {
  if (viewer.userId === null) {
    if (endpoint.access === 'user') throw new AppError('credentials_required', 'Sign in to do this.')
    return
  }
  if (viewer.credential.kind === 'api-key' && !keyAllows(viewer.credential.scope, endpoint)) {
    throw new AppError(
      'scope_insufficient',
      `An API key of scope "${viewer.credential.scope}" may not do this.`,
    )
  }
  if (endpoint.adminOnly && !(await identities.isAdministrator(viewer)))
    throw new AppError('administrators_only', 'Only administrators of this server may do this.')
}

function keyAllows(scope: 'read' | 'import' | 'full', endpoint: Endpoint): boolean {
  if (endpoint.accountOnly) return false
  if (scope === 'full') return true
  if (scope === 'import') return endpoint.importScope === true
  // What administrators read is not their own.
  return (endpoint.method === 'GET' || endpoint.readScope === true) && endpoint.adminOnly !== true
}
