import { type SqlBool, sql } from 'kysely'
import { liveSessions } from '../../access/live-sessions.ts'
import { ANONYMOUS, type SignedIn, type Viewer, serverFor } from '../../access/viewer.ts'
import { isOwner, ownedBy, previewVisibleTo } from '../../access/visibility.ts'
import { now } from '../../clock.ts'
import type { Db } from '../../storage/database/database.ts'
import { prepared } from '../../storage/database/prepared.ts'

interface PhotoPlace {
  readonly column: 'photos.id' | 'photos.hothash'
  readonly value: string | number
}

/** `id` or `hothash` of a photo in a preview's address; null for what is neither. */
function readRef(ref: string): PhotoPlace | null {
  if (/^[0-9a-f]{64}$/.test(ref)) return { column: 'photos.hothash', value: ref }
  return /^[1-9]\d{0,15}$/.test(ref) && Number.isSafeInteger(Number(ref))
    ? { column: 'photos.id', value: Number(ref) }
    : null
}

function visiblePhoto(db: Db, viewer: Viewer, place: PhotoPlace) {
  return db.selectFrom('photos').where(place.column, '=', place.value).where(previewVisibleTo(viewer))
}

/** The viewer's own before anybody else's. */
function firstVisible(db: Db, viewer: Viewer, place: PhotoPlace) {
  return visiblePhoto(db, viewer, place)
    .orderBy(sql`case when photos.user_id = ${viewer.userId ?? 0} then 0 else 1 end`)
    .orderBy('photos.id')
    .limit(1)
}

interface HotpreviewWishes {
  readonly value: PhotoPlace['value']
  readonly userId: number
  readonly sessionId: string
  readonly at: string
}

type Standing = 'nobody' | 'somebody' | 'claimant'
type HotpreviewShape = readonly [PhotoPlace['column'], Standing]

const viewerOf = (who: Standing, userId: number) => (who === 'nobody' ? ANONYMOUS : serverFor(userId))

/** What a viewer whose claim no longer holds has not: a claim is looked at with what it is for. */
function isSignedIn(db: Db, [, who]: HotpreviewShape, { userId, sessionId, at }: HotpreviewWishes) {
  const session = liveSessions(db, at)
    .select('sessions.id')
    .where('sessions.id', '=', sessionId)
    .where('sessions.user_id', '=', userId)
  return who === 'claimant' ? sql<SqlBool>`exists ${session}` : sql<SqlBool>`1 = 1`
}

const withBytes = prepared((db, shape: HotpreviewShape, wishes: HotpreviewWishes) => {
  const [column, who] = shape
  return firstVisible(db, viewerOf(who, wishes.userId), { column, value: wishes.value })
    .where(isSignedIn(db, shape, wishes))
    .innerJoin('hotpreviews', 'hotpreviews.photo_id', 'photos.id')
    .select(['photos.user_id', 'photos.hothash', 'hotpreviews.jpeg'])
})

/** Of those that have a hothash it is enough to know whether the viewer's own is one of them: nothing is sorted. */
const withoutBytes = prepared((db, shape: HotpreviewShape, wishes: HotpreviewWishes) => {
  const [column, who] = shape
  const isOwn = sql<number>`max(case when photos.user_id = ${wishes.userId} then 1 else 0 end)`
  return visiblePhoto(db, viewerOf(who, wishes.userId), { column, value: wishes.value })
    .where(isSignedIn(db, shape, wishes))
    .select(({ fn }) => [isOwn.as('is_own'), fn.min('photos.hothash').as('hothash')])
})

/** The thumbnail of a photo the viewer may see: one indexed query. A viewer whose claim no longer holds sees none. */
export async function findHotpreview(db: Db, viewer: Viewer, ref: string) {
  const asked = askedHotpreview(viewer, ref)
  const [found] = asked ? await withBytes(db, ...asked) : []
  return found && { isOwn: isOwner(viewer, found), hothash: found.hothash, jpeg: found.jpeg }
}

/** As `findHotpreview`, for a caller that has the bytes. */
export async function findHotpreviewOwner(db: Db, viewer: Viewer, ref: string) {
  const asked = askedHotpreview(viewer, ref)
  const [found] = asked ? await withoutBytes(db, ...asked) : []
  return found?.hothash ? { isOwn: found.is_own === 1, hothash: found.hothash } : undefined
}

function askedHotpreview(viewer: Viewer, ref: string): [HotpreviewShape, HotpreviewWishes] | undefined {
  const place = readRef(ref)
  if (!place) return undefined
  const [who, sessionId] = standingOf(viewer)
  return [[place.column, who], { value: place.value, userId: viewer.userId ?? 0, sessionId, at: now() }]
}

function standingOf(viewer: Viewer): [Standing, string] {
  if (viewer.userId === null) return ['nobody', '']
  return viewer.credential.kind === 'claim' ? ['claimant', viewer.credential.sessionId] : ['somebody', '']
}

export async function findColdpreview(db: Db, viewer: Viewer, ref: string) {
  const place = readRef(ref)
  if (!place) return undefined
  return firstVisible(db, viewer, place)
    .select(['photos.user_id', 'photos.coldpreview_sha256'])
    .executeTakeFirst()
}

/** An own photo outside the trash, as far as its coldpreview goes. */
export async function findOwnColdpreview(db: Db, owner: SignedIn, ref: string) {
  const place = readRef(ref)
  if (!place) return undefined
  return db
    .selectFrom('photos')
    .select(['id', 'hothash', 'coldpreview_sha256'])
    .where(place.column, '=', place.value)
    .where(ownedBy(owner))
    .executeTakeFirst()
}

/** False where the owner has no such photo outside the trash any more. */
export async function setColdpreview(
  db: Db,
  owner: SignedIn,
  photoId: number,
  change: { readonly coldpreview_sha256: string | null; readonly updated_at: string },
): Promise<boolean> {
  const changed = await db
    .updateTable('photos')
    .set(change)
    .where('id', '=', photoId)
    .where(ownedBy(owner))
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}

/** Which of these are the coldpreview of a photo, whoever's; for the program itself, not for a viewer. */
export async function wantedColdpreviews(db: Db, sha256s: readonly string[]): Promise<ReadonlySet<string>> {
  if (sha256s.length === 0) return new Set()
  const rows = await db
    .selectFrom('photos')
    .select('coldpreview_sha256')
    .distinct()
    .where('coldpreview_sha256', 'in', sha256s)
    .execute()
  return new Set(rows.flatMap(({ coldpreview_sha256 }) => coldpreview_sha256 ?? []))
}
