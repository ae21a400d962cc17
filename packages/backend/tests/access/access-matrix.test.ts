import { endpoints } from '@imalink/contract'
import { call } from '@imalink/client'
import { describe, expect, test } from 'vitest'
import { type Reply, testApp } from '../test-app.ts'
import { type CastPhoto, OWNER, type Viewer, assemble } from './cast.ts'
import { type EndpointName, allEndpoints, besidePhotos, doorOf } from './matrix.ts'
import { readingPaths } from './reading-paths.ts'
import { isOwn, refusalAtTheDoor, refusalToChange } from './rules.ts'
import {
  type BelongingPath,
  type WritingPath,
  belongings,
  makingPaths,
  ownLists,
  writingPaths,
} from './writing-paths.ts'

const app = await testApp()
const cast = await assemble(app)
const { photos, viewers } = cast

const rowsOf = <Row>(paths: Readonly<Partial<Record<EndpointName, Row>>>) =>
  Object.entries(paths) as [EndpointName, Row][] // As their type says.

const pairs = <Row>(paths: Readonly<Partial<Record<EndpointName, Row>>>) =>
  rowsOf(paths).flatMap(([name, row]) => viewers.map((viewer) => [name, viewer.name, row, viewer] as const))

test('every endpoint there is stands in the matrix, once', () => {
  const rows = [readingPaths, writingPaths, belongings, ownLists, makingPaths, besidePhotos].flatMap(
    Object.keys,
  )

  expect(rows.sort()).toEqual(Object.keys(allEndpoints).sort())
})

/** Whatever is answered, nobody reads in it what is another's alone, or the name of a photo that they may not see. */
function expectNoLeak(replies: readonly Reply[], viewer: Viewer, mayKnow: ReadonlySet<CastPhoto>): void {
  const said = replies
    .map(({ bytes, headers }) => bytes.toString('latin1') + JSON.stringify([...headers]))
    .join('\n')
  for (const photo of photos) {
    if (!mayKnow.has(photo)) expect(said.includes(photo.hothash), `tells of the ${photo.name}`).toBe(false)
    if (isOwn(viewer, photo)) continue
    for (const secret of photo.secrets)
      expect(said.includes(secret), `tells a secret of the ${photo.name}`).toBe(false)
  }
}

describe.each(pairs(readingPaths))('%s, for %s', (name, _viewer, path, viewer) => {
  test('shows what the rules show, and nothing of the rest', async () => {
    const refusal = refusalAtTheDoor(viewer, doorOf(name))
    const expected = new Set(photos.filter((photo) => refusal === null && path.rule(viewer, photo)))

    const shown = await path.read(viewer, photos)

    const names = (some: ReadonlySet<CastPhoto>) => [...some].map((photo) => photo.name)
    expect(names(shown.photos)).toEqual(names(expected))
    if (refusal !== null) for (const { status } of shown.replies) expect(status).toBe(refusal)
    expectNoLeak(shown.replies, viewer, expected)
  })
})

test('the owner is told the secrets, so that their absence elsewhere means something', async () => {
  const [photo] = photos as [CastPhoto] // The cast has photos.

  const { bytes } = await cast.owner.get(`/api/v1/photos/${photo.id}`)

  for (const secret of photo.secrets) expect(bytes.toString()).toContain(secret)
})

test('a hidden photo is answered exactly as one that is missing', async () => {
  const missing = 987_654_321
  for (const viewer of viewers.filter(({ right }) => right === 'everything'))
    for (const photo of photos.filter((one) => !isOwn(viewer, one)))
      for (const end of ['', '/hotpreview', '/coldpreview']) {
        const hidden = await viewer.caller.get(`/api/v1/photos/${photo.id}${end}`)
        if (hidden.status === 200) continue
        const never = await viewer.caller.get(`/api/v1/photos/${missing}${end}`)
        expect(hidden).toMatchObject({ status: never.status, body: never.body })
      }
})

const stateOfOwner = async () => ({
  live: (
    await call(cast.owner.server, endpoints.listPhotos, {
      query: { scope: 'mine', limit: '500', include: 'exif,files' },
    })
  ).data,
  trash: (await call(cast.owner.server, endpoints.listTrash, { query: { limit: '500' } })).data,
  sessions: (await call(cast.owner.server, endpoints.listImportSessions, {})).data,
  volumes: (await call(cast.owner.server, endpoints.listVolumes, {})).data,
  stacks: (await call(cast.owner.server, endpoints.listStacks, {})).data,
  collections: (await call(cast.owner.server, endpoints.listCollections, {})).data,
  stories: (await call(cast.owner.server, endpoints.listStories, { query: { scope: 'mine' } })).data,
  spaces: (await call(cast.owner.server, endpoints.listSpaces, {})).data,
  tags: (await call(cast.owner.server, endpoints.listTags, {})).data,
  authors: (await call(cast.owner.server, endpoints.listAuthors, {})).data,
  searches: (await call(cast.owner.server, endpoints.listSavedSearches, {})).data,
})

