import { createHash, createHmac, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/bcrypt'

const BCRYPT_COST = 12
const TOKEN_BYTES = 32
export const API_KEY_PREFIX = 'imk_'

/** 256 random bits, in URL-safe letters. */
export function randomToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url')
}

/** 128 random bits in 32 hexadecimal digits: a name, not a secret. */
export function randomHandle(): string {
  return randomBytes(16).toString('hex')
}

/** How random tokens are kept: nobody who reads the database can use them. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/**
 * The refresh token that follows this one. It is derived, not drawn, so that a reply that was lost can be given again
 * without keeping the token itself.
 */
export function nextRefreshToken(secret: string, token: string): string {
  return createHmac('sha256', secret).update(`refresh:${token}`).digest('base64url')
}

/** The cookie of a session: derived, so that it can be set again; only its hash is kept. */
export function sessionCookie(secret: string, sessionId: string): string {
  return createHmac('sha256', secret).update(`cookie:${sessionId}`).digest('base64url')
}

/** How the address of a caller is kept: to be recognised, not read. */
export function addressHash(secret: string, address: string): string {
  return createHmac('sha256', secret).update(`address:${address}`).digest('base64url')
}

/** bcrypt, off the event loop. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, { cost: BCRYPT_COST })
}

/** A hash that no password has: checking against it takes as long as against a real one. */
const nobodysHash = '$2b$12$C6UzMDM.H6dfI/f/IKcEeO5KhcB0Wc8lqyZ0fIz1jvG0C3h5jJ0aS'

/** False for a wrong password and for no user, in like time. */
export async function passwordMatches(password: string, passwordHash: string | undefined): Promise<boolean> {
  const matches = await verify(password, passwordHash ?? nobodysHash)
  return matches && passwordHash !== undefined && isReadWhole(password)
}

/** bcrypt compares 72 bytes, nothing behind a NUL, and halves of characters as if they were all the same. */
function isReadWhole(password: string): boolean {
  return Buffer.byteLength(password) <= 72 && !password.includes('\0') && password.isWellFormed()
}
