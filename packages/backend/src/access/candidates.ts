import type { PhotoFilters } from '@imalink/contract'
import { type AliasableExpression, type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import type { Db } from '../storage/database/database.ts'
import type { Database } from '../storage/database/schema.ts'
import { textIndexOf } from '../storage/texts/text-index-of.ts'
import { readTextQuery } from '../text/words.ts'
import { circleOf, fileNamed, isWholeName, namedTag, ratedBetween } from './photo-filters.ts'
import { boxAround, cellsOf } from './places.ts'
import type { Viewer } from './viewer.ts'
import { type Source, inSource } from './visibility.ts'

/**
 * Ids of all photos that one filter could let through, by the index of that filter: more than may be seen, none missing,
 * some perhaps twice.
 */
export type Candidates = AliasableExpression<{ id: number }>

export interface FewCandidates {
  readonly ids: Candidates
  /** Whether the words that are asked for found them, in all texts that the viewer may have a part in. */
  readonly haveWords: boolean
}

/**
 * So many candidates are looked at one by one. Where each filter leaves more, photos are gone through in the order of the list
 * until the page is full: one in two hundred fits then, even in a library of a million.
 */
const FEW = 5000
/** Rows of cells, each of which is a range of its own. */
const MOST_CELL_RANGES = 60

const photos = expressionBuilder<Database, 'photos'>()

/**
 * The candidates of the filter that leaves the fewest, or null where each leaves many or has no index. The database is not left to
 * guess: SQLite has no statistics here, and those of PostgreSQL do not know how filters go together.
 */
export async function fewCandidates(
  db: Db,
  viewer: Viewer,
  sources: readonly Source[],
  filters: PhotoFilters,
  more: readonly Candidates[] = [],
): Promise<FewCandidates | null> {
  const byWords = withTexts(db, viewer, filters)
  const all = [...byWords, ...more, ...byIndexes(db, viewer, sources, filters)]
  const [first, ...others] = all.map((candidates, index) => countFew(db, candidates, index))
  if (!first) return null
  const counts = await others.reduce((every, one) => every.unionAll(one), first).execute()
  const fewest = counts.reduce((least, one) => (one.count < least.count ? one : least))
  const ids = fewest.count > FEW ? undefined : all[fewest.which]
  return ids ? { ids, haveWords: byWords.includes(ids) } : null
}

/** Those of each filter that has an index. */
export function candidatesOf(
  db: Db,
  viewer: Viewer,
  sources: readonly Source[],
  filters: PhotoFilters,
): Candidates[] {
  return [...withTexts(db, viewer, filters), ...byIndexes(db, viewer, sources, filters)]
}

function byIndexes(db: Db, viewer: Viewer, sources: readonly Source[], filters: PhotoFilters): Candidates[] {
  return [
    ...withTags(db, filters),
    ...withWords(db, filters),
    ...inRanges(db, sources, filters),
    ...atPlaces(db, filters),
    ...ofOrigin(db, viewer, filters),
  ]
}

/** How many candidates there are, as far as it matters. */
function countFew(db: Db, candidates: Candidates, index: number) {
  const few = db
    .selectFrom(candidates.as('candidates'))
    .select('candidates.id')
    .limit(FEW + 1)
  return db
    .selectFrom(few.as('few'))
    .select(({ fn }) => [sql<number>`${sql.lit(index)}`.as('which'), fn.countAll<number>().as('count')])
}

const present = <T>(values: readonly (T | undefined)[]): T[] => values.filter((value) => value !== undefined)

/** What is found by words; of photos that are found without some words there are many. */
export function withTexts(db: Db, { userId }: Viewer, { q }: PhotoFilters): Candidates[] {
  const phrases = q === undefined ? [] : (readTextQuery(q)?.all ?? [])
  const reach = userId === null ? 'open' : 'whole'
  return phrases.length === 0 ? [] : [textIndexOf(db).found({ phrases, logic: 'all', reach })]
}

/** What has tags; of photos that have no tag there are many. */
export function withTags(db: Db, { tags = [], tag_logic = 'AND', tag_ids }: PhotoFilters): Candidates[] {
  const named = tags.map(namedTag)
  const wanted = tag_logic === 'AND' ? named : named.length > 0 ? [photos.or(named)] : []
  const ids = tag_ids && db.selectFrom('tags').select('tags.id').where('tags.id', 'in', tag_ids)
  const byName = wanted.map((condition) => db.selectFrom('tags').select('tags.id').where(condition))
  return present([...byName, ids]).map((some) =>
    db.selectFrom('photo_tags').select('photo_tags.photo_id as id').where('photo_tags.tag_id', 'in', some),
  )
}

function withWords(
  db: Db,
  { camera_make, camera_model, lens_model, author_id, stack_id }: PhotoFilters,
): Candidates[] {
  const conditions = present([
    camera_make === undefined ? undefined : photos('photos.camera_make', '=', camera_make),
    camera_model === undefined ? undefined : photos('photos.camera_model', '=', camera_model),
    lens_model === undefined ? undefined : photos('photos.lens_model', '=', lens_model),
    author_id === undefined ? undefined : photos('photos.author_id', '=', author_id),
    stack_id === undefined ? undefined : photos('photos.stack_id', '=', stack_id),
  ])
  return conditions.map((condition) => photosWhere(db, condition))
}

function photosWhere(db: Db, condition: Expression<SqlBool>) {
  return db.selectFrom('photos').select('photos.id').where(condition)
}

/** By indexes that begin with whose photos, and of which level, are asked for. */
function inRanges(db: Db, sources: readonly Source[], filters: PhotoFilters): Candidates[] {
  const { created_after, created_before } = filters
  const times = present([
    created_after === undefined ? undefined : photos('photos.created_at', '>=', created_after),
    created_before === undefined ? undefined : photos('photos.created_at', '<=', created_before),
  ])
  return [ratedBetween(filters), times].flatMap((range) =>
    range.length === 0
      ? []
      : together(sources.map((source) => photosWhere(db, photos.and([inSource(source), ...range])))),
  )
}

function together(queries: readonly ReturnType<typeof photosWhere>[]): Candidates[] {
  const [first, ...others] = queries
  return first ? [others.reduce((every, one) => every.unionAll(one), first)] : []
}

function atPlaces(db: Db, { near, radius_km, bbox }: PhotoFilters): Candidates[] {
  const boxes = present([near && boxAround(circleOf(near, radius_km)), bbox])
  return boxes.flatMap((box) => {
    const ranges = cellsOf(box, MOST_CELL_RANGES) ?? []
    return together(
      ranges.map(([from, to]) =>
        photosWhere(
          db,
          photos.and([photos('photos.gps_cell', '>=', from), photos('photos.gps_cell', '<=', to)]),
        ),
      ),
    )
  })
}

function ofOrigin(db: Db, { userId }: Viewer, { import_session_id, file_name }: PhotoFilters): Candidates[] {
  return present([
    import_session_id === undefined
      ? undefined
      : photosWhere(db, photos('photos.import_session_id', '=', import_session_id)),
    file_name === undefined || !isWholeName(file_name)
      ? undefined
      : db
          .selectFrom('image_files')
          .select('image_files.photo_id as id')
          .where('image_files.user_id', '=', userId ?? 0)
          .where(fileNamed(file_name)),
  ])
}
