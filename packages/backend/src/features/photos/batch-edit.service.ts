import {
  type AnswerOf,
  type PhotoBatchEdit,
  type PhotoFilters,
  type Visibility,
  limits,
  normalizeTag,
  type photoEditsEndpoints,
} from '@imalink/contract'
import { ownIdsOf } from '../../access/selection.ts'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { type Tx, inTransaction } from '../../storage/database/database.ts'
import type { Changes, History } from '../../history.ts'
import {
  addToAll,
  hasTooManyTags,
  hothashesOf,
  lockAll,
  namesOfTags,
  readColumns,
  removeFromAll,
  setAll,
} from './batch-edit.repository.ts'
import type { CreateDeps } from './create-photos.service.ts'
import { type Columns, columnsOf, mustBeOwnAuthor } from './edit-photo.service.ts'
import { ensureTags } from './store-eggs.repository.ts'
import { changesTexts, renewTexts } from './texts.repository.ts'
import { whyNotOwn } from './trash.service.ts'

/**
 * Changes many own photos alike, all of them or none; `changed` counts those that are not as they were. Throws
 * `photo_not_found` or `not_yours` for the first that cannot be changed, `author_not_found`, `contradicting_parameters`, `validation_failed`.
 */
export function editPhotos(
  { db, registers, history }: Pick<CreateDeps, 'db' | 'registers' | 'history'>,
  owner: SignedIn,
  wanted: PhotoBatchEdit,
): Promise<AnswerOf<(typeof photoEditsEndpoints)['editPhotos']>> {
  return inTransaction(db, async (tx) => {
    const ids = await wantedOnes(tx, owner, wanted)
    if (ids.length === 0) return { matched: 0, changed: 0, undo_token: null }
    if (wanted.set) await mustBeOwnAuthor(tx, { registers }, owner, wanted.set)
    const columns = wanted.set ? columnsOf(wanted.set, { gps_latitude: null, gps_longitude: null }) : {}
    const changes = await change(tx, owner, ids, { at: now(), columns, wanted })
    await noteChanges(tx, owner, changes, history)
    const undo_token = await history.remember(tx, owner, changes)
    return { matched: ids.length, changed: photosIn(changes), undo_token }
  })
}

function photosIn({ columns, tagged, untagged }: Changes): number {
  const edited = columns.flatMap(({ before }) => before.map(([id]) => id))
  return new Set([...edited, ...[...tagged, ...untagged].flatMap(([, some]) => some)]).size
}

async function wantedOnes(tx: Tx, owner: SignedIn, { photos, filter }: PhotoBatchEdit): Promise<number[]> {
  if (photos && filter) {
    throw new AppError('contradicting_parameters', 'Name the photos or filter them, not both.')
  }
  if (!photos) return filteredOnes(tx, owner, filter ?? {})
  return (await lockOwnOnes(tx, owner, photos)).map(({ id }) => id)
}

/** Locked, and looked at again then: what somebody else changed meanwhile may be another photo now. */
async function filteredOnes(tx: Tx, owner: SignedIn, filter: PhotoFilters): Promise<number[]> {
  const most = limits.batchEditPhotos
  const found = await ownIdsOf(tx, owner, filter, most + 1)
  if (found.length > most) throw tooManyPhotos(most)
  if (found.length === 0) return []
  await lockAll(tx, owner, { ids: found, hothashes: [] })
  const still = new Set(await ownIdsOf(tx, owner, filter, most + 1))
  return found.filter((id) => still.has(id))
}

function tooManyPhotos(most: number): AppError {
  const message = `lets more than ${most} photos through; narrow it`
  return new AppError('validation_failed', `filter: ${message}.`, {
    errors: [{ path: 'body.filter', message }],
  })
}

/**
 * Own photos outside the trash, each once, which nobody else changes until the transaction ends. Throws `photo_not_found` or
 * `not_yours` for the first that is none.
 */
export async function lockOwnOnes(tx: Tx, owner: SignedIn, refs: NonNullable<PhotoBatchEdit['photos']>) {
  const ids = refs.filter((ref) => typeof ref === 'number')
  const hothashes = refs.filter((ref) => typeof ref === 'string')
  const found = await lockAll(tx, owner, { ids, hothashes })
  const known = new Set<number | string>(found.flatMap(({ id, hothash }) => [id, hothash]))
  const missing = refs.find((ref) => !known.has(ref))
  if (missing !== undefined) throw await whyNotOwn(tx, owner, String(missing))
  return found
}

