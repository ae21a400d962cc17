import type { PhotoFilters } from '@imalink/contract'
import type { KeptPhoto } from './searched-photo.ts'

export type Who = 'alice' | 'bob' | 'anybody'

/** What is asked in words of the wire: as JSON it is a search, written out it is a query string. */
export type Asked = {
  readonly [Name in keyof PhotoFilters | 'sort_by' | 'sort_order']?:
    string | number | boolean | readonly (string | number)[]
}

/** Bob tells where his photos were taken, Alice does not. */
const SHARING = 'bob'

const mayKnow = (who: Who, photo: KeptPhoto) => photo.owner === who
const mayKnowPlace = (who: Who, photo: KeptPhoto) => mayKnow(who, photo) || photo.owner === SHARING

function maySee(who: Who, { owner, visibility, isShared }: KeptPhoto): boolean {
  if (owner === who || visibility === 'public') return true
  return who !== 'anybody' && (visibility === 'authenticated' || (visibility === 'space' && isShared))
}

/** A term of a search for words as the test means it. */
export interface NaiveTerm {
  readonly words: readonly string[]
  readonly isNot: boolean
  readonly isPrefix: boolean
}

/** How it is written; a word of several words is a phrase without quotes as well. */
export function written({ words, isNot, isPrefix }: NaiveTerm): string {
  return `${isNot ? '-' : ''}${words.length > 1 ? `"${words.join(' ')}"` : words[0]}${isPrefix ? '*' : ''}`
}

function hasWords(who: Who, photo: KeptPhoto, terms: readonly NaiveTerm[]): boolean {
  const files = mayKnow(who, photo) ? [photo.filename, ...(photo.hasRaw ? ['PAIR_7.NEF'] : [])] : []
  const { title, description, category, camera_make, camera_model, lens_model, tags } = photo
  const texts = [title, description, category, camera_make, camera_model, lens_model, ...tags, ...files]
  const wordsOfTexts = texts.map((text) => naiveWords(text ?? ''))
  return terms.every((term) => wordsOfTexts.some((words) => hasPhrase(words, term)) !== term.isNot)
}

function naiveWords(text: string): string[] {
  const folded = text.toLowerCase().replaceAll('æ', 'ae').replaceAll('ø', 'o').replaceAll('å', 'a')
  return folded.split(/[^a-z0-9]+/).filter((word) => word !== '')
}

function hasPhrase(words: readonly string[], { words: sought, isPrefix }: NaiveTerm): boolean {
  const phrase = sought.flatMap(naiveWords)
  return words.some((_, start) =>
    phrase.every((word, index) => {
      const given = words[start + index] ?? ''
      return isPrefix && index === phrase.length - 1 ? given.startsWith(word) && given !== '' : given === word
    }),
  )
}

