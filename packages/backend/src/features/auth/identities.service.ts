import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { credentialsInvalid } from '../../app-error.ts'
import { fromNow, now } from '../../clock.ts'
import type { Db } from '../../storage/database/database.ts'
import { findLiveApiKey, isLiveApiKey, touchApiKey } from './api-keys.repository.ts'
import { API_KEY_PREFIX, hashToken } from './secrets.ts'
import { findLiveSession, findLiveSessionByCookie, touchSession } from './sessions.repository.ts'

const SESSION_MS = 30 * 24 * 60 * 60 * 1000
/** Last use is kept to this precision, so that reading does not mean writing. */
const TOUCH_EVERY_MS = 10 * 60 * 1000

/** Reads an access token's session and user; null where it is not one of ours, or expired. */
export type VerifyAccess = (token: string) => { readonly sub: string; readonly sid: string } | null

/** The bearer of an access token or API key; null for a credential that does not count. */
export async function identifyToken(
  db: Db,
  verifyAccess: VerifyAccess,
  token: string,
): Promise<SignedIn | null> {
  if (token.startsWith(API_KEY_PREFIX)) return identifyApiKey(db, token)
  const claims = verifyAccess(token)
  const session = claims && (await findLiveSession(db, claims.sid, now()))
  if (!session || String(session.user_id) !== claims.sub) return null
  return { userId: session.user_id, credential: { kind: 'session', sessionId: session.id } }
}

/** As `identifyToken`, but the session of a genuine access token is not looked at: the caller claims that it lives. */
export async function claimByToken(
  db: Db,
  verifyAccess: VerifyAccess,
  token: string,
): Promise<SignedIn | null> {
  if (token.startsWith(API_KEY_PREFIX)) return identifyApiKey(db, token)
  const claims = verifyAccess(token)
  return claims && { userId: Number(claims.sub), credential: { kind: 'claim', sessionId: claims.sid } }
}

/** Throws `credentials_invalid` where the session that the caller claims has ended. */
export async function confirmClaim(db: Db, viewer: Viewer): Promise<void> {
  if (viewer.userId === null || viewer.credential.kind !== 'claim') return
  const session = await findLiveSession(db, viewer.credential.sessionId, now())
  if (session?.user_id !== viewer.userId) throw credentialsInvalid()
}

/** Whether the caller's credential still counts, for answers that take longer than it may last. */
export async function stillCounts(db: Db, { userId, credential }: SignedIn): Promise<boolean> {
  if (credential.kind === 'server') return true
  if (credential.kind === 'api-key') return isLiveApiKey(db, credential.keyId, now())
  return (await findLiveSession(db, credential.sessionId, now()))?.user_id === userId
}

async function identifyApiKey(db: Db, key: string): Promise<SignedIn | null> {
  const at = now()
  const row = await findLiveApiKey(db, hashToken(key), at)
  if (!row) return null
  if (row.last_used_at === null || isStale(row.last_used_at)) await touchApiKey(db, row.id, at)
  return { userId: row.user_id, credential: { kind: 'api-key', keyId: row.id, scope: row.scope } }
}

/** The owner of a browser's cookie. `renewed` tells that its 30 days have begun again and the browser should know. */
export async function identifyCookie(
  db: Db,
  cookie: string,
): Promise<{ viewer: SignedIn; renewed: boolean } | null> {
  const at = now()
  const session = await findLiveSessionByCookie(db, hashToken(cookie), at)
  if (!session) return null
  const renewed = isStale(session.last_used_at)
  if (renewed) await touchSession(db, session.id, { at, expiresAt: fromNow(SESSION_MS) })
  return {
    viewer: { userId: session.user_id, credential: { kind: 'session', sessionId: session.id } },
    renewed,
  }
}

function isStale(instant: string): boolean {
  return Date.now() - Date.parse(instant) > TOUCH_EVERY_MS
}
