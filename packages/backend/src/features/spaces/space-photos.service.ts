import type { AnswerOf, BodyOf, ListMeta, Photo, QueryOf, spacesEndpoints } from '@imalink/contract'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { now } from '../../clock.ts'
import type { History } from '../../history.ts'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import * as spaces from './spaces.repository.ts'
import { EVERY_ROLE, mustBe, readSpace } from './spaces.service.ts'

type Endpoints = typeof spacesEndpoints
type Ref = BodyOf<Endpoints['addSpacePhotos']>['photos'][number]

/** A photo that is the viewer's. */
interface OwnPhoto {
  readonly id: number
  readonly hothash: string
  readonly visibility: string
}

/** What spaces need of photos; `app.ts` introduces them. */
export interface SharedPhotos {
  list(
    db: Db,
    viewer: Viewer,
    query: QueryOf<Endpoints['listSpacePhotos']> & { readonly space_id: number },
  ): Promise<{ data: Photo[]; meta: ListMeta }>
  /** Own photos, which nobody else changes meanwhile. Throws `photo_not_found`, `not_yours`. */
  lock(tx: Tx, owner: SignedIn, refs: readonly Ref[]): Promise<OwnPhoto[]>
  /** Lets those see photos who are in a space with them. */
  widen(tx: Tx, owner: SignedIn, photos: readonly OwnPhoto[]): Promise<void>
  readonly note: History['note']
}

/** Photos in the space that the viewer may see, newest first. Throws `space_not_found`. */
export async function photosOfSpace(
  db: Db,
  viewer: SignedIn,
  spaceId: number,
  { query, list }: { readonly query: QueryOf<Endpoints['listSpacePhotos']> } & Pick<SharedPhotos, 'list'>,
): Promise<{ data: Photo[]; meta: ListMeta }> {
  await mustBe(db, viewer, spaceId, EVERY_ROLE)
  return list(db, viewer, { ...query, space_id: spaceId })
}

/** Puts own photos into a space. Throws `space_not_found`, `role_insufficient`, `photo_not_found`, `not_yours`. */
export function addPhotos(
  db: Db,
  viewer: SignedIn,
  spaceId: number,
  { said, photos }: { readonly said: BodyOf<Endpoints['addSpacePhotos']>; readonly photos: SharedPhotos },
): Promise<AnswerOf<Endpoints['addSpacePhotos']>> {
  return inTransaction(db, async (tx) => {
    await spaces.lockSpace(tx, spaceId)
    await mustBe(tx, viewer, spaceId, ['owner', 'editor'])
    const own = await photos.lock(tx, viewer, said.photos)
    const ids = own.map(({ id }) => id)
    const added = new Set(await spaces.insertPhotos(tx, spaceId, ids, now()))
    const hidden = own.filter(({ visibility }) => visibility === 'private')
    if (said.sync_photos) await photos.widen(tx, viewer, hidden)
    await noteMoved(
      tx,
      viewer,
      { spaceId, photos: own.filter(({ id }) => added.has(id)), action: 'space_photos_added' },
      photos,
    )
    const hidden_photos = said.sync_photos ? [] : hidden.map(({ hothash }) => hothash)
    return { added: added.size, already_there: ids.length - added.size, hidden_photos }
  })
}

/** Takes own photos out of a space. Throws `space_not_found`, `role_insufficient`, `photo_not_found`, `not_yours`. */
export function removePhotos(
  db: Db,
  viewer: SignedIn,
  spaceId: number,
  { said, photos }: { readonly said: BodyOf<Endpoints['removeSpacePhotos']>; readonly photos: SharedPhotos },
): Promise<AnswerOf<Endpoints['removeSpacePhotos']>> {
  return inTransaction(db, async (tx) => {
    await mustBe(tx, viewer, spaceId, ['owner', 'editor'])
    const own = await photos.lock(tx, viewer, said.photos)
    const ids = own.map(({ id }) => id)
    const removed = await spaces.deletePhotos(tx, spaceId, ids)
    if (removed > 0)
      await noteMoved(tx, viewer, { spaceId, photos: own, action: 'space_photos_removed' }, photos)
    return { removed }
  })
}

interface Moved {
  readonly spaceId: number
  readonly photos: readonly OwnPhoto[]
  readonly action: 'space_photos_added' | 'space_photos_removed'
}

async function noteMoved(
  tx: Tx,
  viewer: SignedIn,
  { spaceId, photos, action }: Moved,
  { note }: SharedPhotos,
): Promise<void> {
  if (photos.length === 0) return
  const { name } = await readSpace(tx, viewer, spaceId)
  const hothashes = photos.map(({ hothash }) => hothash)
  await note(tx, viewer, { action, photos: hothashes, detail: { space: { id: spaceId, name } } })
}
