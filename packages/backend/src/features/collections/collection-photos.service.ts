import {
  type AnswerOf,
  type BodyOf,
  type Collection,
  type ListMeta,
  type Photo,
  type QueryOf,
  type collectionsEndpoints,
  limits,
} from '@imalink/contract'
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing'
import { z } from 'zod'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { AppError, missingReference } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import * as places from './collection-photos.repository.ts'
import { findCollection, lockCollection, updateCollection } from './collections.repository.ts'
import {
  type CollectedPhotos,
  type SmartSearch,
  type Written,
  collectionNotFound,
  makeCollection,
  orTaken,
  readCollection,
  refused,
  searchOf,
} from './collections.service.ts'

type Endpoints = typeof collectionsEndpoints
type Query = QueryOf<Endpoints['listCollectionPhotos']>
type Page = AnswerOf<Endpoints['listCollectionPhotos']>

/** What reading them needs beside; `app.ts` introduces it. */
export interface PhotoReaders {
  list(db: Db, viewer: Viewer, search: SmartSearch & Query): Promise<{ data: Photo[]; meta: ListMeta }>
  /** Photos by their ids, in that order, as far as the viewer may see them. */
  read(
    db: Db,
    viewer: Viewer,
    ids: readonly number[],
    include: NonNullable<Query['include']>,
  ): Promise<Photo[]>
}

const placeKey = z.object({ place: z.string(), id: z.int() })

/** The photos in a collection that the viewer may see, in its order. Throws `collection_not_found`. */
export async function photosOfCollection(
  db: Db,
  viewer: Viewer,
  collectionId: number,
  { query, readers }: { readonly query: Query; readonly readers: PhotoReaders },
): Promise<Page> {
  const row = await findCollection(db, viewer, collectionId)
  if (!row) throw collectionNotFound()
  const search = searchOf(row)
  if (search) {
    const { data, meta } = await readers.list(db, viewer, { ...search, ...query })
    return { data: data.map((photo) => ({ ...photo, caption: null })), meta }
  }
  const list = `collections:${collectionId}`
  const page = readPage(query, list, placeKey)
  const rows = await places.listPlaces(db, viewer, collectionId, page)
  const { shown, nextCursor } = cutPage(rows, page, list, ({ place, id }) => ({ place, id }))
  const captions = new Map(shown.map(({ id, caption }) => [id, caption]))
  const ids = shown.map(({ id }) => id)
  const data = await readers.read(db, viewer, ids, query.include ?? [])
  return {
    data: data.map((photo) => ({ ...photo, caption: captions.get(photo.id) ?? null })),
    meta: pageMeta(page, page.after === null ? row.photo_count : null, nextCursor),
  }
}

/** Makes a collection, with photos in it. Throws `collection_exists`, `collection_not_found`, `photo_not_found`. */
export function createCollection(
  db: Db,
  owner: SignedIn,
  { hothashes, ...said }: BodyOf<Endpoints['createCollection']>,
  { written, photos }: { readonly written: Written; readonly photos: CollectedPhotos },
): Promise<Collection> {
  const create = async (tx: Tx) => {
    const id = await makeCollection(tx, owner, said, { written, photos })
    if (hothashes) await append(tx, owner, id, { hothashes, photos })
    return readCollection(tx, owner, id, photos)
  }
  return orTaken(inTransaction(db, create))
}

interface Some {
  readonly hothashes: readonly string[]
  readonly photos: CollectedPhotos
}

/** Puts own photos at the end. Throws `collection_not_found`, `photo_not_found`, `validation_failed`. */
export function addPhotos(
  db: Db,
  owner: SignedIn,
  collectionId: number,
  some: Some,
): Promise<AnswerOf<Endpoints['addCollectionPhotos']>> {
  return inTransaction(db, async (tx) => {
    await ownManual(tx, owner, collectionId)
    const changed = await append(tx, owner, collectionId, some)
    return { changed, collection: await touched(tx, owner, collectionId, some.photos) }
  })
}

async function append(
  tx: Tx,
  owner: SignedIn,
  collection_id: number,
  { hothashes, photos }: Some,
): Promise<number> {
  const wanted = [...new Set(hothashes)]
  const found = new Map((await photos.lock(tx, owner, wanted)).map(({ id, hothash }) => [hothash, id]))
  if (found.size < wanted.length)
    throw missingReference('photo_not_found', 'There is no such photo of yours.')
  const ids = wanted.map((hothash) => found.get(hothash) ?? 0)
  const there = await places.idsIn(tx, collection_id, ids)
  const fresh = ids.filter((id) => !there.has(id))
  if ((await places.sizeOf(tx, collection_id)) + fresh.length > limits.collectionPhotos)
    throw refused('hothashes', `would be more than ${limits.collectionPhotos} in one collection`)
  const keys = generateNKeysBetween(await places.lastPlace(tx, collection_id), null, fresh.length)
  const added_at = now()
  await places.insertPlaces(
    tx,
    fresh.map((photo_id, index) => ({ collection_id, photo_id, place: keys[index] ?? '', added_at })),
  )
  return fresh.length
}

