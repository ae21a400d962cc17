import { type Server, call } from '@imalink/client'
import { endpoints } from '@imalink/contract'
import { RARE } from './seed.ts'

export type Call = () => Promise<unknown>

interface People {
  readonly owner: Server
  readonly other: Server
  readonly otherName: string
}

/** As many in every library. */
const SHARED = 500
const COLLECTED = 10_000
const PAGE = '500'

/**
 * What finds its way by groups of photos: a collection and a space of which the other is a member, as large in each library, stacks,
 * more in a larger one; and what is counted of all.
 */
export async function groupCalls({ owner, other, otherName }: People): Promise<Record<string, Call>> {
  const collection = await collect(owner)
  const space = await share(owner, { other, otherName })
  const [first] = collection.hothashes
  const params = { ref: first ?? '' }
  const of = (server: Server, path: string): Call => {
    const headers = { authorization: `Bearer ${server.token}` }
    return async () => {
      const reply = await fetch(server.baseUrl + path, { headers })
      if (!reply.ok) throw new Error(`${path} answered ${reply.status}`)
      return reply.arrayBuffer()
    }
  }
  let turn = 0
  const statistics = of(owner, '/stats')
  return {
    'tags, most used first': of(owner, '/tags?sort_by=count'),
    'a tag is completed': of(owner, '/tags/autocomplete?q=tag'),
    statistics,
    'statistics after an edit': async () => {
      await call(owner, endpoints.editPhoto, { params, body: { rating: turn++ % 6 } })
      await statistics()
    },
    'facets of all': of(owner, '/photos/facets?scope=mine'),
    'facets of a rare tag': of(owner, '/photos/facets?tags=rare'),
    'facets of a tag that one in twenty has': of(owner, '/photos/facets?scope=mine&tags=tag%206'),
    'map around a place': of(owner, `/photos/map?bbox=${RARE.box}&zoom=8`),
    'list, as it is': of(owner, '/photos?scope=mine'),
    'list with stacks collapsed': of(owner, '/photos?stacks=collapsed&scope=mine'),
    'list with stacks collapsed, by the other': of(other, '/photos?stacks=collapsed'),
    'a rare word, stacks collapsed': of(owner, '/photos?stacks=collapsed&q=kingfisher'),
    'page of a collection': of(owner, `/collections/${collection.id}/photos`),
    'move a photo in a collection': () =>
      call(owner, endpoints.reorderCollection, {
        params: { id: collection.id },
        body: { hothash: first ?? '', after: collection.hothashes[1 + (turn++ % 1000)] ?? null },
      }),
    'tag ten thousand photos, or untag them': () =>
      call(owner, endpoints.editPhotos, {
        body: {
          photos: collection.hothashes.slice(0, COLLECTED),
          ...(turn++ % 2 === 0 ? { add_tags: ['many'] } : { remove_tags: ['many'] }),
        },
      }),
    'photos of a space, by a member': of(other, `/spaces/${space}/photos`),
    'timeline of a space, by a member': of(other, `/timeline?space_id=${space}`),
    'list, first page, member of a space': of(other, '/photos'),
    'timeline by year, member of a space': of(other, '/timeline'),
    'search: a rare word, member of a space': of(other, '/photos?q=kingfisher'),
  }
}

async function collect(owner: Server): Promise<{ id: number; hothashes: string[] }> {
  const hothashes: string[] = []
  let cursor: string | null = null
  do {
    const query: Record<string, string> = {
      scope: 'mine',
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    }
    const { data, meta } = await call(owner, endpoints.listPhotos, { query })
    hothashes.push(...data.map(({ hothash }) => hothash))
    cursor = meta.next_cursor
  } while (cursor !== null && hothashes.length < COLLECTED)
  const body = { name: 'bench', hothashes: hothashes.slice(0, COLLECTED) }
  const { id } = await call(owner, endpoints.createCollection, { body })
  return { id, hothashes }
}

async function share(
  owner: Server,
  { other, otherName }: Pick<People, 'other' | 'otherName'>,
): Promise<number> {
  const { id } = await call(owner, endpoints.createSpace, { body: { name: 'bench' } })
  const query = { scope: 'mine', visibility: 'space', limit: String(SHARED) } as const
  const { data } = await call(owner, endpoints.listPhotos, { query })
  const photos = data.map(({ hothash }) => hothash)
  await call(owner, endpoints.addSpacePhotos, { params: { id }, body: { photos } })
  const invitation = await call(owner, endpoints.inviteToSpace, {
    params: { id },
    body: { username: otherName },
  })
  await call(other, endpoints.acceptInvitation, { params: { id: invitation.id } })
  return id
}
