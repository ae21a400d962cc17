import type { ActivityEntry, ListMeta, QueryOf, historyEndpoints } from '@imalink/contract'
import { z } from 'zod'
import type { SignedIn } from '../../access/viewer.ts'
import { fromNow, now } from '../../clock.ts'
import type { Event } from '../../history.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import type { Db } from '../../storage/database/database.ts'
import * as activity from './activity.repository.ts'

const LIST = 'activity'
const MOST_PHOTOS = 100
const YEAR_MS = 365 * 24 * 60 * 60 * 1000

/**
 * Writes an event into the log of everybody whom it concerns; best in the transaction that does it. Nobody (null) is the program itself.
 */
export async function note(db: Db, actor: SignedIn | null, event: Event): Promise<void> {
  const { action, photos = [], photo_count = photos.length, detail = {} } = event
  const row = {
    actor_id: actor?.userId ?? null,
    at: now(),
    action,
    photo_count,
    photos: JSON.stringify(photos.slice(0, MOST_PHOTOS)),
    detail: JSON.stringify(detail),
  }
  const owners = new Set(event.owners ?? (actor ? [actor.userId] : []))
  await activity.insertEntries(
    db,
    [...owners].map((user_id) => ({ user_id, ...row })),
  )
}

/** The owner's log, latest first. */
export async function pageOfActivity(
  db: Db,
  owner: SignedIn,
  query: QueryOf<typeof historyEndpoints.listActivity>,
): Promise<{ data: ActivityEntry[]; meta: ListMeta }> {
  const page = readPage(query, LIST, z.int())
  const rows = await activity.listEntries(db, owner, page)
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ id }) => id)
  const total = page.after === null ? await activity.countEntries(db, owner) : null
  return { data: shown.map(toEntry), meta: pageMeta(page, total, nextCursor) }
}

function toEntry({ actor_id, actor_name, photos, detail, ...row }: activity.ActivityRow): ActivityEntry {
  return {
    ...row,
    actor: actor_id === null || actor_name === null ? null : { id: actor_id, display_name: actor_name },
    // As `note` writes them.
    photos: JSON.parse(photos) as string[],
    detail: JSON.parse(detail) as Record<string, unknown>,
  }
}

/** Forgets what is older than a year; for the program itself. */
export function forgetOldActivity(db: Db): Promise<void> {
  return activity.deleteBefore(db, fromNow(-YEAR_MS))
}
