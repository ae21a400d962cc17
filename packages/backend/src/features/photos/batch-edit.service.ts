import {
  type AnswerOf,
  type PhotoBatchEdit,
  type PhotoFilters,
  limits,
  normalizeTag,
  type photoEditsEndpoints,
} from '@imalink/contract'
import { ownIdsOf } from '../../access/selection.ts'
import type { SignedIn } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { type Tx, inTransaction } from '../../storage/database/database.ts'
import { addToAll, hasTooManyTags, lockAll, removeFromAll, setAll } from './batch-edit.repository.ts'
import type { CreateDeps } from './create-photos.service.ts'
import { columnsOf, mustBeOwnAuthor } from './edit-photo.service.ts'
import { ensureTags } from './store-eggs.repository.ts'
import { changesTexts, renewTexts } from './texts.repository.ts'
import { whyNotOwn } from './trash.service.ts'

/**
 * Changes many own photos alike, all of them or none; `changed` counts those that are not as they were. Throws
 * `photo_not_found` or `not_yours` for the first that cannot be changed, `author_not_found`, `contradicting_parameters`, `validation_failed`.
 */
export function editPhotos(
  { db, registers }: Pick<CreateDeps, 'db' | 'registers'>,
  owner: SignedIn,
  wanted: PhotoBatchEdit,
): Promise<AnswerOf<(typeof photoEditsEndpoints)['editPhotos']>> {
  return inTransaction(db, async (tx) => {
    const ids = await wantedOnes(tx, owner, wanted)
    if (ids.length === 0) return { matched: 0, changed: 0 }
    if (wanted.set) await mustBeOwnAuthor(tx, { registers }, owner, wanted.set)
    const changed = new Set(await change(tx, owner, ids, wanted))
    return { matched: ids.length, changed: changed.size }
  })
}

async function wantedOnes(tx: Tx, owner: SignedIn, { photos, filter }: PhotoBatchEdit): Promise<number[]> {
  if (photos && filter) {
    throw new AppError('contradicting_parameters', 'Name the photos or filter them, not both.')
  }
  return photos ? ownOnes(tx, owner, photos) : filteredOnes(tx, owner, filter ?? {})
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

/** The ids of what is referred to, each once. */
async function ownOnes(
  tx: Tx,
  owner: SignedIn,
  refs: NonNullable<PhotoBatchEdit['photos']>,
): Promise<number[]> {
  const ids = refs.filter((ref) => typeof ref === 'number')
  const hothashes = refs.filter((ref) => typeof ref === 'string')
  const found = await lockAll(tx, owner, { ids, hothashes })
  const known = new Set<number | string>(found.flatMap(({ id, hothash }) => [id, hothash]))
  const missing = refs.find((ref) => !known.has(ref))
  if (missing !== undefined) throw await whyNotOwn(tx, owner, String(missing))
  return found.map(({ id }) => id)
}

async function change(
  tx: Tx,
  owner: SignedIn,
  ids: readonly number[],
  { set, add_tags, remove_tags, delete: toTrash }: PhotoBatchEdit,
): Promise<number[]> {
  const at = now()
  const columns = set ? columnsOf(set, { gps_latitude: null, gps_longitude: null }) : {}
  const changed = Object.keys(columns).length > 0 ? await setAll(tx, ids, columns, at) : []
  const tagged = [
    ...(add_tags ? await addTags(tx, owner, ids, { names: stored(add_tags), at }) : []),
    ...(remove_tags ? await removeFromAll(tx, owner, ids, stored(remove_tags)) : []),
  ]
  if (tagged.length > 0) await setAll(tx, [...new Set(tagged)], { updated_at: at }, at)
  await renewTexts(tx, [...(changesTexts(columns) ? changed : []), ...tagged])
  const deleted = toTrash ? await setAll(tx, ids, { deleted_at: at }, at) : []
  return [...changed, ...tagged, ...deleted]
}

async function addTags(
  tx: Tx,
  owner: SignedIn,
  ids: readonly number[],
  { names, at }: { readonly names: readonly string[]; readonly at: string },
): Promise<number[]> {
  const tagged: number[] = []
  for (const tagId of (await ensureTags(tx, owner, names, at)).values())
    tagged.push(...(await addToAll(tx, ids, tagId)))
  if (await hasTooManyTags(tx, ids, limits.tagsPerPhoto)) throw tooMany()
  return tagged
}

const stored = (names: readonly string[]) => [...new Set(names.flatMap((name) => normalizeTag(name) ?? []))]

function tooMany(): AppError {
  const message = `would be more than ${limits.tagsPerPhoto} on one of the photos`
  return new AppError('validation_failed', `add_tags: ${message}.`, {
    errors: [{ path: 'body.add_tags', message }],
  })
}
