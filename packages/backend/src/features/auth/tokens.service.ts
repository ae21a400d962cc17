import { createHash } from 'node:crypto'
import type { Tokens } from '@imalink/contract'
import { AppError } from '../../app-error.ts'
import { fromNow, now } from '../../clock.ts'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import { type UserRow, toUser } from '../../user-shape.ts'
import { findUser } from './accounts.repository.ts'
import { rememberAddress } from './known-addresses.repository.ts'
import {
  addressHash,
  hashToken,
  nextRefreshToken,
  randomHandle,
  randomToken,
  sessionCookie,
} from './secrets.ts'
import {
  findLiveSession,
  findRefreshToken,
  insertRefreshToken,
  insertSession,
  type RefreshTokenRow,
  revokeSession,
  spendRefreshToken,
  touchSession,
} from './sessions.repository.ts'

const ACCESS_TOKEN_SECONDS = 30 * 60
const SESSION_MS = 30 * 24 * 60 * 60 * 1000
/** A spent token is answered once more within this time: a lost reply, a second tab. */
const SECOND_CHANCE_MS = 10_000

export interface AccessClaims {
  readonly sub: string
  readonly jti: string
  readonly sid: string
  /** Seconds since 1970. */
  readonly iat: number
  readonly exp: number
}

export interface TokenMaker {
  readonly secret: string
  signAccess(claims: AccessClaims): string
}

export interface SignInResult {
  readonly tokens: Tokens
  readonly cookie: string
}

/** Where somebody signs in from. */
export interface SignInPlace {
  readonly userAgent: string | null
  readonly address: string
}

/** A new session: its cookie, and its first pair of tokens. The account's own limit is lifted for the address. */
export async function beginSession(
  db: Db,
  maker: TokenMaker,
  user: UserRow,
  from: SignInPlace,
): Promise<SignInResult> {
  const [sessionId, refreshToken, at] = [randomToken(), randomToken(), now()]
  const cookie = sessionCookie(maker.secret, sessionId)
  await inTransaction(db, async (tx) => {
    await insertSession(tx, {
      id: sessionId,
      handle: randomHandle(),
      user_id: user.id,
      cookie_hash: hashToken(cookie),
      user_agent: from.userAgent?.slice(0, 300) ?? null,
      created_at: at,
      last_used_at: at,
      expires_at: fromNow(SESSION_MS),
      revoked_at: null,
    })
    await keepRefreshToken(tx, sessionId, refreshToken, at)
    await rememberAddress(tx, user.id, addressHash(maker.secret, from.address), at)
  })
  return { tokens: makePair(maker, user, { sessionId, refreshToken, at }), cookie }
}

function keepRefreshToken(db: Db, sessionId: string, token: string, at: string): Promise<void> {
  return insertRefreshToken(db, {
    token_hash: hashToken(token),
    session_id: sessionId,
    created_at: at,
    expires_at: fromNow(SESSION_MS),
    spent_at: null,
  })
}

/** The same session, refresh token and time give the same pair. */
function makePair(
  maker: TokenMaker,
  user: UserRow,
  pair: { sessionId: string; refreshToken: string; at: string },
): Tokens {
  const iat = Math.floor(Date.parse(pair.at) / 1000)
  const jti = createHash('sha256').update(`jti:${pair.refreshToken}`).digest('base64url')
  const claims = { sub: String(user.id), sid: pair.sessionId, jti, iat, exp: iat + ACCESS_TOKEN_SECONDS }
  return {
    access_token: maker.signAccess(claims),
    token_type: 'bearer',
    expires_in: ACCESS_TOKEN_SECONDS,
    refresh_token: pair.refreshToken,
    user: toUser(user),
  }
}

/**
 * Trades a refresh token for the next pair. One spent within the last 10 s gives the same pair again; one spent earlier
 * ends its whole family. Throws `refresh_token_invalid`.
 */
export async function refreshSession(db: Db, maker: TokenMaker, token: string): Promise<SignInResult> {
  const at = now()
  const row = await findRefreshToken(db, hashToken(token))
  if (!row || row.expires_at <= at) throw invalidToken()
  const session = await findLiveSession(db, row.session_id, at)
  const user = session && (await findUser(db, session.user_id))
  if (!user) throw invalidToken()
  const refreshToken = nextRefreshToken(maker.secret, token)
  const spentAt = await inTransaction(db, (tx) => spend(tx, row, refreshToken, at))
  if (isLate(spentAt, at)) {
    await revokeSession(db, row.session_id, at)
    throw invalidToken()
  }
  const tokens = makePair(maker, user, { sessionId: row.session_id, refreshToken, at: spentAt })
  return { tokens, cookie: sessionCookie(maker.secret, row.session_id) }
}

/**
 * Spends a token, keeps its successor and gives their session another 30 days, all or nothing. Answers when the token
 * was spent: now, or before by another call, which has then done the rest.
 */
async function spend(tx: Tx, row: RefreshTokenRow, successor: string, at: string): Promise<string> {
  if (!(await spendRefreshToken(tx, row.token_hash, at))) {
    return (await findRefreshToken(tx, row.token_hash))?.spent_at ?? at
  }
  await keepRefreshToken(tx, row.session_id, successor, at)
  await touchSession(tx, row.session_id, { at, expiresAt: fromNow(SESSION_MS) })
  return at
}

function isLate(spentAt: string, at: string): boolean {
  return Date.parse(at) - Date.parse(spentAt) > SECOND_CHANCE_MS
}

function invalidToken(): AppError {
  return new AppError(
    'refresh_token_invalid',
    'The refresh token is unknown, expired, spent or revoked; sign in again.',
  )
}
