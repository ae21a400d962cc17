import { type Facets, type QueryOf, type statisticsEndpoints, visibility as levels } from '@imalink/contract'
import { sourcesIn } from '../../access/scope.ts'
import { selectPhotos } from '../../access/selection.ts'
import type { Viewer } from '../../access/viewer.ts'
import type { Db } from '../../storage/database/database.ts'
import type { Field } from './counts.ts'
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
  const rows = await countFacets(db, await selectPhotos(db, viewer, asked))
  const byFacet = Map.groupBy(rows, ({ facet }) => facet)
  return new Map(
    [...byFacet].map(([facet, some]) => [facet, ranked(some.map(({ value, count }) => [value, count]))]),
  )
}

async function allFacets(db: Db, viewer: Viewer, { scope, visibility }: Asked): Promise<Counted> {
  const sources = await sourcesIn(db, viewer, { scope, visibility })
  const byLevel = await countsByLevel(db, sources)
  const counts = added([...byLevel.values()])
  const totals = [...byLevel].map(([level, some]) => [level, some.get('total')?.get('') ?? 0] as const)
  const names = await namesOfTags(db, [...(counts.get('tag')?.keys() ?? [])].map(Number))
  const taggedBy = [...(counts.get('tag') ?? [])].map(
    ([id, count]) => [names.get(Number(id)) ?? '', count] as const,
  )
  const plain = (field: Field) =>
    ranked([...(counts.get(field) ?? [])].map(([value, count]) => [`${value}`, count]))
  return new Map<Facet, readonly (readonly [string, number])[]>([
    ...(['total', 'year', 'rating', 'camera', 'lens', 'author'] as const).map(
      (facet) => [facet, plain(facet)] as const,
    ),
    ['visibility', ranked(totals.filter(([, count]) => count > 0))],
    ['tag', ranked(summed(taggedBy))],
  ])
}

/** Two owners may have tags of one name. */
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
