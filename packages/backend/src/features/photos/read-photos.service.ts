import type { ListMeta, Photo, QueryOf, photosEndpoints } from '@imalink/contract'
import { z } from 'zod'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { isOwner } from '../../access/visibility.ts'
import { AppError } from '../../app-error.ts'
import { type PageRequest, pageMeta, readPage, writeCursor } from '../../paging.ts'
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

/** Photos the viewer may see, newest first, undated last. */
export async function listPhotos(
  db: Db,
  viewer: Viewer,
  query: QueryOf<typeof photosEndpoints.listPhotos>,
): Promise<{ data: Photo[]; meta: ListMeta }> {
  const page = readPage(query, NEWEST, newestKey)
  const rows = await photos.listNewest(db, viewer, query, page)
  const total = page.after === null ? await photos.countInScope(db, viewer, query) : null
  return pageOf(db, viewer, rows, {
    page,
    total,
    include: query.include ?? [],
    list: NEWEST,
    keyOf: newestKey,
  })
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
  return pageOf(db, owner, rows, { page, total, include: [], list: TRASH, keyOf: trashKey })
}

interface PageShape {
  readonly page: PageRequest<unknown>
  readonly total: number | null
  readonly include: readonly Parts[]
  readonly list: string
  /** Picks the sort key out of a row. */
  readonly keyOf: z.ZodType
}

/** Rows are one more than the page where another page follows. */
async function pageOf(db: Db, viewer: Viewer, rows: PhotoRow[], shape: PageShape) {
  const shown = rows.slice(0, shape.page.limit)
  const last = rows.length > shown.length ? shown.at(-1) : undefined
  const cursor = last ? writeCursor(shape.list, shape.keyOf.parse(last)) : null
  return {
    data: await withParts(db, viewer, shown, shape.include),
    meta: pageMeta(shape.page, shape.total, cursor),
  }
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
