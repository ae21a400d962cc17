import {
  type BodyOf,
  type ListMeta,
  type Photo,
  type QueryOf,
  type SavedSearch,
  searchCriteria,
  type searchEndpoints,
} from '@imalink/contract'
import { z } from 'zod'
import type { SignedIn, Viewer } from '../../access/viewer.ts'
import { AppError } from '../../app-error.ts'
import { now } from '../../clock.ts'
import { cutPage, pageMeta, readPage } from '../../paging.ts'
import type { Db } from '../../storage/database/database.ts'
import * as searches from './saved-searches.repository.ts'

type Endpoints = typeof searchEndpoints

/** What a search needs of photos; `app.ts` introduces them. */
export type ListPhotos = (
  db: Db,
  viewer: Viewer,
  search: BodyOf<Endpoints['searchPhotos']>,
) => Promise<{ data: Photo[]; meta: ListMeta }>

const LIST = 'photo-searches'

/** The owner's saved searches in the order they came. */
export async function pageOfSearches(
  db: Db,
  owner: SignedIn,
  query: QueryOf<Endpoints['listSavedSearches']>,
): Promise<{ data: SavedSearch[]; meta: ListMeta }> {
  const page = readPage(query, LIST, z.int())
  const rows = await searches.listSearches(db, owner, page)
  const { shown, nextCursor } = cutPage(rows, page, LIST, ({ id }) => id)
  const total = page.after === null ? await searches.countSearches(db, owner) : null
  return { data: shown.map(toSearch), meta: pageMeta(page, total, nextCursor) }
}

/** Throws `search_not_found`. */
export async function readSearch(db: Db, owner: SignedIn, searchId: number): Promise<SavedSearch> {
  return toSearch(found(await searches.findSearch(db, owner, searchId)))
}

/** Criteria as they are written in the request, which the contract has checked. */
type Written = Readonly<Record<string, unknown>>

export async function saveSearch(
  db: Db,
  owner: SignedIn,
  { name, description = null, is_favorite = false }: BodyOf<Endpoints['createSavedSearch']>,
  written: Written,
): Promise<SavedSearch> {
  const at = now()
  const row = await searches.insertSearch(db, {
    user_id: owner.userId,
    name,
    description,
    search_criteria: JSON.stringify(written),
    is_favorite: is_favorite ? 1 : 0,
    created_at: at,
    updated_at: at,
  })
  return toSearch(row)
}

/** Changes what is given. Throws `search_not_found`. */
export async function changeSearch(
  db: Db,
  owner: SignedIn,
  searchId: number,
  { name, description, is_favorite }: BodyOf<Endpoints['updateSavedSearch']>,
  written: Written | undefined,
): Promise<SavedSearch> {
  const columns = {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(is_favorite === undefined ? {} : ({ is_favorite: is_favorite ? 1 : 0 } as const)),
    ...(written === undefined ? {} : { search_criteria: JSON.stringify(written) }),
  }
  return toSearch(found(await searches.updateSearch(db, owner, searchId, { ...columns, updated_at: now() })))
}

/** Throws `search_not_found`. */
export async function forgetSearch(db: Db, owner: SignedIn, searchId: number): Promise<void> {
  if (!(await searches.deleteSearch(db, owner, searchId))) throw notFound()
}

/** What a saved search finds now, for its owner. Throws `search_not_found`, and what listing photos throws. */
export async function executeSearch(
  db: Db,
  owner: SignedIn,
  searchId: number,
  { page, listPhotos }: { page: BodyOf<Endpoints['executeSavedSearch']>; listPhotos: ListPhotos },
): Promise<{ data: Photo[]; meta: ListMeta }> {
  const { search_criteria } = found(await searches.findSearch(db, owner, searchId))
  return listPhotos(db, owner, { ...searchCriteria.parse(JSON.parse(search_criteria)), ...page })
}

function found(row: searches.SearchRow | undefined): searches.SearchRow {
  if (!row) throw notFound()
  return row
}

function notFound(): AppError {
  return new AppError('search_not_found', 'There is no such search of yours.')
}

function toSearch({
  user_id: _owner,
  search_criteria,
  is_favorite,
  ...row
}: searches.SearchRow): SavedSearch {
  // Written by `JSON.stringify` of an object.
  const criteria = JSON.parse(search_criteria) as Record<string, unknown>
  return { ...row, search_criteria: criteria, is_favorite: is_favorite === 1 }
}
