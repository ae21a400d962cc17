import { type Box, type PhotoFilters, lastTaken } from '@imalink/contract'
import { type Expression, type SqlBool, expressionBuilder, sql } from 'kysely'
import { splitName, stemKey } from '../file-stem.ts'
import type { Db } from '../storage/database/database.ts'
import type { Database } from '../storage/database/schema.ts'
import { textIndexOf } from '../storage/texts/text-index-of.ts'
import type { TextSearch } from '../storage/texts/text-index.ts'
import { readTextQuery } from '../text/words.ts'
import { type Circle, boxAround, haversineWithin, longitudesOf } from './places.ts'
import type { Viewer } from './viewer.ts'
import { seesPlaceOf } from './visibility.ts'

type Condition = Expression<SqlBool>

const photos = expressionBuilder<Database, 'photos'>()

/**
 * Whether a photo has words is asked of each, which is quick where few photos are looked at before a page is full; or what has
 * them is gathered once.
 */
type TextLookup = 'each' | 'at once'

/**
 * What the filters ask of a photo, beside who may see it; undefined where they ask nothing. No column of theirs but `sort_time`
 * is said so that an index of its own could be entered by it: which index is used is decided by `candidates.ts`. What the
 * viewer may not see of a photo lets nothing of it through.
 */
export function filteredBy(
  db: Db,
  viewer: Viewer,
  filters: PhotoFilters,
  texts: TextLookup = 'each',
): Condition | undefined {
  const conditions = [
    ...ofTexts(db, viewer, filters, texts),
    ...ofTags(filters),
    ...ofWords(filters),
    ...ofTimes(filters),
    ...ofExposure(filters),
    ...ofPicture(filters),
    ...ofPlace(viewer, filters),
    ...ofOrigin(viewer, filters),
  ].filter((condition) => condition !== undefined)
  return conditions.length === 0 ? undefined : photos.and(conditions)
}

/**
 * The same for counting, where no order is wanted: ratings are counted in the index that has them, unless something else of each
 * photo is asked for as well.
 */
export function countableBy(
  db: Db,
  viewer: Viewer,
  filters: PhotoFilters,
  texts: TextLookup = 'at once',
): Condition | undefined {
  const { rating_min: _min, rating_max: _max, ...rest } = filters
  const others = filteredBy(db, viewer, rest, texts)
  const rated = ratedBetween(filters)
  if (rated.length === 0 || others) return filteredBy(db, viewer, filters, texts)
  return photos.and(rated)
}

/** Said so that the index of ratings is entered by it. */
export function ratedBetween({ rating_min, rating_max }: PhotoFilters): Condition[] {
  return [
    asked(rating_min, (least) => photos('photos.rating', '>=', least)),
    asked(rating_max, (most) => photos('photos.rating', '<=', most)),
  ].filter((condition) => condition !== undefined)
}

/** The condition on a value that is asked for. */
function asked<T>(value: T | undefined, condition: (value: T) => Condition): Condition | undefined {
  return value === undefined ? undefined : condition(value)
}

/** What is left to ask of photos that the words have found already, by all texts that the viewer may have a part in. */
export function filteredAmongFound(
  db: Db,
  viewer: Viewer,
  filters: PhotoFilters,
  texts: TextLookup,
): Condition {
  const { q, ...rest } = filters
  const { all = [], none = [] } = (q === undefined ? null : readTextQuery(q)) ?? {}
  const conditions = [
    filteredBy(db, viewer, rest, texts),
    // Of others' photos, words of what is not for all have found some too many.
    viewer.userId === null
      ? undefined
      : photos.or([isOwnOf(viewer), hasWords(db, { phrases: all, logic: 'all', reach: 'open' }, texts)]),
    none.length === 0 ? undefined : photos.not(isInTexts(db, viewer, { phrases: none, logic: 'any' }, texts)),
  ].filter((condition) => condition !== undefined)
  return photos.and(conditions)
}

/** The names of originals are found by their owner alone. */
function ofTexts(db: Db, viewer: Viewer, { q }: PhotoFilters, lookup: TextLookup): (Condition | undefined)[] {
  if (q === undefined) return []
  const query = readTextQuery(q)
  // What has no word in it is in no text.
  if (!query) return [sql<SqlBool>`1 = 0`]
  return [
    query.all.length === 0 ? undefined : isInTexts(db, viewer, { phrases: query.all, logic: 'all' }, lookup),
    query.none.length === 0
      ? undefined
      : photos.not(isInTexts(db, viewer, { phrases: query.none, logic: 'any' }, lookup)),
  ]
}

