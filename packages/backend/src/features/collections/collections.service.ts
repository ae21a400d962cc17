import type {
  BodyOf,
  Collection,
  ListMeta,
  QueryOf,
  SearchCriteria,
  Visibility,
  collectionsEndpoints,
} from '@imalink/contract'
import { z } from 'zod'
import { readCriteria } from '../../access/collections.ts'
import { ownerInScope } from '../../access/scope.ts'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { AppError, missingReference } from '../../app-error.ts'
import { now } from '../../clock.ts'
import type { History } from '../../history.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import { type Db, type Tx, inTransaction, isUniqueViolation } from '../../storage/database/database.ts'
import * as collections from './collections.repository.ts'

type Endpoints = typeof collectionsEndpoints
type Said = BodyOf<Endpoints['putCollection']>

/** What a smart collection asks of the photos of its owner. */
export type SmartSearch = Omit<SearchCriteria, 'scope' | 'stacks'> & { readonly scope: string }

/** What collections need of photos and the log; `app.ts` introduces them. */
export interface CollectedPhotos {
  /** The hothash of the first photo that a search finds, and how many it finds. */
  firstOf(db: Db, viewer: Viewer, search: SmartSearch): Promise<string | null>
  countOf(db: Db, viewer: Viewer, search: SmartSearch): Promise<number>
  /** Ids of own photos outside the trash by their hothashes. */
  lock(tx: Tx, owner: SignedIn, hothashes: readonly string[]): Promise<{ id: number; hothash: string }[]>
  readonly note: History['note']
}

const LIST = 'collections'
const nameKey = z.object({ name_key: z.string(), id: z.int() })

/** Collections that the viewer may see, by name. Throws `credentials_required`. */
export async function pageOfCollections(
  db: Db,
  viewer: Viewer,
  { scope, parent_id, ...query }: QueryOf<Endpoints['listCollections']>,
  photos: CollectedPhotos,
): Promise<{ data: Collection[]; meta: ListMeta }> {
  const page = readPage(query, LIST, nameKey)
  const ownerId = await ownerInScope(db, viewer, { scope, things: 'collections' })
  const wanted = { ownerId, parentId: parent_id }
  const rows = await collections.listCollections(db, viewer, wanted, page)
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ name_key, id }) => ({ name_key, id }))
  const total = page.after === null ? await collections.countCollections(db, viewer, wanted) : null
  const data: Collection[] = []
  for (const row of shown) data.push(await shaped(db, viewer, row, photos))
  return { data, meta: pageMeta(page, total, nextCursor) }
}

/** Throws `collection_not_found`. */
export async function readCollection(
  db: Db,
  viewer: Viewer,
  id: number,
  photos: CollectedPhotos,
): Promise<Collection> {
  const row = await collections.findCollection(db, viewer, id)
  if (!row) throw collectionNotFound()
  const collection = await shaped(db, viewer, row, photos)
  const search = searchOf(row)
  return search ? { ...collection, photo_count: await photos.countOf(db, viewer, search) } : collection
}

/** What a smart collection searches for, among the photos of its owner; null for others. */
export function searchOf({ search_criteria, username }: collections.CollectionRow): SmartSearch | null {
  if (search_criteria === null) return null
  const { scope: _scope, stacks: _stacks, ...criteria } = readCriteria(search_criteria)
  return { ...criteria, scope: username }
}

async function shaped(
  db: Db,
  viewer: Viewer,
  row: collections.CollectionRow,
  { firstOf }: CollectedPhotos,
): Promise<Collection> {
  const {
    user_id,
    username: _username,
    display_name,
    name_key: _key,
    search_criteria,
    photo_count,
    ...rest
  } = row
  const is_mine = viewer.userId === user_id
  const search = searchOf(row)
  return {
    ...rest,
    owner: { id: user_id, display_name },
    is_mine,
    is_smart: search !== null,
    // Written by `JSON.stringify` of an object.
    ...(is_mine && search_criteria !== null
      ? { search_criteria: JSON.parse(search_criteria) as Record<string, unknown> }
      : {}),
    cover_photo_hothash: row.cover_photo_hothash ?? (search ? await firstOf(db, viewer, search) : null),
    photo_count: search ? null : photo_count,
  }
}

/** Criteria as they are written in the request, which the contract has checked. */
export type Written = Readonly<Record<string, unknown>> | undefined

/** Makes a collection, without photos yet. Throws `collection_exists`, `collection_not_found`, `photo_not_found`. */
export async function makeCollection(
  tx: Tx,
  owner: SignedIn,
  { name, ...said }: Said & { readonly name: string },
  { written, photos }: { readonly written: Written; readonly photos: CollectedPhotos },
): Promise<number> {
  const at = now()
  const id = await collections.insertCollection(tx, {
    user_id: owner.userId,
    name,
    name_key: keyOf(name),
    description: said.description ?? null,
    visibility: said.visibility ?? 'private',
    parent_id: await parentIn(tx, owner, said.parent_id ?? null, null),
    cover_photo_id: await coverIn(tx, owner, said.cover_photo_hothash ?? null, photos),
    search_criteria: written === undefined ? null : JSON.stringify(written),
    created_at: at,
    updated_at: at,
  })
  await noteShared(tx, owner, { id, name, visibility: said.visibility ?? 'private' }, 'private', photos)
  return id
}

