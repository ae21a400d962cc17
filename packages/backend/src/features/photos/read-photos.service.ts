import type { ListMeta, Photo, QueryOf, photosEndpoints } from '@imalink/contract'
import { z } from 'zod'
import { countSelection, selectPhotos } from '../../access/selection.ts'
import type { PhotoKey, PhotoOrder } from '../../access/sources.ts'
import { countInStacks } from '../../access/stacks.ts'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { isOwner } from '../../access/visibility.ts'
import { AppError } from '../../app-error.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import type { Db } from '../../storage/database/database.ts'
import { type PhotoRow, toPhoto } from './photo-shape.ts'
import * as photos from './photos.repository.ts'

type Parts = 'exif' | 'files' | 'stacks'

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

type ListQuery = QueryOf<typeof photosEndpoints.listPhotos>

const textKey = z.object({ key: z.string(), id: z.int() })
const numberKey = z.object({ key: z.number(), id: z.int() })

/** Photos the viewer may see and the filters let through; newest first and undated last, unless the query says otherwise. */
export async function listPhotos(
  db: Db,
  viewer: Viewer,
  query: ListQuery,
): Promise<{ data: Photo[]; meta: ListMeta }> {
  const order = orderOf(query)
  const list = `photos:${order.by} ${order.direction}`
  const page = readPage<PhotoKey>(query, list, order.by === 'rating' ? numberKey : textKey)
  const selection = await selectPhotos(db, viewer, query)
  const rows = await photos.listPage(db, selection, { ...page, order })
  const total = page.after === null ? await countSelection(db, viewer, selection, query) : null
  const { shown, nextCursor } = cutPage(rows, page, list, ({ key, id }) => ({ key, id }))
  const data = await withParts(db, viewer, shown, [
    ...(query.include ?? []),
    ...(query.stacks ? ['stacks' as const] : []),
  ])
  return { data, meta: pageMeta(page, total, nextCursor) }
}

/** Photos by their ids, in that order, as far as the viewer may see them. */
export async function readPhotos(
  db: Db,
  viewer: Viewer,
  ids: readonly number[],
  include: readonly Parts[],
): Promise<Photo[]> {
  const rows = new Map((await photos.photosByIds(db, viewer, ids)).map((row) => [row.id, row]))
  const there = ids.flatMap((id) => rows.get(id) ?? [])
  return withParts(db, viewer, there, include)
}

/** The hothash of the first photo of a list, null where it is empty. */
export async function firstFound(db: Db, viewer: Viewer, query: ListQuery): Promise<string | null> {
  const selection = await selectPhotos(db, viewer, query)
  const [first] = await photos.listPage(db, selection, {
    order: orderOf(query),
    limit: 1,
    offset: 0,
    after: null,
  })
  return first?.hothash ?? null
}

/** How many photos a list has. */
export async function countFound(db: Db, viewer: Viewer, query: ListQuery): Promise<number> {
  return countSelection(db, viewer, await selectPhotos(db, viewer, query), query)
}

function orderOf({ sort_by: by = 'taken_at', sort_order: direction = 'desc' }: ListQuery): PhotoOrder {
  return { by, direction }
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
  const stacks = include.includes('stacks') ? rows.flatMap(({ stack_id }) => stack_id ?? []) : []
  const stackCounts = await countInStacks(db, viewer, stacks)
  const filesByPhoto = Map.groupBy(files, (file) => file.photo_id)
  const eggByPhoto = new Map(eggs.map((egg) => [egg.photo_id, egg]))
  return rows.map((row) =>
    toPhoto(viewer, row, {
      tags: (tags.get(row.id) ?? []).map(({ id, name }) => ({ id, name })),
      files: include.includes('files') ? (filesByPhoto.get(row.id) ?? []) : undefined,
      stackCount: stackCounts.get(row.stack_id ?? 0),
      egg: include.includes('exif') ? eggByPhoto.get(row.id) : undefined,
    }),
  )
}
