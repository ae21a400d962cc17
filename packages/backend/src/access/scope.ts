import type { Visibility } from '@imalink/contract'
import { AppError } from '../app-error.ts'
import type { Db } from '../storage/database/database.ts'
import type { Viewer } from './viewer.ts'
import { spacesWithPhotos } from './spaces.ts'
import { type SharedSource, type Source, sourcesFor, sourcesOfOwner } from './visibility.ts'

/** Whose photos and of which level are asked for, within what the viewer may see. */
export interface ScopeFilter {
  readonly scope?: string | undefined
  readonly visibility?: Visibility | undefined
}

/**
 * What the viewer may see, narrowed to a scope (`all`, `mine`, a username) and a level: sources that have no photo in
 * common, none where there is nothing. Throws `credentials_required` when nobody in particular asks for `mine`.
 */
export async function sourcesIn(
  db: Db,
  viewer: Viewer,
  { scope = 'all', visibility }: ScopeFilter,
): Promise<Source[]> {
  const sources = await sourcesOfScope(db, viewer, scope)
  return visibility ? sources.filter((source) => source.visibility === visibility) : sources
}

async function sourcesOfScope(db: Db, viewer: Viewer, scope: string): Promise<Source[]> {
  if (scope === 'all') return [...sourcesFor(viewer), ...(await sharedSources(db, viewer, null))]
  if (scope !== 'mine') {
    const ownerId = await findUserId(db, scope)
    if (ownerId === undefined) return []
    return [...sourcesOfOwner(viewer, ownerId), ...(await sharedSources(db, viewer, ownerId))]
  }
  if (viewer.userId === null) throw new AppError('credentials_required', 'Sign in to see photos of your own.')
  return sourcesOfOwner(viewer, viewer.userId)
}

/** Others' photos that the viewer sees as a member of spaces, of one owner or of all; none where there are no such spaces. */
async function sharedSources(db: Db, { userId }: Viewer, ownerId: number | null): Promise<SharedSource[]> {
  if (userId === null || userId === ownerId) return []
  const spaceIds = await spacesWithPhotos(db, userId)
  return spaceIds.length === 0 ? [] : [{ sharedWith: userId, ownerId, spaceIds, visibility: 'space' }]
}

/** Nobody has anything. */
const NOBODY = 0

/**
 * Whose `things` a scope names: `all` is everybody's (undefined), a username that there is not, nobody's. Throws
 * `credentials_required` when nobody in particular asks for `mine`.
 */
export async function ownerInScope(
  db: Db,
  { userId }: Viewer,
  { scope = 'all', things }: { readonly scope: string | undefined; readonly things: string },
): Promise<number | undefined> {
  if (scope === 'all') return undefined
  if (scope !== 'mine') return (await findUserId(db, scope)) ?? NOBODY
  if (userId === null) throw new AppError('credentials_required', `Sign in to see ${things} of your own.`)
  return userId
}

async function findUserId(db: Db, username: string): Promise<number | undefined> {
  const user = await db
    .selectFrom('users')
    .select('id')
    .where('username_key', '=', username.toLowerCase())
    .executeTakeFirst()
  return user?.id
}
