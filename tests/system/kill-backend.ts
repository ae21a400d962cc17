import { deepStrictEqual, ok } from 'node:assert'
import { setTimeout as delay } from 'node:timers/promises'
import { type Server, call } from '@imalink/client'
import { type Photo, endpoints } from '@imalink/contract'
import { startPostgres } from '../postgres-server.ts'
import { layPosts } from './egg-poster.ts'
import { type Account, type Installation, lastingServer, startInstallation } from './installation.ts'
import { type Life, type State, live, newLife, sorted, untilGone } from './photo-lives.ts'
import { allPhotos, countsOf, preview, sha256, timelineCounts } from './photos-of.ts'
import { randomness } from './randomness.ts'
import { sideBySide } from './side-by-side.ts'

const CLIENTS = 6
const PHOTOS = 72
const BATCH = 5
/** A kill comes at a random moment of this; the clients need longer for all that they have to do. */
const KILLED_WITHIN_MS = 700

export interface Campaign {
  /** One kill under load, a start, and a look at everything. Throws where something acknowledged is gone or half there. */
  kill(): Promise<void>
  /** So many photos were found as acknowledged, or with the change that was on its way; so many were there at all. */
  readonly seen: { settled: number; pending: number; kept: number }
  end(): Promise<void>
}

/** A backend on the engine, to be killed at moments that `seed` decides. */
export async function prepareCampaign(engine: 'sqlite' | 'postgres', seed: number): Promise<Campaign> {
  const postgres = engine === 'postgres' ? await startPostgres() : null
  const installation = await startInstallation(
    postgres ? { DATABASE_URL: postgres.url, IMALINK_SECRET: 'a secret for tests, 32 bytes long.' } : {},
  )
  const random = randomness(seed)
  const seen = { settled: 0, pending: 0, kept: 0 }
  // The first account is the administrator, who alone may invite.
  const administrator = await lastingServer(await installation.newAccount())
  let kills = 0
  return {
    seen,
    kill: () => kill({ installation, administrator, random, seen }, kills++),
    async end() {
      await installation.end()
      await postgres?.stop()
    },
  }
}

interface Scene {
  readonly installation: Installation
  readonly administrator: Server
  readonly random: () => number
  readonly seen: { settled: number; pending: number; kept: number }
}

async function kill(scene: Scene, number: number): Promise<void> {
  const { installation, administrator, random } = scene
  const eggs = await layPosts(installation.layer, 2 * PHOTOS, number * 2 * PHOTOS)
  const lives = eggs
    .slice(0, PHOTOS)
    .flatMap((egg, index) => (eggs[PHOTOS + index] ? [newLife(egg, eggs[PHOTOS + index] ?? egg)] : []))
  const account = await installation.newAccount()
  const papers = await beginPapers(account, administrator)
  const working = Promise.all([
    sideBySide(inGroups(lives, random), CLIENTS, (group) =>
      untilGone(() => live(account.server, group, random)),
    ),
    untilGone(papers.write),
  ])
  await delay(random() * KILLED_WITHIN_MS)
  await installation.backend.stop('SIGKILL')
  await working
  await installation.backend.start()
  await checkLives(scene, account, lives)
  await papers.check()
}

function inGroups(lives: readonly Life[], random: () => number): Life[][] {
  const groups: Life[][] = []
  for (let from = 0; from < lives.length;) {
    const size = random() < 0.5 ? 1 : BATCH
    groups.push(lives.slice(from, from + size))
    from += size
  }
  return groups
}

async function checkLives(scene: Scene, account: Account, lives: readonly Life[]): Promise<void> {
  const library = await allPhotos(account.server)
  const trash = await call(account.server, endpoints.listTrash, { query: { limit: '200' } })
  const found = new Map<string, State>()
  for (const photo of library) found.set(photo.hothash, stateOf(photo, 'library', lives))
  for (const photo of trash.data) found.set(photo.hothash, stateOf(photo, 'trash', lives))
  for (const life of lives) checkLife(scene, life, found.get(life.egg.hothash))
  scene.seen.kept += found.size
  await sideBySide(library, 8, (photo) => checkWhole(account, photo))
  await checkCounts(account, library)
}

/** The address of a coldpreview ends with the beginning of its SHA-256; which of the two it is tells the whole. */
function stateOf(photo: Photo, place: State['place'], lives: readonly Life[]): State {
  const life = lives.find(({ egg }) => egg.hothash === photo.hothash)
  const colds = [life?.settled.cold, life?.pending?.cold]
  const cold = colds.find((sum) => sum !== undefined && photo.coldpreview_url?.endsWith(sum.slice(0, 16)))
  const tags = sorted(photo.tags.map(({ name }) => name))
  return {
    place,
    title: photo.title,
    rating: photo.rating,
    cold: cold ?? String(photo.coldpreview_url),
    tags,
  }
}

function checkLife({ seen }: Scene, { egg, settled, pending }: Life, found: State | undefined): void {
  const isGone = (state: State | null) => state?.place === 'nowhere'
  const matches = (state: State | null) =>
    found ? JSON.stringify(state) === JSON.stringify(found) : isGone(state)
  if (matches(settled)) seen.settled++
  else if (matches(pending)) seen.pending++
  else
    deepStrictEqual(found, settled, `photo ${egg.hothash} is as acknowledged, or ${JSON.stringify(pending)}`)
}

