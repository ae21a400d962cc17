import type { CreatedPhoto } from '@imalink/contract'
import type { SignedIn } from '../../access/viewer.ts'
import { now } from '../../clock.ts'
import type { Tx } from '../../storage/database/database.ts'
import { textIndexOf } from '../../storage/texts/text-index-of.ts'
import type { CheckedEgg } from './check-egg.ts'
import { type EggDefaults, additions, eggRow, fileRow, photoRow } from './egg-rows.ts'
import {
  type StoredPhoto,
  ensureTags,
  hothashesByFileSha256,
  insertEggs,
  insertFiles,
  insertHotpreviews,
  insertPhotos,
  insertPhotoTags,
  knownFileSha256s,
  photosByHothash,
  updatePhoto,
} from './store-eggs.repository.ts'
import { renewTexts, textsOf, toldAmong } from './texts.repository.ts'

export interface EggToStore {
  readonly egg: CheckedEgg
  readonly defaults: EggDefaults
}

/** What storing needs of other features; `app.ts` introduces them. */
export interface Registers {
  /** The owner's authors of these names, made where they are missing; ids by name. */
  ensureAuthors(
    tx: Tx,
    owner: SignedIn,
    names: readonly string[],
    at: string,
  ): Promise<ReadonlyMap<string, number>>
  /** Has the owner know the volumes that file records name. */
  ensureVolumes(tx: Tx, owner: SignedIn, names: readonly string[], at: string): Promise<void>
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
  registers: Registers,
): Promise<CreatedPhoto[]> {
  const at = now()
  const placed = await placeEggs(tx, owner, eggs, { at, registers })
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
  const files = placed.flatMap(({ photo, egg }) =>
    egg.files.map((file) => fileRow(owner, photo.id, file, at)),
  )
  await insertFiles(tx, files)
  await registers.ensureVolumes(tx, owner, volumesOf(files), at)
  const filled = await fillPhotos(tx, duplicates, at)
  await tagPhotos(tx, owner, created, at)
  await writeTexts(tx, owner, created, duplicates)
  return placed.map((item) =>
    toCreated({ ...item, photo: filled.get(item.photo.id) ?? item.photo }, strangers.has(item)),
  )
}

/** The places that file records name. */
export function volumesOf(files: readonly { readonly volume: string }[]): string[] {
  return [...new Set(files.map(({ volume }) => volume))].filter((volume) => volume !== '')
}

/** Gives photos what their duplicates know and they do not, the first that knows it; the photos as they are then. */
async function fillPhotos(
  tx: Tx,
  duplicates: readonly Placed[],
  at: string,
): Promise<Map<number, StoredPhoto>> {
  const photos = new Map(duplicates.map(({ photo }) => [photo.id, photo]))
  for (const { photo, egg } of duplicates) {
    const added = additions(photos.get(photo.id) ?? photo, egg, at)
    if (added) photos.set(photo.id, await updatePhoto(tx, photo.id, added))
  }
  return photos
}

/** Finds for each egg the photo that it is, or makes it. */
async function placeEggs(
  tx: Tx,
  owner: SignedIn,
  eggs: readonly EggToStore[],
  { at, registers }: { at: string; registers: Registers },
): Promise<Placed[]> {
  const homes = await findHomes(tx, owner, eggs)
  const makers = firstOfEachHome(eggs, homes)
  const isMaker = new Set(makers)
  // In the order of the eggs: of two ways to write a name, the first counts.
  const makersInTurn = eggs.filter((item) => isMaker.has(item))
  const creators = await registers.ensureAuthors(tx, owner, await newCreators(tx, owner, makersInTurn), at)
  const made = await insertPhotos(
    tx,
    makers.map(({ egg, defaults }) => {
      const creator_id = creators.get(egg.creator ?? '') ?? null
      return photoRow(owner, egg, { ...defaults, creator_id }, at)
    }),
  )
  const madeNow = new Set(made.map(({ hothash }) => hothash))
  const missing = [...new Set(homes.values())].filter((hothash) => !madeNow.has(hothash))
  const found = await photosByHothash(tx, owner, missing)
  const photos = new Map([...made, ...found].map((photo) => [photo.hothash, photo]))
  return eggs.map((item) => {
    const photo = photos.get(homes.get(item) ?? '')
    if (!photo) throw new Error(`the photo of the egg ${item.egg.request.hothash} was neither made nor found`)
    return { ...item, photo, isDuplicate: !madeNow.has(photo.hothash) || !isMaker.has(item) }
  })
}

