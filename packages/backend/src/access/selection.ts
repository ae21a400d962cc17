import type { PhotoFilters } from '@imalink/contract'
import { type Expression, type SqlBool, expressionBuilder } from 'kysely'
import type { Db } from '../storage/database/database.ts'
import type { Database } from '../storage/database/schema.ts'
import { type Candidates, fewCandidates, withTexts } from './candidates.ts'
import { countableAmongFound, countableBy, filteredBy } from './photo-filters.ts'
import { type ScopeFilter, sourcesIn } from './scope.ts'
import {
  NEWEST_FIRST,
  type PhotoPage,
  countAmong,
  countMatching,
  countPhotos,
  everyAmong,
  everyOf,
  pageAmong,
  pageOf,
} from './sources.ts'
import type { SignedIn, Viewer } from './viewer.ts'
import type { Source } from './visibility.ts'

const photos = expressionBuilder<Database, 'photos'>()

/** Photos that the viewer may see and the filters let through, and the way by which they are found. */
export interface Selection {
  readonly sources: readonly Source[]
  readonly where: Expression<SqlBool> | undefined
  /** The same, said for those who look at all of them. */
  readonly whereOfAll: Expression<SqlBool> | undefined
  /** A few photos among which all of them are; null where they are gone through in the order of a list. */
  readonly candidates: Candidates | null
}

/** Throws `credentials_required` when nobody in particular asks for `mine`. */
export async function selectPhotos(
  db: Db,
  viewer: Viewer,
  asked: ScopeFilter & PhotoFilters,
): Promise<Selection> {
  const sources = await sourcesIn(db, viewer, asked)
  const candidates = await fewCandidates(db, viewer, sources, asked)
  const where = filteredBy(db, viewer, asked, candidates ? 'at once' : 'each')
  return { sources, where, whereOfAll: filteredBy(db, viewer, asked, 'at once'), candidates }
}

/** Ids and keys of one page and one more; undefined where there is nothing to look at. `page.where` narrows it further. */
export function pageOfSelection(db: Db, { sources, where, candidates }: Selection, page: PhotoPage) {
  if (sources.length === 0) return undefined
  const both = [where, page.where].filter((condition) => condition !== undefined)
  const narrowed = both.length === 0 ? page : { ...page, where: photos.and(both) }
  return candidates ? pageAmong(db, sources, candidates, narrowed) : pageOf(db, sources, narrowed)
}

/** Rows of all selected photos that meet `narrowed` as well, in no order; undefined where there is nothing to look at. */
export function everySelected(
  db: Db,
  { sources, whereOfAll: where, candidates }: Selection,
  narrowed: Expression<SqlBool>,
) {
  if (sources.length === 0) return undefined
  const both = where ? photos.and([where, narrowed]) : narrowed
  return candidates ? everyAmong(db, sources, candidates, both) : everyOf(db, sources, both)
}

/** Ids of the owner's photos that the filters let through, at most so many. */
export async function ownIdsOf(
  db: Db,
  owner: SignedIn,
  asked: ScopeFilter & PhotoFilters,
  most: number,
): Promise<number[]> {
  const selection = await selectPhotos(db, owner, { ...asked, scope: 'mine' })
  const page = { order: NEWEST_FIRST, limit: most - 1, offset: 0, after: null }
  return ((await pageOfSelection(db, selection, page)?.execute()) ?? []).map(({ id }) => id)
}

/** How many photos `asked` selects. */
export async function countSelection(
  db: Db,
  viewer: Viewer,
  { sources, candidates }: Selection,
  asked: PhotoFilters,
): Promise<number> {
  const where = countableBy(db, viewer, asked)
  if (!where) return countPhotos(db, sources, 'all')
  if (sources.length === 0) return 0
  if (candidates) return countAmong(db, sources, candidates, where)
  // To ask of every photo whether it has a word takes longer than to look at all that have it.
  const [found] = withTexts(db, viewer, asked)
  if (!found) return countMatching(db, sources, where)
  return countAmong(db, sources, found, countableAmongFound(db, viewer, asked))
}