/** Has a name that is taken be answered as such. */
export function orTaken<T>(work: Promise<T>): Promise<T> {
  return work.catch((cause: unknown) => {
    throw isUniqueViolation(cause)
      ? new AppError('collection_exists', 'You have a collection of that name there already.')
      : cause
  })
}

/** Changes what is given. Throws `collection_not_found`, `collection_exists`, `photo_not_found`, `validation_failed`. */
export function changeCollection(
  db: Db,
  owner: SignedIn,
  id: number,
  {
    said,
    written,
    photos,
  }: { readonly said: Said; readonly written: Written; readonly photos: CollectedPhotos },
): Promise<Collection> {
  const change = async (tx: Tx) => {
    const before = await collections.lockCollection(tx, owner, id)
    if (!before) throw collectionNotFound()
    if (written !== undefined && before.search_criteria === null)
      throw refused('search_criteria', 'is of smart collections; photos of this one are chosen one by one')
    const { name, description, visibility, parent_id, cover_photo_hothash: cover } = said
    await collections.updateCollection(tx, id, {
      ...(name === undefined ? {} : { name, name_key: keyOf(name) }),
      ...(description === undefined ? {} : { description }),
      ...(visibility === undefined ? {} : { visibility }),
      ...(parent_id === undefined ? {} : { parent_id: await parentIn(tx, owner, parent_id, id) }),
      ...(cover === undefined ? {} : { cover_photo_id: await coverIn(tx, owner, cover, photos) }),
      ...(written === undefined ? {} : { search_criteria: JSON.stringify(written) }),
      updated_at: now(),
    })
    const after = { id, name: name ?? before.name, visibility: visibility ?? before.visibility }
    await noteShared(tx, owner, after, before.visibility, photos)
    return readCollection(tx, owner, id, photos)
  }
  return orTaken(inTransaction(db, change))
}

const keyOf = (name: string) => name.toLowerCase()

/** Deep enough for anybody, and an end for those who follow it. */
const DEEPEST = 20

async function parentIn(
  tx: Tx,
  owner: SignedIn,
  parentId: number | null,
  ownId: number | null,
): Promise<number | null> {
  if (parentId === null) return null
  const line = await collections.lineOf(tx, owner, parentId)
  if (line.length === 0)
    throw missingReference('collection_not_found', 'There is no such collection of yours.')
  if (ownId !== null && line.includes(ownId)) throw refused('parent_id', 'lies in the collection itself')
  if (line.length >= DEEPEST) throw refused('parent_id', `lies in ${DEEPEST} others already`)
  return parentId
}

async function coverIn(
  tx: Tx,
  owner: SignedIn,
  hothash: string | null,
  { lock }: CollectedPhotos,
): Promise<number | null> {
  if (hothash === null) return null
  const [photo] = await lock(tx, owner, [hothash])
  if (!photo) throw missingReference('photo_not_found', 'There is no such photo of yours.')
  return photo.id
}

async function noteShared(
  tx: Tx,
  owner: SignedIn,
  {
    visibility,
    ...collection
  }: { readonly id: number; readonly name: string; readonly visibility: Visibility },
  before: Visibility,
  { note }: CollectedPhotos,
): Promise<void> {
  if (visibility !== before)
    await note(tx, owner, { action: 'collection_shared', detail: { collection, visibility } })
}

/** Deletes a collection; what lies in it moves up, and keeps its name as far as that is free there. Throws `collection_not_found`. */
export function deleteCollection(
  db: Db,
  owner: SignedIn,
  id: number,
  { note }: CollectedPhotos,
): Promise<void> {
  return inTransaction(db, async (tx) => {
    const gone = await collections.lockCollection(tx, owner, id)
    if (!gone) throw collectionNotFound()
    const children = await collections.childrenOf(tx, id)
    // Its own name is free as well.
    await collections.updateCollection(tx, id, { name_key: `${gone.name_key}\u{10FFFF}` })
    const taken = await collections.namesIn(tx, owner, gone.parent_id)
    for (const child of children) {
      const name = freeName(child.name, taken)
      taken.add(keyOf(name))
      await collections.updateCollection(tx, child.id, {
        name,
        name_key: keyOf(name),
        parent_id: gone.parent_id,
      })
    }
    await collections.deleteCollection(tx, id)
    await note(tx, owner, { action: 'collection_deleted', detail: { collection: { id, name: gone.name } } })
  })
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(keyOf(name))) return name
  for (let number = 2; ; number++) {
    const other = `${name} (${number})`
    if (!taken.has(keyOf(other))) return other
  }
}

export const collectionNotFound = () => new AppError('collection_not_found', 'There is no such collection.')

export function refused(field: string, message: string): AppError {
  return new AppError('validation_failed', `${field}: ${message}.`, {
    errors: [{ path: `body.${field}`, message }],
  })
}
