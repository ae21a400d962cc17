import type { Db, Tx } from '../../storage/database/database.ts'
import { textIndexOf } from '../../storage/texts/text-index-of.ts'
import type { PhotoTexts } from '../../storage/texts/text-index.ts'
import type { StoredPhoto } from './store-eggs.repository.ts'

/** What the texts of a photo are made of, in its own row. */
const textColumns = [
  'title',
  'description',
  'category',
  'camera_make',
  'camera_model',
  'lens_make',
  'lens_model',
] as const

type TextFields = Pick<StoredPhoto, (typeof textColumns)[number] | 'id' | 'primary_filename'>

/** What belongs to the texts of a photo and stands in other tables. */
export interface TextParts {
  readonly tags: readonly string[]
  readonly author: string | null
  readonly filenames: readonly string[]
  /** What stories of its owner say of it: those that everybody may read, and the others. */
  readonly openStories: readonly string[]
  readonly ownStories: readonly string[]
}

/** The names of originals are their owner's. */
export function textsOf(photo: TextFields, parts: TextParts): PhotoTexts {
  const { tags, author, filenames, openStories, ownStories } = parts
  const own = new Set([photo.primary_filename, ...filenames])
  return {
    photo_id: photo.id,
    open: present([...textColumns.map((column) => photo[column]), author, ...tags, ...openStories]),
    own: present([...own, ...ownStories]),
  }
}

/** Whether photos are found by other words once these columns have other values. */
export function changesTexts(columns: object): boolean {
  return [...textColumns, 'author_id'].some((column) => column in columns)
}

const present = (texts: readonly (string | null)[]) =>
  texts.filter((text) => text !== null && text !== '') as string[]

/** Parameters in one statement have an end. */
const PHOTOS_AT_ONCE = 1000

/** Has the index know these photos as they are now. Whoever changes what they are found by calls it in the same transaction. */
export async function renewTexts(tx: Tx, photoIds: readonly number[]): Promise<void> {
  const ids = [...new Set(photoIds)].sort((a, b) => a - b)
  for (let first = 0; first < ids.length; first += PHOTOS_AT_ONCE) {
    const some = ids.slice(first, first + PHOTOS_AT_ONCE)
    await textIndexOf(tx).lock(tx, some)
    await textIndexOf(tx).write(tx, await readTexts(tx, some))
  }
}

/** The texts of photos as they are now: for the index, not for a viewer. */
export async function readTexts(db: Db, photoIds: readonly number[]): Promise<PhotoTexts[]> {
  const photos = await db
    .selectFrom('photos')
    .leftJoin('authors', 'authors.id', 'photos.author_id')
    .select(textColumns.map((column) => `photos.${column}` as const))
    .select(['photos.id', 'photos.primary_filename', 'authors.name as author'])
    .where('photos.id', 'in', photoIds)
    .execute()
  const tags = await db
    .selectFrom('photo_tags')
    .innerJoin('tags', 'tags.id', 'photo_tags.tag_id')
    .select(['photo_tags.photo_id', 'tags.name'])
    .where('photo_tags.photo_id', 'in', photoIds)
    .orderBy('tags.name')
    .execute()
  const files = await db
    .selectFrom('image_files')
    .select(['photo_id', 'filename as name'])
    .where('photo_id', 'in', photoIds)
    .orderBy('id')
    .execute()
  const [tagsOf, filesOf] = [namesByPhoto(tags), namesByPhoto(files)]
  const told = await toldOf(db, photoIds)
  const [openOf, ownOf] = [namesByPhoto(told.open), namesByPhoto(told.own)]
  return photos.map(({ author, ...photo }) => {
    const stories = { openStories: openOf(photo.id), ownStories: ownOf(photo.id) }
    return textsOf(photo, { author, tags: tagsOf(photo.id), filenames: filesOf(photo.id), ...stories })
  })
}

/** What stories of the owners of photos say of them, apart by whether everybody may read it. */
async function toldOf(db: Db, photoIds: readonly number[]) {
  const rows = await db
    .selectFrom('photos')
    .innerJoin('story_pictures', (join) =>
      join
        .onRef('story_pictures.user_id', '=', 'photos.user_id')
        .onRef('story_pictures.hothash', '=', 'photos.hothash'),
    )
    .innerJoin('stories', 'stories.id', 'story_pictures.story_id')
    .select(['photos.id as photo_id', 'story_pictures.texts'])
    .select(['stories.is_published', 'stories.visibility'])
    .where('photos.id', 'in', photoIds)
    .orderBy('stories.id')
    .execute()
  const textsOfRows = (isOpen: boolean) =>
    rows
      .filter(({ is_published, visibility }) => (is_published === 1 && visibility === 'public') === isOpen)
      .flatMap(
        ({ photo_id, texts }) => (JSON.parse(texts) as string[]).map((name) => ({ photo_id, name })), // as stories note them
      )
  return { open: textsOfRows(true), own: textsOfRows(false) }
}

/** Which of an owner's pictures are in stories of theirs. */
export async function toldAmong(tx: Tx, userId: number, hothashes: readonly string[]): Promise<Set<string>> {
  if (hothashes.length === 0) return new Set()
  const rows = await tx
    .selectFrom('story_pictures')
    .select('hothash')
    .distinct()
    .where('user_id', '=', userId)
    .where('hothash', 'in', hothashes)
    .execute()
  return new Set(rows.map(({ hothash }) => hothash))
}

function namesByPhoto(rows: readonly { readonly photo_id: number; readonly name: string }[]) {
  const byPhoto = Map.groupBy(rows, ({ photo_id }) => photo_id)
  return (photoId: number) => (byPhoto.get(photoId) ?? []).map(({ name }) => name)
}

/** Ids of everybody's photos behind one, in their order: for the index, not for a viewer. */
export async function idsBehind(db: Db, id: number): Promise<number[]> {
  const rows = await db
    .selectFrom('photos')
    .select('id')
    .where('id', '>', id)
    .orderBy('id')
    .limit(PHOTOS_AT_ONCE)
    .execute()
  return rows.map((row) => row.id)
}

export async function textsVersion(db: Db): Promise<number> {
  const { texts_version } = await db
    .selectFrom('installation')
    .select('texts_version')
    .executeTakeFirstOrThrow()
  return texts_version
}

export async function setTextsVersion(db: Db, version: number): Promise<void> {
  await db.updateTable('installation').set({ texts_version: version }).execute()
}