function isInTexts(db: Db, viewer: Viewer, search: Omit<TextSearch, 'reach'>, lookup: TextLookup): Condition {
  const isFound = (reach: TextSearch['reach']) => hasWords(db, { ...search, reach }, lookup)
  if (viewer.userId === null) return isFound('open')
  return photos.or([photos.and([isOwnOf(viewer), isFound('whole')]), isFound('open')])
}

function hasWords(db: Db, search: TextSearch, lookup: TextLookup): Condition {
  if (lookup === 'each') return textIndexOf(db).isFound(search)
  return sql<SqlBool>`photos.id in ${textIndexOf(db).found(search)}`
}

const isOwnOf = ({ userId }: Viewer) => sql<SqlBool>`+photos.user_id = ${userId ?? 0}`

/** No index is entered by what is no column. */
const number = (column: 'rating' | 'author_id' | 'import_session_id' | 'stack_id') =>
  sql<number>`+${sql.ref(`photos.${column}`)}`
const word = (column: 'camera_make' | 'camera_model' | 'lens_model' | 'created_at') =>
  sql<string>`${sql.ref(`photos.${column}`)} || ''`

/** A tag, and those below it. */
export function namedTag(name: string): Condition {
  return sql<SqlBool>`(tags.name = ${name} or (tags.name >= ${`${name}/`} and tags.name < ${`${name}0`}))`
}

function ofTags({ tags, tag_logic = 'AND', tag_ids, untagged }: PhotoFilters): (Condition | undefined)[] {
  const named = (tags ?? []).map((name) => hasTag(namedTag(name)))
  return [
    asked(tags, () => (tag_logic === 'AND' ? photos.and(named) : photos.or(named))),
    asked(tag_ids, (ids) => isThere(tagsOfPhoto().where('photo_tags.tag_id', 'in', ids))),
    asked(untagged, (isUntagged) =>
      isUntagged ? photos.not(photos.exists(tagsOfPhoto())) : photos.exists(tagsOfPhoto()),
    ),
  ]
}

function tagsOfPhoto() {
  return photos
    .selectFrom('photo_tags')
    .select(sql`1`.as('one'))
    .whereRef('photo_tags.photo_id', '=', 'photos.id')
}

/**
 * As a value, which is looked up for each photo: PostgreSQL would make a join of `exists`, and gather all that has the tag
 * before the first page is full.
 */
const isThere = (one: ReturnType<typeof tagsOfPhoto>) => sql<SqlBool>`${one.limit(1)} is not null`

function hasTag(condition: Condition): Condition {
  return isThere(tagsOfPhoto().innerJoin('tags', 'tags.id', 'photo_tags.tag_id').where(condition))
}

function ofWords({ category, flag, color_label, camera_make, camera_model, lens_model }: PhotoFilters) {
  return [
    asked(category, (value) => photos('photos.category', '=', value)),
    asked(flag, (value) => photos('photos.flag', '=', value)),
    asked(color_label, (value) => photos('photos.color_label', '=', value)),
    asked(camera_make, (value) => sql<SqlBool>`${word('camera_make')} = ${value}`),
    asked(camera_model, (value) => sql<SqlBool>`${word('camera_model')} = ${value}`),
    asked(lens_model, (value) => sql<SqlBool>`${word('lens_model')} = ${value}`),
  ]
}

function ofTimes({ taken_after, taken_before, undated, created_after, created_before }: PhotoFilters) {
  return [
    asked(taken_after, (from) => photos('photos.sort_time', '>=', from)),
    asked(taken_before, (to) => photos('photos.sort_time', '<=', lastTaken(to))),
    // An undated photo was not taken before anything.
    asked(taken_before, () => photos('photos.sort_time', '>', '')),
    // Nothing sorts before ''. Said as a range, because PostgreSQL would not merge by a column that it knows to be one value.
    asked(undated, (isUndated) => photos('photos.sort_time', isUndated ? '<=' : '>', '')),
    asked(created_after, (from) => sql<SqlBool>`${word('created_at')} >= ${from}`),
    asked(created_before, (to) => sql<SqlBool>`${word('created_at')} <= ${to}`),
  ]
}

function ofExposure(filters: PhotoFilters) {
  const { iso_min, iso_max, f_number_min, f_number_max, focal_length_min, focal_length_max } = filters
  return [
    asked(iso_min, (least) => photos('photos.iso', '>=', least)),
    asked(iso_max, (most) => photos('photos.iso', '<=', most)),
    asked(f_number_min, (least) => photos('photos.f_number', '>=', least)),
    asked(f_number_max, (most) => photos('photos.f_number', '<=', most)),
    asked(focal_length_min, (least) => photos('photos.focal_length', '>=', least)),
    asked(focal_length_max, (most) => photos('photos.focal_length', '<=', most)),
  ]
}