/** Who took the pictures that are new: a duplicate neither changes its author nor makes one. */
async function newCreators(tx: Tx, owner: SignedIn, makers: readonly EggToStore[]): Promise<string[]> {
  const credited = makers.filter(({ egg }) => egg.creator !== null)
  const there = await photosByHothash(
    tx,
    owner,
    credited.map(({ egg }) => egg.request.hothash),
  )
  const known = new Set(there.map(({ hothash }) => hothash))
  const fresh = credited.filter(({ egg }) => !known.has(egg.request.hothash))
  return [...new Set(fresh.flatMap(({ egg }) => egg.creator ?? []))]
}

/** The hothash of each egg's photo, as if they came one by one. Equal bytes decide before equal previews. */
async function findHomes(
  tx: Tx,
  owner: SignedIn,
  eggs: readonly EggToStore[],
): Promise<Map<EggToStore, string>> {
  const byBytes = await hothashesByFileSha256(tx, owner, [
    ...new Set(eggs.flatMap(({ egg }) => sha256sOf(egg))),
  ])
  const homes = new Map<EggToStore, string>()
  for (const item of eggs) {
    const sha256s = sha256sOf(item.egg)
    const known = sha256s.find((sha256) => byBytes.has(sha256)) ?? ''
    const home = byBytes.get(known) ?? item.egg.request.hothash
    homes.set(item, home)
    for (const sha256 of sha256s) if (!byBytes.has(sha256)) byBytes.set(sha256, home)
  }
  return homes
}

const sha256sOf = (egg: CheckedEgg) => egg.files.flatMap((file) => file.file_sha256 || [])

/** The eggs that photos can be made of, in one order everywhere. */
function firstOfEachHome(eggs: readonly EggToStore[], homes: ReadonlyMap<EggToStore, string>): EggToStore[] {
  const makers = new Map<string, EggToStore>()
  for (const item of eggs) {
    const { hothash } = item.egg.request
    if (homes.get(item) === hothash && !makers.has(hothash)) makers.set(hothash, item)
  }
  return [...makers.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
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

const tagsFor = ({ egg, defaults }: Placed) => (egg.request.tags ? egg.tags : defaults.tags)

async function tagPhotos(tx: Tx, owner: SignedIn, created: readonly Placed[], at: string): Promise<void> {
  const ids = await ensureTags(tx, owner, [...new Set(created.flatMap(tagsFor))], at)
  const rows = created.flatMap((item) =>
    tagsFor(item).flatMap((name) => {
      const tagId = ids.get(name)
      return tagId === undefined ? [] : [{ photo_id: item.photo.id, tag_id: tagId }]
    }),
  )
  await insertPhotoTags(tx, rows)
}

/** What is new is known here; what was there has more than its duplicate says. */
async function writeTexts(
  tx: Tx,
  owner: SignedIn,
  created: readonly Placed[],
  duplicates: readonly Placed[],
): Promise<void> {
  const told = await toldAmong(
    tx,
    owner.userId,
    created.map(({ photo }) => photo.hothash),
  )
  const [others = [], plain = []] = [true, false].map((isOther) =>
    created.filter(({ photo }) => (photo.author_id !== null || told.has(photo.hothash)) === isOther),
  )
  const texts = plain.map((item) =>
    textsOf(item.photo, {
      author: null,
      tags: [...tagsFor(item)].sort(),
      filenames: item.egg.files.map(({ filename }) => filename),
      openStories: [],
      ownStories: [],
    }),
  )
  await textIndexOf(tx).write(tx, texts)
  await renewTexts(
    tx,
    [...others, ...duplicates].map(({ photo }) => photo.id),
  )
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
