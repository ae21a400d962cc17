import type { ApiKey, BodyOf, ListMeta, QueryOf, apiKeysEndpoints } from '@imalink/contract'
import { z } from 'zod'
import type { SignedIn } from '../../access/viewer.ts'
import { now } from '../../clock.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import type { Db } from '../../storage/database/database.ts'
import { type ApiKeyRow, countApiKeys, insertApiKey, listApiKeys } from './api-keys.repository.ts'
import { API_KEY_PREFIX, hashToken, randomToken } from './secrets.ts'

const SHOWN_LETTERS = 8
const LIST = 'api-keys'

function toApiKey(row: ApiKeyRow): ApiKey {
  const { id, name, prefix, scope, created_at, expires_at, last_used_at } = row
  return { id, name, prefix, scope, created_at, expires_at, last_used_at }
}

/** Makes a key; the answer is the only place where it can be read. */
export async function createApiKey(
  db: Db,
  owner: SignedIn,
  wanted: BodyOf<typeof apiKeysEndpoints.createApiKey>,
): Promise<ApiKey & { key: string }> {
  const key = API_KEY_PREFIX + randomToken()
  const row = await insertApiKey(db, {
    user_id: owner.userId,
    name: wanted.name,
    prefix: key.slice(0, API_KEY_PREFIX.length + SHOWN_LETTERS),
    key_hash: hashToken(key),
    scope: wanted.scope,
    created_at: now(),
    expires_at: wanted.expires_at ? new Date(wanted.expires_at).toISOString() : null,
    last_used_at: null,
  })
  return { ...toApiKey(row), key }
}

/** The caller's keys, latest first. */
export async function pageOfApiKeys(
  db: Db,
  owner: SignedIn,
  query: QueryOf<typeof apiKeysEndpoints.listApiKeys>,
): Promise<{ data: ApiKey[]; meta: ListMeta }> {
  const page = readPage(query, LIST, z.int())
  const rows = await listApiKeys(db, owner, page)
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ id }) => id)
  const total = page.after === null ? await countApiKeys(db, owner) : null
  return { data: shown.map(toApiKey), meta: pageMeta(page, total, nextCursor) }
}
