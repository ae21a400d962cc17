import { isDeepStrictEqual } from 'node:util'
import { type Server, call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import fc from 'fast-check'
import { spaceOf } from '../a-space.ts'
import {
  type Asked,
  type NaiveTerm,
  type Who,
  naiveFacets,
  naiveSearch,
  naiveYears,
  written,
} from './naive-search.ts'
import {
  CLOCKS,
  DAYS,
  FILES,
  type KeptPhoto,
  LENSES,
  MAKES,
  MODELS,
  PLACES,
  TAGS,
  eggOf,
  searchedPhoto,
} from './searched-photo.ts'

export type People = Readonly<Record<Who, Server>>

/** What photos are in: a space of both people, and a collection of Alice's that everybody may see. */
interface Groups {
  readonly space_id: number
  readonly collection_id: number
}

const PAGE = 7

/** Random libraries, random searches by everybody, and what a naive filter answers to the same. */
export class SearchCampaign {
  readonly #people: People
  readonly #photos: readonly KeptPhoto[]
  readonly #groups: Groups

  /** Lays photos of both people into a library that is empty; Bob tells where his were taken. */
  static async start(people: People, { seed, photos }: { readonly seed: number; readonly photos: number }) {
    await call(people.bob, endpoints.updateProfile, { body: { share_location: true } })
    const kept: KeptPhoto[] = []
    for (const photo of fc.sample(searchedPhoto, { seed, numRuns: photos })) {
      const { id, hothash, created_at } = await call(people[photo.owner], endpoints.createPhoto, {
        body: eggOf(photo),
      })
      kept.push({ ...photo, id, hothash, created_at })
    }
    return new SearchCampaign(people, kept, await groupPhotos(people, kept))
  }

  private constructor(people: People, photos: readonly KeptPhoto[], groups: Groups) {
    this.#people = people
    this.#photos = photos
    this.#groups = groups
  }

  /** Throws with the seed and the shortest search that is answered otherwise. */
  async run({ seed, searches }: { readonly seed: number; readonly searches: number }): Promise<void> {
    const times = this.#photos.map(({ created_at }) => created_at)
    const property = fc.asyncProperty(who, searchOf(times, this.#groups), (one, asked) =>
      this.#check(one, asked),
    )
    await fc.assert(property, { seed, numRuns: searches })
  }

  async #check(who: Who, asked: Asked): Promise<void> {
    const expected = naiveSearch(this.#photos, who, asked)
    const server = this.#people[who]
    const sent = asked.q === undefined ? asked : { ...asked, q: asSent(String(asked.q)) }
    const found = await call(server, endpoints.searchPhotos, { body: { ...sent, limit: 500 } as never })
    const first = await this.#list(server, { ...sent, limit: PAGE })
    const listed = first.data.map(({ id }) => id)
    for (let { next_cursor: cursor } = first.meta; cursor !== null;) {
      const page = await this.#list(server, { ...sent, limit: PAGE, cursor })
      listed.push(...page.data.map(({ id }) => id))
      cursor = page.meta.next_cursor
    }
    expectEqual(
      'a search',
      found.data.map(({ id }) => id),
      expected,
    )
    expectEqual('pages of a list', listed, expected)
    await this.#checkTimeline(server, sent, expected)
    await this.#checkFacets(server, sent, expected)
    expectEqual('totals', [found.meta.total, first.meta.total], [expected.length, expected.length])
  }

  async #checkTimeline(
    server: Server,
    { sort_by: _by, sort_order: _order, ...filters }: Asked,
    expected: readonly number[],
  ): Promise<void> {
    const { data, meta } = await call(server, endpoints.timeline, { query: asQuery(filters) })
    const years = naiveYears(this.#photos.filter(({ id }) => expected.includes(id)))
    const told = data.map(({ preview_url: _url, ...bucket }) => bucket)
    expectEqual('a timeline', { data: told, undated: meta.undated }, years)
  }

  async #checkFacets(
    server: Server,
    { sort_by: _by, sort_order: _order, ...filters }: Asked,
    expected: readonly number[],
  ): Promise<void> {
    const facets = await call(server, endpoints.facets, { query: asQuery(filters) })
    const naive = naiveFacets(this.#photos.filter(({ id }) => expected.includes(id)))
    expectEqual('facets', facets, { data: naive, meta: { total: expected.length } })
  }

  #list(server: Server, asked: Readonly<Record<string, unknown>>) {
    return call(server, endpoints.listPhotos, { query: asQuery(asked) })
  }
}

async function groupPhotos({ alice, bob }: People, photos: readonly KeptPhoto[]): Promise<Groups> {
  const space_id = await spaceOf(alice, [bob])
  for (const [owner, server] of Object.entries({ alice, bob })) {
    const shared = photos.filter((photo) => photo.owner === owner && photo.isShared)
    const body = { photos: shared.map(({ id }) => id) }
    if (shared.length > 0) await call(server, endpoints.addSpacePhotos, { params: { id: space_id }, body })
  }
  const { id } = await call(alice, endpoints.createCollection, {
    body: { name: 'best', visibility: 'public' },
  })
  const collected = photos.filter((photo) => photo.owner === 'alice' && photo.isCollected)
  const body = { hothashes: collected.map(({ hothash }) => hothash) }
  if (collected.length > 0) await call(alice, endpoints.addCollectionPhotos, { params: { id }, body })
  return { space_id, collection_id: id }
}

/** Written out as a query string has it. */
function asQuery(asked: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(asked).map(([name, value]) => [name, String(value)]))
}

