import type { PhotoFilters } from '@imalink/contract'
import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import { type Db, engineOf } from '../storage/database/database.ts'
import type { Database } from '../storage/database/schema.ts'
import {
  type Candidates,
  type FewCandidates,
  candidatesOf,
  fewCandidates,
  withTags,
  withTexts,
} from './candidates.ts'
import { countableBy, filteredAmongFound, filteredBy } from './photo-filters.ts'
import { findRule, isInCollection, photosInCollection } from './collections.ts'
import { isInSpace, photosInSpace } from './spaces.ts'
import { countTagged } from './tagged.ts'
import { countBehind, standsInFront, stackedPhotos } from './stacks.ts'
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
import { type Source, isOwned } from './visibility.ts'

const photos = expressionBuilder<Database, 'photos'>()

/** Photos that the viewer may see and the filters let through, and the way by which they are found. */
export interface Selection {
  readonly sources: readonly Source[]
  readonly where: Expression<SqlBool> | undefined
  /** The same, said for those who look at all of them. */
  readonly whereOfAll: Expression<SqlBool> | undefined
  /** A few photos among which all of them are; null where they are gone through in the order of a list. */
  readonly candidates: Candidates | null
  /** Many photos among which all of them are: fewer than there are, for those who look at all. */
  readonly gathered: Candidates | null
  /** What is asked beside filters: that photos belong to a space or a collection. */
  readonly belonging?: Condition
}

/** What is asked of photos: whose, which, and whether each stack is to be one of them. */
export type PhotoWishes = ScopeFilter & PhotoFilters & { readonly stacks?: 'collapsed' | undefined }

/** Throws `credentials_required` when nobody in particular asks for `mine`. */
export async function selectPhotos(db: Db, viewer: Viewer, asked: PhotoWishes): Promise<Selection> {
  const sources = await sourcesIn(db, viewer, asked)
  const group = await groupOf(db, viewer, sources, asked)
  const few = await fewCandidates(db, viewer, sources, asked, group.candidates)
  const filters = few ? filtersOfFew(db, viewer, asked, few) : filteredBy(db, viewer, asked, 'each')
  const inFront = asked.stacks && isInFront(viewer, sources)
  const [gathered = null] = [...group.gathered, ...withTags(db, asked)]
  return {
    sources,
    where: both(both(filters, group.condition), inFront),
    whereOfAll: both(both(filteredBy(db, viewer, asked, 'at once'), group.condition), inFront),
    candidates: few?.ids ?? null,
    gathered,
    belonging: group.condition,
  }
}

function filtersOfFew(db: Db, viewer: Viewer, asked: PhotoFilters, { haveWords }: FewCandidates): Condition {
  const lookup = lookupOfFew(db)
  return haveWords ? filteredAmongFound(db, viewer, asked, lookup) : filteredBy(db, viewer, asked, lookup)
}

/**
 * Of a few photos, PostgreSQL looks each up in its texts, where to gather all that have a word may mean to read every text; FTS5 has
 * them by the word alone.
 */
const lookupOfFew = (db: Db) => (engineOf(db) === 'postgres' ? 'each' : 'at once')

/** What the photos must belong to: a condition, ids among which all are, and such as are worth gathering however many. */
interface Group {
  readonly condition: Condition
  readonly candidates: readonly Candidates[]
  readonly gathered: readonly Candidates[]
}

const NO_GROUP: Group = { condition: undefined, candidates: [], gathered: [] }

async function groupOf(
  db: Db,
  viewer: Viewer,
  sources: readonly Source[],
  { space_id, collection_id }: PhotoFilters,
): Promise<Group> {
  const groups = [
    space_id === undefined ? NO_GROUP : group(isInSpace(viewer, space_id), [photosInSpace(db, space_id)]),
    collection_id === undefined ? NO_GROUP : await collectionGroup(db, viewer, sources, collection_id),
  ]
  return {
    condition: groups.map(({ condition }) => condition).reduce(both),
    candidates: groups.flatMap(({ candidates }) => candidates),
    gathered: groups.flatMap(({ gathered }) => gathered),
  }
}

const group = (condition: Expression<SqlBool>, all: readonly Candidates[]): Group => ({
  condition,
  candidates: all,
  gathered: all,
})