/** By the words of the contract, one photo at a time, without a thought for speed. */
const rules: Readonly<Record<string, (photo: KeptPhoto, value: never, asked: Asked, who: Who) => boolean>> = {
  q: (photo, text: string, _, who) => hasWords(who, photo, JSON.parse(text) as NaiveTerm[]), // as `searchOf` writes them
  tags: ({ tags }, names: readonly string[], { tag_logic }) => {
    const has = (name: string) => tags.some((tag) => tag === name || tag.startsWith(`${name}/`))
    return tag_logic === 'OR' ? names.some(has) : names.every(has)
  },
  tag_logic: () => true,
  untagged: ({ tags }, isUntagged: boolean) => (tags.length === 0) === isUntagged,
  category: ({ category }, value: string) => category === value,
  rating_min: ({ rating }, least: number) => rating >= least,
  rating_max: ({ rating }, most: number) => rating <= most,
  flag: ({ flag }, value: string) => flag === value,
  color_label: ({ color_label }, value: string) => color_label === value,
  taken_after: ({ taken_at }, from: string) => taken_at !== null && taken_at.slice(0, from.length) >= from,
  taken_before: ({ taken_at }, to: string) => taken_at !== null && upTo(taken_at, to) <= to,
  undated: ({ taken_at }, isUndated: boolean) => (taken_at === null) === isUndated,
  created_after: ({ created_at }, from: string) => created_at.slice(0, from.length) >= from,
  created_before: ({ created_at }, to: string) => created_at.slice(0, to.length) <= to,
  camera_make: ({ camera_make }, value: string) => camera_make === value,
  camera_model: ({ camera_model }, value: string) => camera_model === value,
  lens_model: ({ lens_model }, value: string) => lens_model === value,
  iso_min: ({ iso }, least: number) => iso !== null && iso >= least,
  iso_max: ({ iso }, most: number) => iso !== null && iso <= most,
  f_number_min: ({ f_number }, least: number) => f_number !== null && f_number >= least,
  f_number_max: ({ f_number }, most: number) => f_number !== null && f_number <= most,
  focal_length_min: ({ focal_length }, least: number) => focal_length !== null && focal_length >= least,
  focal_length_max: ({ focal_length }, most: number) => focal_length !== null && focal_length <= most,
  orientation: ({ width, height }, shape: string) =>
    shape === (width > height ? 'landscape' : width < height ? 'portrait' : 'square'),
  has_gps: (photo, isThere: boolean, _, who) =>
    mayKnowPlace(who, photo) && (photo.gps_latitude !== null) === isThere,
  near: (photo, centre: string, { radius_km = 10 }, who) => {
    const [lat = 0, lon = 0] = centre.split(',').map(Number)
    return mayKnowPlace(who, photo) && distanceKm(photo, { lat, lon }) <= Number(radius_km)
  },
  radius_km: () => true,
  bbox: (photo, box: string, _, who) => {
    const [west = 0, south = 0, east = 0, north = 0] = box.split(',').map(Number)
    const { gps_latitude: lat, gps_longitude: lon } = photo
    if (!mayKnowPlace(who, photo) || lat === null || lon === null || lat < south || lat > north) return false
    return west <= east ? lon >= west && lon <= east : lon >= west || lon <= east
  },
  space_id: ({ isShared }, _, __, who) => isShared && who !== 'anybody',
  collection_id: ({ isCollected, owner }) => isCollected && owner === 'alice',
  has_raw: ({ hasRaw }, isThere: boolean) => hasRaw === isThere,
  has_coldpreview: (_photo, isThere: boolean) => !isThere,
  file_name: (photo, name: string, _, who) => {
    const files = [photo.filename, ...(photo.hasRaw ? ['PAIR_7.NEF'] : [])]
    return mayKnow(who, photo) && files.some((file) => isNamed(file.toLowerCase(), name.toLowerCase()))
  },
}

/** A day is its whole. */
const upTo = (time: string, bound: string) => (bound.length === 10 ? time.slice(0, 10) : time)

/** A name without an extension is that of files with any. */
function isNamed(file: string, name: string): boolean {
  const [stem, extension] = parts(file)
  const [wantedStem, wantedExtension] = parts(name)
  if (isLike(stem, name)) return true
  return wantedExtension !== '' && isLike(stem, wantedStem) && isLike(extension, wantedExtension)
}

function parts(file: string): [stem: string, extension: string] {
  const [, stem = file, extension = ''] = /^(.+)(\.[^.]*)$/.exec(file) ?? []
  return [stem, extension]
}