const strangers = <Row>(paths: Readonly<Partial<Record<EndpointName, Row>>>) =>
  pairs(paths).filter(
    ([name, , , viewer]) => viewer.account !== OWNER || refusalAtTheDoor(viewer, doorOf(name)) !== null,
  )

describe.each(strangers<WritingPath>(writingPaths))('%s, for %s', (name, _viewer, path, viewer) => {
  test('is refused for every photo and changes none', async () => {
    const before = await stateOfOwner()
    for (const photo of photos) {
      const { status, body } = await path.attempt(viewer, photo)

      expect(status, photo.name).toBe(
        refusalAtTheDoor(viewer, doorOf(name)) ?? refusalToChange(viewer, photo),
      )
      expect(JSON.stringify(body)).not.toContain(photo.hothash)
    }
    expect(await stateOfOwner()).toEqual(before)
  })
})

/** What a member of the space, an editor, is answered; what is not named is not theirs either. */
const ofMembers: Readonly<Partial<Record<EndpointName, number>>> = {
  getSpace: 200,
  listSpaceMembers: 200,
  updateSpace: 403,
  deleteSpace: 403,
  updateSpaceMember: 403,
  removeSpaceMember: 403,
  listSpaceInvitations: 403,
  inviteToSpace: 403,
  deleteSpaceInvitation: 403,
}

describe.each(strangers<BelongingPath>(belongings))('%s, for %s', (name, _viewer, attempt, viewer) => {
  test('finds nothing that is not theirs and changes nothing', async () => {
    const before = await stateOfOwner()

    const reply = await attempt(viewer, cast)

    const refusal = refusalAtTheDoor(viewer, doorOf(name))
    const asMember = viewer.isMember === true && refusal === null ? ofMembers[name] : undefined
    expect(reply.status).toBe(asMember ?? refusal ?? 404)
    expectNoLeak([reply], viewer, new Set())
    if (asMember !== 200) expect(reply.bytes.toString()).not.toContain('secret')
    expect(await stateOfOwner()).toEqual(before)
  })
})

describe.each(pairs<string>(ownLists))('%s, for %s', (name, _viewer, path, viewer) => {
  test('lists what is theirs and nothing of others', async () => {
    const { status, bytes } = await viewer.caller.get(path)

    const refusal = refusalAtTheDoor(viewer, doorOf(name))
    expect(status).toBe(refusal ?? 200)
    const isTheirs = viewer.account === OWNER || (name === 'listSpaces' && viewer.isMember === true)
    expect(bytes.toString().includes('secret')).toBe(refusal === null && isTheirs)
  })
})

describe.each(strangers(makingPaths))('%s, for %s', (name, _viewer, path, viewer) => {
  test("makes a photo of one's own where another has the same, and nothing in what is another's", async () => {
    const before = await stateOfOwner()
    const refusal = refusalAtTheDoor(viewer, doorOf(name))
    const [photo] = photos as [CastPhoto] // The cast has photos.

    const [same, into] = [await path.same(viewer, photo), await path.into(viewer, cast)]

    if (refusal !== null) expect([same.status, into.status]).toEqual([refusal, refusal])
    else {
      expect(resultOf(same)).toMatchObject({ is_duplicate: false })
      expect(resultOf(into)).toMatchObject({ code: 'import_session_not_found' })
      await forget(viewer, resultOf(same))
    }
    expect(await stateOfOwner()).toEqual(before)
  })
})

/** What became of the one egg, alike for a single one and for a batch. */
function resultOf({ body }: Reply): Record<string, unknown> {
  const { results } = body as { results?: { status: string; id: number | null; error: object | null }[] }
  const [only] = results ?? []
  const { photo_id: id } = body as { photo_id?: number }
  if (id !== undefined) return { id, is_duplicate: false }
  return only
    ? { ...only.error, id: only.id, is_duplicate: only.status === 'duplicate' }
    : (body as Record<string, unknown>)
}

/** The next asks as if for the first time. */
async function forget({ caller }: Viewer, { id }: Record<string, unknown>): Promise<void> {
  expect((await caller.delete(`/api/v1/photos/${String(id)}?permanent=true`)).status).toBe(204)
}

describe.each(rowsOf<WritingPath>(writingPaths))('%s, for the owner', (_name, path) => {
  test('is done to each photo where it reaches, and finds no other', async () => {
    for (const photo of photos) {
      const reaches = path.reaches === 'both' || (path.reaches === 'trash') === photo.inTrash
      const owner = {
        name: 'the owner',
        account: photo.owner,
        caller: cast.owner,
        right: 'everything',
      } as const

      const { status } = await path.attempt(owner, photo)

      expect(status < 300 ? 'done' : status, photo.name).toBe(reaches ? 'done' : 404)
      await putBack(photo)
    }
  })
})

async function putBack({ id, inTrash }: CastPhoto): Promise<void> {
  if (inTrash) await cast.owner.delete(`/api/v1/photos/${id}`)
  else await cast.owner.post(`/api/v1/photos/${id}/restore`)
}
