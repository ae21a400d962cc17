import type { ListMeta, Photo, QueryOf, photosEndpoints } from '@imalink/contract'
import { z } from 'zod'
import { filteredBy } from '../../access/photo-filters.ts'
import { sourcesIn } from '../../access/scope.ts'
import { countMatching, countPhotos } from '../../access/sources.ts'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { isOwner } from '../../access/visibility.ts'
import { AppError } from '../../app-error.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import type { Db } from '../../storage/database/database.ts'
import { type PhotoRow, toPhoto } from './photo-shape.ts'
import * as photos from './photos.repository.ts'

type Parts = 'exif' | 'files'

/** One photo, whole. Hidden and missing are both `photo_not_found`. */
export async function readPhoto(db: Db, viewer: Viewer, ref: string): Promise<Photo> {
  const row = await photos.findPhoto(db, viewer, ref)
  if (!row) throw photoNotFound()
  return onlyOne(await withParts(db, viewer, [row], ['exif', 'files']))
}

export function photoNotFound(): AppError {
  return new AppError('photo_not_found', 'There is no such photo.')
}

function onlyOne(shaped: readonly Photo[]): Photo {
  const [photo] = shaped
  if (!photo) throw new Error('a photo that was read has no shape')
  return photo
}

const newestKey = z.object({ sort_time: z.string(), id: z.int() })
const NEWEST = 'photos:newest'

/** Photos the viewer may see and the filters let through, newest first, undated last. */
export async function listPhotos(
  db: Db,
  viewer: Viewer,
  query: QueryOf<typeof photosEndpoints.listPhotos>,
): Promise<{ data: Photo[]; meta: ListMeta }> {
  const page = readPage(query, NEWEST, newestKey)
  const sources = await sourcesIn(db, viewer, query)
  const where = filteredBy(query)
  const rows = await photos.listNewest(db, sources, { ...page, where })
  const count = () => (where ? countMatching(db, sources, where) : countPhotos(db, sources, 'all'))
  const total = page.after === null ? await count() : null
  const { shown, nextCursor } = cutPage(rows, page, NEWEST, ({ sort_time, id }) => ({ sort_time, id }))
  const data = await withParts(db, viewer, shown, query.include ?? [])
  return { data, meta: pageMeta(page, total, nextCursor) }
}

const trashKey = z.object({ deleted_at: z.string(), id: z.int() })
const TRASH = 'photos:trash'

/** The owner's trash, last deleted first. */
export async function listTrash(
  db: Db,
  owner: SignedIn,
  query: QueryOf<typeof photosEndpoints.listTrash>,
): Promise<{ data: Photo[]; meta: ListMeta }> {
  const page = readPage(query, TRASH, trashKey)
  const rows = await photos.listTrash(db, owner, page)
  const total = page.after === null ? await photos.countTrash(db, owner) : null
  const { shown, nextCursor } = cutPage(rows, page, TRASH, ({ deleted_at, id }) => ({ deleted_at, id }))
  return { data: await withParts(db, owner, shown, []), meta: pageMeta(page, total, nextCursor) }
}

/** Shapes rows for the viewer, with what belongs to them in other tables; one query a table. */
async function withParts(
  db: Db,
  viewer: Viewer,
  rows: readonly PhotoRow[],
  include: readonly Parts[],
): Promise<Photo[]> {
  const own = viewer.userId === null ? [] : rows.filter((row) => isOwner(viewer, row)).map((row) => row.id)
  const owner = viewer.userId === null ? null : viewer
  const tags = Map.groupBy(
    await photos.tagsOf(
      db,
      rows.map((row) => row.id),
    ),
    (tag) => tag.photo_id,
  )
  const files = include.includes('files') && owner ? await photos.filesOf(db, owner, own) : []
  const eggs = include.includes('exif') && owner ? await photos.eggsOf(db, owner, own) : []
  const filesByPhoto = Map.groupBy(files, (file) => file.photo_id)
  const eggByPhoto = new Map(eggs.map((egg) => [egg.photo_id, egg]))
  return rows.map((row) =>
    toPhoto(viewer, row, {
      tags: (tags.get(row.id) ?? []).map(({ id, name }) => ({ id, name })),
      files: include.includes('files') ? (filesByPhoto.get(row.id) ?? []) : undefined,
      egg: include.includes('exif') ? eggByPhoto.get(row.id) : undefined,
    }),
  )
}