/** Shows locked photos to those whom the level lets see them. */
export async function show(
  tx: Tx,
  owner: SignedIn,
  photos: readonly { readonly id: number; readonly hothash: string }[],
  { visibility, note }: { readonly visibility: Visibility } & Pick<History, 'note'>,
): Promise<void> {
  if (photos.length === 0) return
  await setAll(
    tx,
    photos.map(({ id }) => id),
    { visibility },
    now(),
  )
  const hothashes = photos.map(({ hothash }) => hothash)
  await note(tx, owner, { action: 'visibility_changed', photos: hothashes, detail: { visibility } })
}

interface Work {
  readonly at: string
  /** Values that differ from those of all photos. */
  readonly columns: Columns
  readonly wanted: PhotoBatchEdit
}

/** Does it, and says what it changed. */
async function change(
  tx: Tx,
  owner: SignedIn,
  ids: readonly number[],
  { at, columns, wanted }: Work,
): Promise<Changes> {
  const { add_tags, remove_tags, delete: toTrash } = wanted
  const edited = await giveAll(tx, ids, columns, at)
  const tagged = add_tags ? await addTags(tx, owner, ids, { names: stored(add_tags), at }) : []
  const untagged = remove_tags ? await removeTags(tx, owner, ids, stored(remove_tags)) : []
  const retagged = [...tagged, ...untagged].flatMap(([, some]) => some)
  if (retagged.length > 0) await setAll(tx, [...new Set(retagged)], { updated_at: at }, at)
  const retold = changesTexts(columns) ? edited.flatMap(({ before }) => before.map(([id]) => id)) : []
  await renewTexts(tx, [...retold, ...retagged])
  const trashed = toTrash ? await giveAll(tx, ids, { deleted_at: at }, at) : []
  return { at, columns: [...edited, ...trashed], tagged, untagged, stacks: [] }
}

/** Gives photos values, and says what those had that had others. */
async function giveAll(
  tx: Tx,
  ids: readonly number[],
  given: Columns,
  at: string,
): Promise<Changes['columns'][number][]> {
  const names = Object.keys(given)
  if (names.length === 0) return []
  const before = await readColumns(tx, ids, names)
  const changed = await setAll(tx, ids, given, at)
  return changed.length === 0
    ? []
    : [{ given, before: changed.map((id) => [id, before.get(id) ?? {}] as const) }]
}

type ByName = [name: string, photoIds: number[]][]

/** Which photos did not have which tag before. */
async function addTags(
  tx: Tx,
  owner: SignedIn,
  ids: readonly number[],
  { names, at }: { readonly names: readonly string[]; readonly at: string },
): Promise<ByName> {
  const tagged: ByName = []
  for (const [name, tagId] of await ensureTags(tx, owner, names, at))
    tagged.push([name, await addToAll(tx, ids, tagId)])
  if (await hasTooManyTags(tx, ids, limits.tagsPerPhoto)) throw tooMany()
  return tagged.filter(([, some]) => some.length > 0)
}

/** Which photos had which tag. */
async function removeTags(
  tx: Tx,
  owner: SignedIn,
  ids: readonly number[],
  names: readonly string[],
): Promise<ByName> {
  const nameOf = await namesOfTags(tx, owner, names)
  const removed = Map.groupBy(
    await removeFromAll(tx, owner, ids, names),
    ({ tag_id }) => nameOf.get(tag_id) ?? '',
  )
  return [...removed].map(([name, some]) => [name, some.map(({ photo_id }) => photo_id)])
}

const MOST_NAMED = 100

/** What is of weight for its owner: who sees the photos, and where they go. */
async function noteChanges(tx: Tx, owner: SignedIn, { columns }: Changes, { note }: History): Promise<void> {
  for (const { given, before } of columns) {
    const photos = await hothashesOf(
      tx,
      before.slice(0, MOST_NAMED).map(([id]) => id),
    )
    const event = { photos, photo_count: before.length }
    const { visibility } = given
    if (visibility !== undefined && before.some(([, values]) => values['visibility'] !== visibility))
      await note(tx, owner, { ...event, action: 'visibility_changed', detail: { visibility } })
    if ('deleted_at' in given) await note(tx, owner, { ...event, action: 'trashed' })
  }
}

const stored = (names: readonly string[]) => [...new Set(names.flatMap((name) => normalizeTag(name) ?? []))]

function tooMany(): AppError {
  const message = `would be more than ${limits.tagsPerPhoto} on one of the photos`
  return new AppError('validation_failed', `add_tags: ${message}.`, {
    errors: [{ path: 'body.add_tags', message }],
  })
}