async function checkWhole({ server }: Account, photo: Photo): Promise<void> {
  const { hothash, files = [], coldpreview_url } = photo
  deepStrictEqual(sha256(await preview(server, hothash, 'hotpreview')), hothash, 'a photo has its hotpreview')
  const cold = sha256(await preview(server, hothash, 'coldpreview'))
  ok(coldpreview_url?.endsWith(cold.slice(0, 16)), 'a photo has the coldpreview that it tells')
  deepStrictEqual(files.length, 1, 'a photo has its file record')
}

/** The counts that are kept are those of the photos that are there: by time, by what they have, by their tags. */
async function checkCounts({ server }: Account, library: readonly Photo[]): Promise<void> {
  const { data, meta } = await call(server, endpoints.facets, { query: { scope: 'mine' } })
  deepStrictEqual(meta.total, library.length, 'facets count what is there')
  deepStrictEqual(counted(data.rating), numbersOf(library.map(({ rating }) => rating)), 'by rating')
  const tags = await call(server, endpoints.listTags, { query: { limit: '500' } })
  const used = tags.data.filter(({ photo_count }) => photo_count > 0)
  deepStrictEqual(
    counted(used.map(({ name, photo_count }) => ({ value: name, count: photo_count }))),
    numbersOf(library.flatMap((photo) => photo.tags.map(({ name }) => name))),
    'tags count the photos that have them',
  )
  const expected = countsOf(library.map(({ taken_at }) => taken_at))
  deepStrictEqual(await timelineCounts(server), expected, 'the timeline counts what is there')
}

const counted = (values: readonly { readonly value: string | number; readonly count: number }[]) =>
  Object.fromEntries(values.map(({ value, count }) => [value, count]))

function numbersOf(values: readonly (string | number)[]): Record<string, number> {
  return counted(
    [...Map.groupBy(values, (value) => value)].map(([value, { length }]) => ({ value, count: length })),
  )
}

/** What is not photos: groups of them, keys, invitations, errors of an import. Each is written again and again until the server is gone. */
async function beginPapers({ server }: Account, administrator: Server) {
  const session = await call(server, endpoints.createImportSession, { body: {} })
  const params = { id: session.id }
  const written = {
    keys: [] as number[],
    revoked: [] as number[],
    invites: [] as number[],
    groups: [] as string[],
    errors: 0,
  }
  const write = async () => {
    for (let number = 0; ; number++) {
      written.keys.push(
        (await call(server, endpoints.createApiKey, { body: { name: `${number}`, scope: 'read' } })).id,
      )
      if (number % 3 === 2) {
        const id = written.keys.shift() ?? 0
        await call(server, endpoints.deleteApiKey, { params: { id } })
        written.revoked.push(id)
      }
      written.invites.push((await call(administrator, endpoints.createInvite, { body: {} })).id)
      const space = await call(server, endpoints.createSpace, { body: { name: `${number}` } })
      const heap = await call(server, endpoints.createCollection, { body: { name: `${number}` } })
      const story = await call(server, endpoints.createStory, { body: { title: `${number}` } })
      written.groups.push(`spaces/${space.id}`, `collections/${heap.id}`, `phototext/${story.id}`)
      const errors = [{ filename: `${number}.jpg`, code: 'corrupt_image', detail: 'Damaged.' }]
      await call(server, endpoints.reportImportErrors, { params, body: { errors } })
      written.errors++
    }
  }
  const check = async () => {
    const query = { limit: '200' }
    const keys = (await call(server, endpoints.listApiKeys, { query })).data.map(({ id }) => id)
    const invites = (await call(administrator, endpoints.listInvites, { query })).data.map(({ id }) => id)
    const { failed_files, processed_files } = await call(server, endpoints.getImportSession, { params })
    deepStrictEqual(
      written.keys.filter((id) => !keys.includes(id)),
      [],
      'keys are kept',
    )
    deepStrictEqual(
      written.revoked.filter((id) => keys.includes(id)),
      [],
      'keys that were revoked stay so',
    )
    deepStrictEqual(
      written.invites.filter((id) => !invites.includes(id)),
      [],
      'invitations are kept',
    )
    const kept = [
      ...(await call(server, endpoints.listSpaces, { query })).data.map(({ id }) => `spaces/${id}`),
      ...(await call(server, endpoints.listCollections, { query: { ...query, scope: 'mine' } })).data.map(
        ({ id }) => `collections/${id}`,
      ),
      ...(await call(server, endpoints.listStories, { query: { ...query, scope: 'mine' } })).data.map(
        ({ id }) => `phototext/${id}`,
      ),
    ]
    deepStrictEqual(
      written.groups.filter((group) => !kept.includes(group)),
      [],
      'spaces, collections and stories are kept',
    )
    ok(
      [0, 1].includes(failed_files - written.errors),
      `${written.errors} errors were told, ${failed_files} kept`,
    )
    deepStrictEqual(processed_files, failed_files, 'the session adds up')
  }
  return { write, check }
}
