import { type Facets, type QueryOf, type statisticsEndpoints, visibility as levels } from '@imalink/contract'
import { sourcesIn } from '../../access/scope.ts'
import { selectPhotos } from '../../access/selection.ts'
import type { Viewer } from '../../access/viewer.ts'
import { isOwned, isShared } from '../../access/visibility.ts'
import type { Db } from '../../storage/database/database.ts'
import type { CountsByLevel } from './counts.ts'
import { type FacetRow, countFacets } from './facets.repository.ts'
import { namesOfAuthors, namesOfTags } from './rollups.repository.ts'
import { added, countsByLevel } from './rollups.service.ts'

type Asked = QueryOf<typeof statisticsEndpoints.facets>

interface Answer {
  readonly data: Facets
  readonly meta: { readonly total: number }
}

const MOST = 100

/**
 * How many of the photos that the viewer may see have each value, the most frequent of each. Photos that filters let
 * through are counted one by one; of all of them there are counts. Throws `credentials_required`.
 */
export async function facetsOf(db: Db, viewer: Viewer, asked: Asked): Promise<Answer> {
  const { scope, visibility, ...filters } = asked
  const isFiltered = Object.values(filters).some((value) => value !== undefined)
  const counted = isFiltered ? await filteredFacets(db, viewer, asked) : await allFacets(db, viewer, asked)
  return shaped(db, counted)
}

type Facet = FacetRow['facet']
/** Counts by value as text, most frequent first. */
type Counted = ReadonlyMap<Facet, readonly (readonly [string, number])[]>

async function filteredFacets(db: Db, viewer: Viewer, asked: Asked): Promise<Counted> {
  return rankedFacets(pairsOf(await countFacets(db, await selectPhotos(db, viewer, asked))))
}

type Pairs = ReadonlyMap<Facet, readonly Pair[]>
type Pair = readonly [value: string, count: number]

function pairsOf(rows: readonly FacetRow[]): Pairs {
  const byFacet = Map.groupBy(rows, ({ facet }) => facet)
  return new Map([...byFacet].map(([facet, some]) => [facet, some.map(({ value, count }) => [value, count])]))
}

/** From counts that are kept; photos in spaces are counted one by one. */
async function allFacets(db: Db, viewer: Viewer, { scope, visibility }: Asked): Promise<Counted> {
  const sources = await sourcesIn(db, viewer, { scope, visibility })
  const shared = { ...ALL, sources: sources.filter(isShared) }
  const kept = await keptFacets(db, await countsByLevel(db, sources.filter(isOwned)))
  const inSpaces = pairsOf(await countFacets(db, shared))
  return rankedFacets(
    new Map(facetNames.map((facet) => [facet, [...(kept.get(facet) ?? []), ...(inSpaces.get(facet) ?? [])]])),
  )
}

/** A selection of all that sources have. */
const ALL = { where: undefined, whereOfAll: undefined, candidates: null, gathered: null }

async function keptFacets(db: Db, byLevel: CountsByLevel): Promise<Pairs> {
  const counts = added([...byLevel.values()])
  const names = await namesOfTags(db, [...(counts.get('tag')?.keys() ?? [])].map(Number))
  const of = (
    facet: (typeof plainFacets)[number] | 'tag',
    nameOf: (value: string | number) => string,
  ): [Facet, Pair[]] => [
    facet,
    [...(counts.get(facet) ?? [])].map(([value, count]) => [nameOf(value), count]),
  ]
  const totals = [...byLevel].map(([level, some]): Pair => [level, some.get('total')?.get('') ?? 0])
  return new Map<Facet, readonly Pair[]>([
    ...plainFacets.map((facet) => of(facet, String)),
    ['visibility', totals.filter(([, count]) => count > 0)],
    of('tag', (id) => names.get(Number(id)) ?? ''),
  ])
}

const plainFacets = ['total', 'year', 'rating', 'camera', 'lens', 'author'] as const
const facetNames = [...plainFacets, 'visibility', 'tag'] as const

const rankedFacets = (pairs: Pairs): Counted =>
  new Map([...pairs].map(([facet, some]) => [facet, ranked(summed(some))]))

/** Two owners may have tags of one name, and two ways of counting the same value. */
function summed(pairs: readonly (readonly [string, number])[]): (readonly [string, number])[] {
  const sums = new Map<string, number>()
  for (const [value, count] of pairs) sums.set(value, (sums.get(value) ?? 0) + count)
  return [...sums]
}

function ranked(pairs: readonly (readonly [string, number])[]): (readonly [string, number])[] {
  return pairs
    .toSorted(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1))
    .slice(0, MOST)
}

async function shaped(db: Db, counted: Counted): Promise<Answer> {
  const of = (facet: Facet) => counted.get(facet) ?? []
  const texts = (facet: Facet) => of(facet).map(([value, count]) => ({ value, count }))
  const numbers = (facet: Facet) =>
    of(facet)
      .map(([value, count]) => ({ value: Number(value), count }))
      .sort((a, b) => b.value - a.value)
  const names = await namesOfAuthors(
    db,
    of('author').map(([id]) => Number(id)),
  )
  return {
    data: {
      ...{ year: numbers('year'), rating: numbers('rating') },
      ...{ camera: texts('camera'), lens: texts('lens'), tag: texts('tag') },
      visibility: levels.options.flatMap((value) =>
        of('visibility').flatMap(([level, count]) => (level === value ? [{ value, count }] : [])),
      ),
      author: of('author').flatMap(([id, count]) => {
        const name = names.get(Number(id))
        return name === undefined ? [] : [{ value: Number(id), name, count }]
      }),
    },
    meta: { total: of('total')[0]?.[1] ?? 0 },
  }
}