function expectEqual(what: string, given: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(given, expected))
    throw new Error(`${what}: ${JSON.stringify(given)} instead of ${JSON.stringify(expected)}`)
}

const asSent = (terms: string) => (JSON.parse(terms) as NaiveTerm[]).map(written).join(' ') // as `words` makes them

const who = fc.constantFrom<Who>('alice', 'bob', 'anybody')

const range = <T extends string | number>(name: string, values: readonly T[]) =>
  fc
    .tuple(fc.constantFrom(...values), fc.constantFrom(...values), fc.constantFrom('min', 'max', 'both'))
    .map(([a, b, ends]) => ({
      ...(ends === 'max' ? {} : { [`${name}_min`]: a < b ? a : b }),
      ...(ends === 'min' ? {} : { [`${name}_max`]: a < b ? b : a }),
    }))

const times = (name: string, values: readonly string[]) =>
  fc
    .tuple(fc.constantFrom(...values), fc.constantFrom(...values), fc.constantFrom('after', 'before', 'both'))
    .map(([a, b, ends]) => ({
      ...(ends === 'before' ? {} : { [`${name}_after`]: a < b ? a : b }),
      ...(ends === 'after' ? {} : { [`${name}_before`]: a < b ? b : a }),
    }))

const one = <T extends string | number | boolean>(name: string, values: readonly T[]) =>
  fc.constantFrom(...values).map((value) => ({ [name]: value }))
const yesOrNo = (name: string) => one(name, [true, false])
const places = PLACES.map(([lat, lon]) => `${lat},${lon}`)

const WORDS = [
  'old',
  'boats',
  'BOATS',
  'ØST',
  'aero',
  'ap',
  'apple',
  'cat',
  'europe',
  'canon',
  'eos',
  'img',
  '2',
  'jpg',
  'b',
  'a',
  'none',
]
const term: fc.Arbitrary<NaiveTerm> = fc.record({
  words: fc.oneof(
    fc.constantFrom(...WORDS).map((word) => [word]),
    fc.constantFrom(
      ['old', 'boats'],
      ['boats', 'of'],
      ['IMG_1'],
      ['eos', 'r5'],
      ['europe/norway'],
      ['cats', 'old'],
    ),
  ),
  isNot: fc.boolean(),
  isPrefix: fc.boolean(),
})
/** As JSON, which says what was meant; what is sent is written from it. */
const words: fc.Arbitrary<Asked> = fc
  .array(term, { minLength: 1, maxLength: 3 })
  .map((terms) => ({ q: JSON.stringify(terms) }))