/** Throws `collection_not_found`, and `validation_failed` for a smart one. */
async function ownManual(tx: Tx, owner: SignedIn, collectionId: number): Promise<void> {
  const row = await lockCollection(tx, owner, collectionId)
  if (!row) throw collectionNotFound()
  if (row.search_criteria !== null)
    throw new AppError(
      'validation_failed',
      'A smart collection holds what its search finds, and nothing else.',
    )
}

async function touched(
  tx: Tx,
  owner: SignedIn,
  collectionId: number,
  photos: CollectedPhotos,
): Promise<Collection> {
  await updateCollection(tx, collectionId, { updated_at: now() })
  return readCollection(tx, owner, collectionId, photos)
}

/** Takes photos out. Throws `collection_not_found`, `validation_failed`. */
export function removePhotos(
  db: Db,
  owner: SignedIn,
  collectionId: number,
  { hothashes, photos }: Some,
): Promise<AnswerOf<Endpoints['removeCollectionPhotos']>> {
  return inTransaction(db, async (tx) => {
    await ownManual(tx, owner, collectionId)
    const changed = await places.deletePlaces(tx, owner, collectionId, hothashes)
    return { changed, collection: await touched(tx, owner, collectionId, photos) }
  })
}

/** Puts all photos in another order, or one behind another. Throws `collection_not_found`, `photo_not_found`, `validation_failed`. */
export function reorder(
  db: Db,
  owner: SignedIn,
  collectionId: number,
  {
    said,
    photos,
  }: { readonly said: BodyOf<Endpoints['reorderCollection']>; readonly photos: CollectedPhotos },
): Promise<Collection> {
  return inTransaction(db, async (tx) => {
    await ownManual(tx, owner, collectionId)
    if ('hothashes' in said) await orderAll(tx, owner, collectionId, said.hothashes)
    else await moveOne(tx, owner, collectionId, said)
    return touched(tx, owner, collectionId, photos)
  })
}

/** Writes those alone whose place is another one then. */
async function orderAll(
  tx: Tx,
  owner: SignedIn,
  collectionId: number,
  hothashes: readonly string[],
): Promise<void> {
  const present = await places.everyPlace(tx, owner, collectionId)
  const byHothash = new Map(present.map((photo) => [photo.hothash, photo]))
  const isWhole = hothashes.length === present.length && new Set(hothashes).size === present.length
  if (!isWhole || !hothashes.every((hothash) => byHothash.has(hothash)))
    throw refused('hothashes', 'are not exactly the photos that are in the collection')
  const sorted = present.map(({ place }) => place)
  for (const [index, hothash] of hothashes.entries()) {
    const photo = byHothash.get(hothash)
    const place = sorted[index]
    if (photo && place !== undefined && photo.place !== place)
      await places.changePlace(tx, { collectionId, photoId: photo.id }, { place })
  }
}

/** Writes one row, however many there are. */
async function moveOne(
  tx: Tx,
  owner: SignedIn,
  collectionId: number,
  { hothash, after }: { readonly hothash: string; readonly after: string | null },
): Promise<void> {
  const [photo, before] = [
    await places.findPlace(tx, owner, collectionId, hothash),
    after === null ? null : await places.findPlace(tx, owner, collectionId, after),
  ]
  if (!photo || before === undefined)
    throw missingReference('photo_not_found', 'There is no such photo in the collection.')
  if (before?.id === photo.id) throw refused('after', 'is the photo itself')
  const place = before?.place ?? null
  const behind = await places.placeBehind(tx, collectionId, { place, except: photo.id })
  await places.changePlace(
    tx,
    { collectionId, photoId: photo.id },
    { place: generateKeyBetween(place, behind) },
  )
}

/** Throws `collection_not_found`, `photo_not_found`, `validation_failed`. */
export function caption(
  db: Db,
  owner: SignedIn,
  { collectionId, hothash }: { readonly collectionId: number; readonly hothash: string },
  text: string | null,
): Promise<AnswerOf<Endpoints['captionCollectionPhoto']>> {
  return inTransaction(db, async (tx) => {
    await ownManual(tx, owner, collectionId)
    const photo = await places.findPlace(tx, owner, collectionId, hothash)
    if (!photo) throw new AppError('photo_not_found', 'There is no such photo in the collection.')
    await places.changePlace(tx, { collectionId, photoId: photo.id }, { caption: text })
    return { hothash, caption: text }
  })
}