function isLike(text: string, pattern: string): boolean {
  const literally = (part: string) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${pattern.split('*').map(literally).join('.*')}$`).test(text)
}

/** By the law of cosines of chords: another way than the server's. */
function distanceKm(
  { gps_latitude, gps_longitude }: KeptPhoto,
  { lat, lon }: { lat: number; lon: number },
): number {
  if (gps_latitude === null || gps_longitude === null) return Infinity
  const [a, b] = [unitVector(gps_latitude, gps_longitude), unitVector(lat, lon)]
  const chord = Math.hypot(...a.map((part, index) => part - (b[index] ?? 0)))
  return 2 * 6371.0088 * Math.asin(Math.min(chord / 2, 1))
}

function unitVector(lat: number, lon: number): number[] {
  const [phi, lambda] = [(lat * Math.PI) / 180, (lon * Math.PI) / 180]
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)]
}

/** Ids of what the viewer may see and the search asks for, in its order. */
export function naiveSearch(photos: readonly KeptPhoto[], who: Who, asked: Asked): number[] {
  const { sort_by = 'taken_at', sort_order = 'desc', ...filters } = asked
  const isWanted = (photo: KeptPhoto) =>
    Object.entries(filters).every(([name, value]) => rules[name]?.(photo, value as never, asked, who))
  const keyOf = keys[String(sort_by)] ?? (() => '')
  const up = sort_order === 'asc' ? 1 : -1
  return photos
    .filter((photo) => maySee(who, photo) && isWanted(photo))
    .toSorted((a, b) => {
      const [one, other] = [keyOf(a), keyOf(b)]
      if (one === other) return up * (a.id - b.id)
      if (one === '' || other === '') return one === '' ? 1 : -1
      return up * (one < other ? -1 : 1)
    })
    .map(({ id }) => id)
}

/** What a timeline by year says of these photos, and how many of them are in no year. */
export function naiveYears(photos: readonly KeptPhoto[]) {
  const dated = photos.flatMap((photo) => (photo.taken_at === null ? [] : [{ ...photo, at: photo.taken_at }]))
  const years = [...Map.groupBy(dated, ({ at }) => Number(at.slice(0, 4)))].sort(([a], [b]) => b - a)
  const data = years.map(([year, some]) => {
    const times = some.map(({ at }) => at).sort()
    const range = { first: times[0] ?? '', last: times.at(-1) ?? '' }
    return { year, count: some.length, preview_hothash: naiveCover(some, range), date_range: range }
  })
  return { data, undated: photos.length - dated.length }
}

/** How many of these photos have each value; nobody took them. */
export function naiveFacets(photos: readonly KeptPhoto[]) {
  const by = <T extends string | number>(valuesOf: (photo: KeptPhoto) => readonly (T | null)[]) => {
    const values = photos.flatMap((photo) => valuesOf(photo).filter((value) => value !== null))
    return [...Map.groupBy(values, (value) => value)].map(([value, some]) => ({ value, count: some.length }))
  }
  const numbers = (valuesOf: (photo: KeptPhoto) => readonly (number | null)[]) =>
    by(valuesOf).sort((a, b) => b.value - a.value)
  const texts = (valuesOf: (photo: KeptPhoto) => readonly (string | null)[]) =>
    by(valuesOf).sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
  const levels = ['private', 'space', 'authenticated', 'public']
  return {
    year: numbers(({ taken_at }) => [taken_at === null ? null : Number(taken_at.slice(0, 4))]),
    rating: numbers(({ rating }) => [rating]),
    camera: texts(({ camera_model }) => [camera_model]),
    lens: texts(({ lens_model }) => [lens_model]),
    tag: texts(({ tags }) => tags),
    visibility: by(({ visibility }) => [visibility]).sort(
      (a, b) => levels.indexOf(a.value) - levels.indexOf(b.value),
    ),
    author: [],
  }
}

function naiveCover(
  photos: readonly (KeptPhoto & { readonly at: string })[],
  { first, last }: { readonly first: string; readonly last: string },
): string {
  const ms = (at: string) => Date.parse(`${at}Z`)
  const middle = (ms(first) + ms(last)) / 2
  const best = photos
    .filter(({ rating }) => rating >= 4)
    .toSorted((a, b) => b.rating - a.rating || ms(b.at) - ms(a.at) || a.id - b.id)
  const nearest = photos.toSorted((a, b) => {
    const [one, other] = [Math.abs(ms(a.at) - middle), Math.abs(ms(b.at) - middle)]
    return one - other || ms(a.at) - ms(b.at) || a.id - b.id
  })
  return (best[0] ?? nearest[0])?.hothash ?? ''
}

const keys: Readonly<Record<string, (photo: KeptPhoto) => string | number>> = {
  taken_at: ({ taken_at }) => taken_at ?? '',
  created_at: ({ created_at }) => created_at,
  rating: ({ rating }) => rating,
  title: ({ title }) => titles[title ?? ''] ?? (title ?? '').trim().toLowerCase(),
}
/** How these are written without accents. */
const titles: Readonly<Record<string, string>> = { åre: 'are', Ære: 'aere', øst: 'ost' }
