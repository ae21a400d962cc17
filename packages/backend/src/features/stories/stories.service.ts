import type { BodyOf, ListMeta, QueryOf, Story, Visibility, storiesEndpoints } from '@imalink/contract'
import { z } from 'zod'
import { ownerInScope } from '../../access/scope.ts'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { AppError, missingReference } from '../../app-error.ts'
import { now } from '../../clock.ts'
import type { History } from '../../history.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import { type Db, type Tx, inTransaction } from '../../storage/database/database.ts'
import { wordsOf } from '../../text/words.ts'
import * as stories from './stories.repository.ts'
import { picturesIn, textsIn, withPictures } from './story-content.ts'
import { type ToldPhotos, forgetStory, isOpen, tellStory } from './told-photos.service.ts'

type Endpoints = typeof storiesEndpoints
type Said = BodyOf<Endpoints['putStory']>

/** What stories need of photos and the log; `app.ts` introduces them. */
export interface StoryPhotos extends ToldPhotos {
  /** Shows own photos to those whom the level lets see them. */
  show(
    tx: Tx,
    owner: SignedIn,
    photos: readonly { readonly id: number; readonly hothash: string }[],
    visibility: Visibility,
  ): Promise<void>
  readonly note: History['note']
}

const LIST = 'phototext'
const storyKey = z.object({ updated_at: z.string(), id: z.int() })

/** Stories that the viewer may read, latest change first. Throws `credentials_required`. */
export async function pageOfStories(
  db: Db,
  viewer: Viewer,
  { scope, q = '', document_type, ...query }: QueryOf<Endpoints['listStories']>,
): Promise<{ data: Story[]; meta: ListMeta }> {
  const page = readPage(query, LIST, storyKey)
  const wanted = {
    ownerId: await ownerInScope(db, viewer, { scope, things: 'stories' }),
    document_type,
    words: wordsOf(q),
  }
  const rows = await stories.listStories(db, viewer, wanted, page)
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ updated_at, id }) => ({ updated_at, id }))
  const total = page.after === null ? await stories.countStories(db, viewer, wanted) : null
  const covers = await stories.visibleAmong(
    db,
    viewer,
    shown.flatMap(({ cover_hash }) => cover_hash ?? []),
  )
  return { data: shown.map((row) => toStory(viewer, row, covers)), meta: pageMeta(page, total, nextCursor) }
}

/** A story with the pictures in it that the viewer may see. Throws `story_not_found`. */
export async function readStory(db: Db, viewer: Viewer, id: number): Promise<Story> {
  const row = await stories.findStory(db, viewer, id)
  if (!row) throw storyNotFound()
  const content = stories.contentOf(row)
  const pictures = picturesIn(content, row.cover_hash)
  const seen = await stories.visibleAmong(db, viewer, pictures)
  return {
    ...toStory(viewer, row, seen),
    content: withPictures(content, seen),
    ...(viewer.userId === row.user_id ? { hidden_photos: await hiddenIn(db, viewer, row) } : {}),
  }
}

function toStory(viewer: Viewer, row: stories.StoryRow, seen: ReadonlySet<string>): Story {
  const { user_id, display_name, content: _content, cover_hash, cover_alt, is_published, ...rest } = row
  return {
    ...rest,
    cover_image: cover_hash !== null && seen.has(cover_hash) ? { hash: cover_hash, alt: cover_alt } : null,
    is_published: is_published === 1,
    owner: { id: user_id, display_name },
    is_mine: viewer.userId === user_id,
  }
}

/** Who sees a photo of a level: more and more people. Of spaces, whoever is in the right one. */
const width: Readonly<Record<Visibility, number>> = { private: 0, space: 1, authenticated: 2, public: 3 }

/** Own photos in a story that are not for all who may read it. */
async function narrower(db: Db, owner: SignedIn, row: stories.StoryRow) {
  const pictures = picturesIn(stories.contentOf(row), row.cover_hash)
  const own = await stories.ownAmong(db, owner, pictures)
  return own.filter(({ visibility }) => width[visibility] < width[row.visibility])
}

async function hiddenIn(db: Db, owner: SignedIn, row: stories.StoryRow): Promise<string[]> {
  return (await narrower(db, owner, row)).map(({ hothash }) => hothash).sort()
}