const shapes = {
  landscape: sql<SqlBool>`photos.width > photos.height`,
  portrait: sql<SqlBool>`photos.width < photos.height`,
  square: sql<SqlBool>`photos.width = photos.height`,
}

function ofPicture({ rating_min, rating_max, orientation, has_raw, has_coldpreview }: PhotoFilters) {
  return [
    asked(rating_min, (least) => sql<SqlBool>`${number('rating')} >= ${least}`),
    asked(rating_max, (most) => sql<SqlBool>`${number('rating')} <= ${most}`),
    asked(orientation, (shape) => shapes[shape]),
    asked(has_raw, (isThere) => photos('photos.has_raw', '=', isThere ? 1 : 0)),
    asked(
      has_coldpreview,
      (isThere) => sql<SqlBool>`(photos.coldpreview_sha256 || '' is not null) = ${sql.lit(isThere)}`,
    ),
  ]
}

function ofPlace(viewer: Viewer, { has_gps, near, radius_km, bbox }: PhotoFilters) {
  const isAsked = has_gps !== undefined || near !== undefined || bbox !== undefined
  return [
    isAsked ? seesPlaceOf(viewer) : undefined,
    asked(has_gps, (isThere) => (isThere ? hasPlace : photos.not(hasPlace))),
    asked(near, (centre) => within(circleOf(centre, radius_km))),
    asked(bbox, inBox),
  ]
}

const hasPlace = sql<SqlBool>`(photos.gps_latitude is not null and photos.gps_longitude is not null)`

const USUAL_RADIUS_KM = 10

export function circleOf(centre: { lat: number; lon: number }, radiusKm = USUAL_RADIUS_KM): Circle {
  return { ...centre, radiusKm }
}

function inBox(box: Box): Condition {
  const within = longitudesOf(box).map(
    ([west, east]) => sql<SqlBool>`photos.gps_longitude between ${west} and ${east}`,
  )
  return photos.and([
    sql<SqlBool>`photos.gps_latitude between ${box.south} and ${box.north}`,
    photos.or(within),
  ])
}

/** The haversine, which is precise for near points (Sinnott, 1984), against that of the edge. */
function within(circle: Circle): Condition {
  const latitude = sql`power(sin(radians(photos.gps_latitude - ${circle.lat}) / 2), 2)`
  const longitude = sql`power(sin(radians(photos.gps_longitude - ${circle.lon}) / 2), 2)`
  const shrink = sql`cos(radians(${circle.lat})) * cos(radians(photos.gps_latitude))`
  return photos.and([
    inBox(boxAround(circle)),
    sql<SqlBool>`${latitude} + ${shrink} * ${longitude} <= ${haversineWithin(circle)}`,
  ])
}

/** Where a photo came from is its owner's to know. */
function ofOrigin(viewer: Viewer, { author_id, stack_id, import_session_id, file_name }: PhotoFilters) {
  const isOwn = isOwnOf(viewer)
  return [
    asked(author_id, (id) => sql<SqlBool>`${number('author_id')} = ${id}`),
    asked(stack_id, (id) => sql<SqlBool>`${number('stack_id')} = ${id}`),
    asked(import_session_id, (id) =>
      photos.and([isOwn, sql<SqlBool>`${number('import_session_id')} = ${id}`]),
    ),
    asked(file_name, (name) => photos.and([isOwn, hasFile(name)])),
  ]
}

function hasFile(name: string): Condition {
  return photos.exists(
    photos
      .selectFrom('image_files')
      .select(sql`1`.as('one'))
      .whereRef('image_files.photo_id', '=', 'photos.id')
      .where(fileNamed(name)),
  )
}

/** The name of an original, whole or without its extension, in any case; `*` stands for anything. */
export function fileNamed(name: string): Condition {
  const { stem, extension } = splitName(name)
  const bare = stemLike(stemKey(name))
  if (extension === '') return bare
  const ending = `%${asPattern(extension.toLowerCase())}`
  const whole = [stemLike(stemKey(stem)), sql<SqlBool>`lower(image_files.filename) like ${ending} escape '!'`]
  return photos.or([bare, photos.and(whole)])
}

/** Whether a name says what its file is called, letter by letter. */
export const isWholeName = (name: string) => !name.includes('*')

function stemLike(stem: string): Condition {
  return isWholeName(stem)
    ? sql<SqlBool>`image_files.stem_key = ${stem}`
    : sql<SqlBool>`image_files.stem_key like ${asPattern(stem)} escape '!'`
}

const asPattern = (name: string) => name.replace(/[!%_]/g, '!$&').replaceAll('*', '%')
