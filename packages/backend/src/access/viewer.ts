import type { KeyScope } from '@imalink/contract'

/**
 * How a signed-in caller proved who they are: it decides what the call may do. `server` is work begun earlier for its user.
 * `claim` is a genuine token whose session may have ended since: whoever asks to be given such callers looks that up.
 */
export type Credential =
  | { readonly kind: 'session'; readonly sessionId: string }
  | { readonly kind: 'claim'; readonly sessionId: string }
  | { readonly kind: 'api-key'; readonly keyId: number; readonly scope: KeyScope }
  | { readonly kind: 'server' }

export interface SignedIn {
  readonly userId: number
  readonly credential: Credential
}

/** Who asks. Every read carries one. */
export type Viewer = SignedIn | { readonly userId: null }

export const ANONYMOUS: Viewer = { userId: null }

/** The program itself, on behalf of a user. */
export function serverFor(userId: number): SignedIn {
  return { userId, credential: { kind: 'server' } }
}