/** Writes a story. Throws `photo_not_found`. */
export function createStory(
  db: Db,
  owner: SignedIn,
  said: BodyOf<Endpoints['createStory']>,
  photos: StoryPhotos,
): Promise<Story> {
  return inTransaction(db, async (tx) => {
    const at = now()
    const content = said.content ?? { version: '1', blocks: [] }
    const cover = said.cover_image ?? null
    await mustBeSeen(tx, owner, picturesIn(content, cover?.hash ?? null))
    const texts = { title: said.title, abstract: said.abstract ?? null }
    const id = await stories.insertStory(tx, {
      user_id: owner.userId,
      ...texts,
      document_type: said.document_type ?? 'general',
      cover_hash: cover?.hash ?? null,
      cover_alt: cover?.alt ?? null,
      content: JSON.stringify(content),
      words: wordsIn([texts.title, texts.abstract ?? '', ...textsIn(content)]),
      visibility: said.visibility ?? 'private',
      is_published: said.is_published ? 1 : 0,
      published_at: said.is_published ? at : null,
      created_at: at,
      updated_at: at,
    })
    await tellStory(tx, id, photos)
    if (said.is_published) await notePublished(tx, owner, id, 'story_published', photos)
    if (said.sync_photos) await widen(tx, owner, id, photos)
    return readStory(tx, owner, id)
  })
}

/** Between blanks, so that whole words are found. */
function wordsIn(texts: readonly string[]): string {
  return ` ${texts.flatMap(wordsOf).join(' ')} `
}

async function mustBeSeen(tx: Tx, owner: SignedIn, hothashes: readonly string[]): Promise<void> {
  const seen = await stories.visibleAmong(tx, owner, hothashes)
  const missing = hothashes.findIndex((hothash) => !seen.has(hothash))
  if (missing >= 0)
    throw missingReference('photo_not_found', 'A picture in the story is no photo that you see.')
}

/** Changes what is given. Throws `story_not_found`, and `photo_not_found` for pictures that come in. */
export function changeStory(
  db: Db,
  owner: SignedIn,
  id: number,
  { said, photos }: { readonly said: Said; readonly photos: StoryPhotos },
): Promise<Story> {
  return inTransaction(db, async (tx) => {
    const before = await stories.lockStory(tx, owner, id)
    if (!before) throw storyNotFound()
    const { sync_photos, is_published, cover_image: cover, content: given, ...plain } = said
    const had = stories.contentOf(before)
    const content = given ?? had
    const coverHash = cover === undefined ? before.cover_hash : (cover?.hash ?? null)
    // Of pictures that were there before, some may have gone since.
    const known = new Set(picturesIn(had, before.cover_hash))
    await mustBeSeen(
      tx,
      owner,
      picturesIn(content, coverHash).filter((hothash) => !known.has(hothash)),
    )
    const { title = before.title, abstract = before.abstract } = plain
    await stories.updateStory(tx, id, {
      ...Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined)),
      ...(cover === undefined ? {} : { cover_hash: coverHash, cover_alt: cover?.alt ?? null }),
      ...(given === undefined ? {} : { content: JSON.stringify(content) }),
      words: wordsIn([title, abstract ?? '', ...textsIn(content)]),
      ...(is_published === undefined ? {} : published(is_published, before.published_at)),
      updated_at: now(),
    })
    await tellStory(tx, id, photos, isOpen(before))
    const isOut = is_published ?? before.is_published === 1
    const isShownAnew = isOut && plain.visibility !== undefined && plain.visibility !== before.visibility
    if (isShownAnew || isOut !== (before.is_published === 1))
      await notePublished(tx, owner, id, isOut ? 'story_published' : 'story_withdrawn', photos)
    if (sync_photos) await widen(tx, owner, id, photos)
    return readStory(tx, owner, id)
  })
}

function published(isPublished: boolean, before: string | null) {
  return { is_published: isPublished ? 1 : 0, published_at: isPublished ? (before ?? now()) : null } as const
}

async function notePublished(
  tx: Tx,
  owner: SignedIn,
  id: number,
  action: 'story_published' | 'story_withdrawn',
  { note }: StoryPhotos,
): Promise<void> {
  const row = await stories.findStory(tx, owner, id)
  if (!row) return
  await note(tx, owner, { action, detail: { story: { id, title: row.title }, visibility: row.visibility } })
}

/** Shows own photos in the story to all who may read it; never to fewer than before. */
async function widen(tx: Tx, owner: SignedIn, id: number, photos: StoryPhotos): Promise<void> {
  const row = await stories.findStory(tx, owner, id)
  if (row) await photos.show(tx, owner, await narrower(tx, owner, row), row.visibility)
}

/** Throws `story_not_found`. */
export function deleteStory(db: Db, owner: SignedIn, id: number, photos: ToldPhotos): Promise<void> {
  return inTransaction(db, async (tx) => {
    if (!(await stories.lockStory(tx, owner, id))) throw storyNotFound()
    await forgetStory(tx, id, photos)
    await stories.deleteStory(tx, id)
  })
}

const storyNotFound = () => new AppError('story_not_found', 'There is no such story.')
