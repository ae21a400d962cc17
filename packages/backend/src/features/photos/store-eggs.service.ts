import type { CreatedPhoto } from '@imalink/contract'
import type { SignedIn } from '../../access/viewer.ts'
import { now } from '../../clock.ts'
import type { Tx } from '../../storage/database/database.ts'
import type { CheckedEgg } from './check-egg.ts'
import { type EggDefaults, additions, eggRow, fileRow, photoRow } from './egg-rows.ts'
import {
  type StoredPhoto,
  ensureTags,
  insertEggs,
  insertFiles,
  insertHotpreviews,
  insertPhotos,
  insertPhotoTags,
  knownFileSha256s,
  photosByFileSha256,
  photosByHothash,
  updatePhoto,
} from './store-eggs.repository.ts'

export interface EggToStore {
  readonly egg: CheckedEgg
  readonly defaults: EggDefaults
}

interface Placed extends EggToStore {
  readonly photo: StoredPhoto
  readonly isDuplicate: boolean
}

/**
 * Stores checked eggs in the caller's transaction: photos, hotpreviews, eggs, file records, tags. Answers in the order
 * of the eggs. Everything is inserted a table at a time and in one order, so overlapping imports never block in a ring.
 */
export async function storeEggs(
  tx: Tx,
  owner: SignedIn,
  eggs: readonly EggToStore[],
): Promise<CreatedPhoto[]> {
  const at = now()
  const placed = await placeEggs(tx, owner, eggs, at)
  const created = placed.filter((item) => !item.isDuplicate)
  const duplicates = placed.filter((item) => item.isDuplicate)
  await insertHotpreviews(
    tx,
    created.map(({ photo, egg }) => ({ photo_id: photo.id, jpeg: egg.hotpreview })),
  )
  await insertEggs(
    tx,
    created.map(({ photo, egg }) => eggRow(photo.id, egg)),
  )
  const strangers = await findStrangers(tx, duplicates)
  await insertFiles(
    tx,
    placed.flatMap(({ photo, egg }) => egg.files.map((file) => fileRow(owner, photo.id, file, at))),
  )
  for (const { photo, egg } of duplicates) {
    const added = additions(photo, egg, at)
    if (added) await updatePhoto(tx, photo.id, added)
  }
  await tagPhotos(tx, owner, created, at)
  return placed.map((item) => toCreated(item, strangers.has(item)))
}

/** Finds for each egg the photo that it is, or makes it. Equal bytes decide before equal previews. */
async function placeEggs(
  tx: Tx,
  owner: SignedIn,
  eggs: readonly EggToStore[],
  at: string,
): Promise<Placed[]> {
  const sha256s = [...new Set(eggs.flatMap(({ egg }) => egg.files.flatMap((file) => file.file_sha256 || [])))]
  const byBytes = await photosByFileSha256(tx, owner, sha256s)
  const unplaced = eggs.filter(({ egg }) => !photoWithBytes(egg, byBytes))
  const firsts = firstOfEach(unplaced).sort((a, b) =>
    a.egg.request.hothash < b.egg.request.hothash ? -1 : 1,
  )
  const made = await insertPhotos(
    tx,
    firsts.map(({ egg, defaults }) => photoRow(owner, egg, defaults, at)),
  )
  const makers = new Map(
    made.map((photo) => [photo.hothash, firsts.find(({ egg }) => egg.request.hothash === photo.hothash)]),
  )
  const found = await photosByHothash(
    tx,
    owner,
    eggs.map(({ egg }) => egg.request.hothash).filter((hash) => !makers.has(hash)),
  )
  const byHothash = new Map([...found, ...made].map((photo) => [photo.hothash, photo]))
  const bytesMadeNow = new Map(
    firsts.flatMap(({ egg }) => {
      const photo = byHothash.get(egg.request.hothash)
      return photo
        ? egg.files.flatMap((file) => (file.file_sha256 ? [[file.file_sha256, photo] as const] : []))
        : []
    }),
  )
  return eggs.map((item) => {
    const { egg } = item
    const photo =
      photoWithBytes(egg, byBytes) ?? byHothash.get(egg.request.hothash) ?? photoWithBytes(egg, bytesMadeNow)
    if (!photo) throw new Error(`the photo ${egg.request.hothash} was neither made nor found`)
    return { ...item, photo, isDuplicate: makers.get(photo.hothash) !== item }
  })
}

function photoWithBytes(egg: CheckedEgg, byBytes: ReadonlyMap<string, StoredPhoto>): StoredPhoto | undefined {
  return egg.files.map((file) => byBytes.get(file.file_sha256 ?? '')).find((photo) => photo !== undefined)
}

/** Of eggs with the same hothash or the same bytes, the first makes the photo. */
function firstOfEach(eggs: readonly EggToStore[]): EggToStore[] {
  const seen = new Set<string>()
  return eggs.filter(({ egg }) => {
    const marks = [
      egg.request.hothash,
      ...egg.files.flatMap((file) => (file.file_sha256 ? [file.file_sha256] : [])),
    ]
    const isNew = marks.every((mark) => !seen.has(mark))
    for (const mark of marks) seen.add(mark)
    return isNew
  })
}

/** Duplicates whose original differs from every known one of their photo. */
async function findStrangers(tx: Tx, duplicates: readonly Placed[]): Promise<Set<Placed>> {
  const known = await knownFileSha256s(tx, [...new Set(duplicates.map(({ photo }) => photo.id))])
  const isStranger = ({ photo, egg }: Placed) => {
    const others = known.get(photo.id)
    return egg.files.some(
      ({ file_sha256 }) => file_sha256 && others && others.size > 0 && !others.has(file_sha256),
    )
  }
  return new Set(duplicates.filter(isStranger))
}

async function tagPhotos(tx: Tx, owner: SignedIn, created: readonly Placed[], at: string): Promise<void> {
  const tagsFor = ({ egg, defaults }: Placed) => (egg.request.tags ? egg.tags : defaults.tags)
  const ids = await ensureTags(tx, owner, [...new Set(created.flatMap(tagsFor))], at)
  const rows = created.flatMap((item) =>
    tagsFor(item).flatMap((name) => {
      const tagId = ids.get(name)
      return tagId === undefined ? [] : [{ photo_id: item.photo.id, tag_id: tagId }]
    }),
  )
  await insertPhotoTags(tx, rows)
}

function toCreated({ photo, isDuplicate }: Placed, isStranger: boolean): CreatedPhoto {
  const { id, hothash, title, rating, visibility, width, height, taken_at, created_at, deleted_at } = photo
  return {
    ...{ id, hothash, title, rating, visibility, width, height, taken_at, created_at },
    is_duplicate: isDuplicate,
    ...(deleted_at === null ? {} : { in_trash: true }),
    ...(isStranger ? { same_preview_different_file: true } : {}),
  }
}
