import type { Visibility } from '@imalink/contract'
import { type Expression, type SqlBool, expressionBuilder } from 'kysely'
import { AppError } from '../app-error.ts'
import type { Database } from '../storage/database/schema.ts'
import type { Viewer } from './viewer.ts'
import { visibleTo } from './visibility.ts'

/** Whose photos and of which level are asked for, within what the viewer may see. */
export interface ScopeFilter {
  readonly scope?: string | undefined
  readonly visibility?: Visibility | undefined
}

const photos = expressionBuilder<Database, 'photos'>()

/**
 * `visibleTo`, narrowed to a scope (`all`, `mine`, a username) and a level.
 * Throws `credentials_required` when nobody in particular asks for `mine`.
 */
export function inScope(viewer: Viewer, { scope = 'all', visibility }: ScopeFilter): Expression<SqlBool> {
  const levels = visibility ? [photos('photos.visibility', '=', visibility)] : []
  return photos.and([visibleTo(viewer), ...levels, ...ownersIn(viewer, scope)])
}

function ownersIn(viewer: Viewer, scope: string): Expression<SqlBool>[] {
  if (scope === 'all') return []
  if (scope !== 'mine') {
    const named = photos
      .selectFrom('users')
      .select('users.id')
      .where('users.username_key', '=', scope.toLowerCase())
    return [photos('photos.user_id', '=', named)]
  }
  if (viewer.userId === null) throw new AppError('credentials_required', 'Sign in to see photos of your own.')
  return [photos('photos.user_id', '=', viewer.userId)]
}