/** Up to three filters, in an order. */
function searchOf(createdAt: readonly string[], { space_id, collection_id }: Groups): fc.Arbitrary<Asked> {
  const filter: fc.Arbitrary<Asked> = fc.oneof(
    { arbitrary: words, weight: 5 },
    fc
      .record({
        tags: fc.uniqueArray(fc.constantFrom(...TAGS), { minLength: 1, maxLength: 2 }),
        tag_logic: fc.constantFrom('AND', 'OR'),
      })
      .map(({ tags, tag_logic }) => ({ tags, tag_logic })),
    yesOrNo('untagged'),
    one('category', ['work', 'Work', 'play']),
    range('rating', [0, 1, 3, 4, 5]),
    one('flag', ['pick', 'reject']),
    one('color_label', ['red', 'green', 'blue']),
    times('taken', [...DAYS, ...DAYS.map((day) => `${day}T${CLOCKS[2]}`)]),
    yesOrNo('undated'),
    times('created', createdAt),
    one('created_after', ['2024-01-01', '2100-01-01']),
    one('camera_make', MAKES),
    one('camera_model', [...MODELS, 'none']),
    one('lens_model', LENSES),
    range('iso', [100, 200, 400, 12_800]),
    range('f_number', [1.8, 2, 22]),
    range('focal_length', [24, 50.5, 600]),
    one('orientation', ['landscape', 'portrait', 'square']),
    yesOrNo('has_gps'),
    fc.record({ near: fc.constantFrom(...places), radius_km: fc.constantFrom(1, 10, 50, 400, 20_038) }),
    one('near', places),
    one('bbox', ['10,59,11,60', '179,-17,-179,-16', '-180,-90,180,90', '170,-20,-170,90', '5,60,5.4,60.5']),
    one('space_id', [space_id]),
    one('collection_id', [collection_id]),
    yesOrNo('has_raw'),
    yesOrNo('has_coldpreview'),
    one('file_name', [
      ...FILES,
      'img_1',
      'IMG_*',
      '*.jpg',
      'b*r',
      'bær.jpg',
      'pair_7',
      '*',
      '100%',
      'nothing',
    ]),
  )
  const order: fc.Arbitrary<Asked> = fc.record(
    {
      sort_by: fc.constantFrom('taken_at', 'created_at', 'rating', 'title'),
      sort_order: fc.constantFrom('asc', 'desc'),
    },
    { requiredKeys: [] },
  )
  return fc
    .tuple(fc.array(filter, { minLength: 0, maxLength: 3 }), order)
    .map(([filters, how]) => withoutEmptyRanges(Object.assign({}, ...filters, how) as Asked))
}

/** Two filters of one field may have left a range that holds nothing, which is refused. */
function withoutEmptyRanges(asked: Asked): Asked {
  const { near, radius_km, ...rest } = asked
  const kept = Object.entries(rest).filter(([name, end]) => {
    const begin =
      rest[name.replace(/_(max|before)$/, name.endsWith('max') ? '_min' : '_after') as keyof typeof rest]
    const isEnd = /_(max|before)$/.test(name)
    return !isEnd || begin === undefined || end === undefined || !isBelow(end, begin)
  })
  return {
    ...Object.fromEntries(kept),
    ...(near === undefined ? {} : { near }),
    ...(near === undefined || radius_km === undefined ? {} : { radius_km }),
  }
}

function isBelow(end: NonNullable<Asked[keyof Asked]>, begin: NonNullable<Asked[keyof Asked]>): boolean {
  return typeof end === 'number' ? end < Number(begin) : `${String(end)}~` < String(begin)
}