/** Photos of its owner that were put into it, or that its search finds, as the viewer would find them. */
async function collectionGroup(
  db: Db,
  viewer: Viewer,
  sources: readonly Source[],
  collectionId: number,
): Promise<Group> {
  const rule = await findRule(db, viewer, collectionId)
  if (!rule) return { ...NO_GROUP, condition: sql<SqlBool>`1 = 0` }
  const { ownerId, criteria } = rule
  if (!criteria) return group(isInCollection(collectionId), [photosInCollection(db, collectionId)])
  const nested = await groupOf(db, viewer, sources, { space_id: criteria.space_id })
  const { visibility } = criteria
  return {
    condition: [
      sql<SqlBool>`+photos.user_id = ${ownerId}`,
      visibility && sql<SqlBool>`photos.visibility || '' = ${visibility}`,
      filteredBy(db, viewer, criteria),
      nested.condition,
    ].reduce<Condition>((all, one) => both(all, one), undefined),
    candidates: [...nested.candidates, ...candidatesOf(db, viewer, sources, criteria)],
    gathered: [...nested.gathered, ...withTags(db, criteria)],
  }
}

type Condition = Expression<SqlBool> | undefined

function both(one: Condition, other: Condition): Condition {
  return one && other ? photos.and([one, other]) : (one ?? other)
}

/** Ids and keys of one page and one more; undefined where there is nothing to look at. `page.where` narrows it further. */
export function pageOfSelection(db: Db, { sources, where, candidates }: Selection, page: PhotoPage) {
  if (sources.length === 0) return undefined
  const narrowed = { ...page, where: both(where, page.where) }
  return candidates ? pageAmong(db, sources, candidates, narrowed) : pageOf(db, sources, narrowed)
}

/** Rows of all selected photos that meet `narrowed` as well, in no order; undefined where there is nothing to look at. */
export function everySelected(
  db: Db,
  { sources, where, whereOfAll, candidates, gathered }: Selection,
  narrowed: Expression<SqlBool>,
) {
  if (sources.length === 0) return undefined
  const every = both(candidates ? where : whereOfAll, narrowed) ?? narrowed
  const among = candidates ?? gathered
  return among ? everyAmong(db, sources, among, every) : everyOf(db, sources, every)
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

function isInFront(viewer: Viewer, sources: readonly Source[]): Expression<SqlBool> {
  const { userId } = viewer
  const isOwn = userId !== null && sources.every((source) => isOwned(source) && source.userId === userId)
  return standsInFront(viewer, isOwn)
}

/** How many photos `asked` selects. */
export async function countSelection(
  db: Db,
  viewer: Viewer,
  selection: Selection,
  asked: PhotoWishes,
): Promise<number> {
  const { sources, candidates, where } = selection
  if (sources.length === 0) return 0
  if (candidates) return countAmong(db, sources, candidates, where)
  if (!asked.stacks) return countWithStacks(db, viewer, selection, asked)
  const filters = both(filteredBy(db, viewer, asked, 'at once'), selection.belonging)
  if (!filters && !asked.visibility)
    return (await countPhotos(db, sources, 'all')) - (await countBehind(db, viewer, sources))
  if (selection.gathered) return countAmong(db, sources, selection.gathered, selection.whereOfAll)
  // What stands behind is counted and taken off: it is in stacks, and most photos are not.
  const isBehind = photos.not(isInFront(viewer, sources))
  const behind = both(filters, isBehind) ?? isBehind
  const count = await countWithStacks(db, viewer, selection, asked)
  return count - (await countAmong(db, sources, stackedPhotos(db, sources), behind))
}

async function countWithStacks(
  db: Db,
  viewer: Viewer,
  { sources, gathered, belonging }: Selection,
  asked: PhotoWishes,
): Promise<number> {
  const where = both(countableBy(db, viewer, asked, 'at once'), belonging)
  if (!where) return countPhotos(db, sources, 'all')
  const tagged = belonging ? null : await countTagged(db, viewer, sources, asked)
  if (tagged !== null) return tagged
  // To ask of every photo whether it has a word or a tag takes longer than to look at all that have it.
  const [found] = withTexts(db, viewer, asked)
  if (!found) return gathered ? countAmong(db, sources, gathered, where) : countMatching(db, sources, where)
  const left = filteredAmongFound(db, viewer, asked, 'at once')
  return countAmong(db, sources, found, both(left, belonging) ?? left)
}
