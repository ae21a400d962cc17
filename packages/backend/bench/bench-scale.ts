import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Server, authorization, backendAt, call, send } from '@imalink/client'
import { type CallInput, type Photo, type Tokens, endpoints } from '@imalink/contract'
import { setup } from '../../../tests/postgres-server.ts'
import { ServerProgram, freePort } from '../../../tests/system/programs.ts'
import type { Measurement } from '../../../scripts/measurement.ts'
import { openDatabase } from '../src/storage/open-database.ts'
import { aJpeg, anEgg } from '../tests/an-egg.ts'
import { type TestDatabase, makeDatabaseOn } from '../tests/test-database.ts'
import { type Call, groupCalls } from './group-calls.ts'
import { RARE, rareDates, seedLibrary } from './seed.ts'

type Engine = 'sqlite' | 'postgres'

const USUAL_SIZES = '10000,100000'
const CALLS = 200
const FEWEST_CALLS = 9
const ENOUGH_MS = 10_000
const WARM_UP = 20
/** 66 kB, for it is of one colour. */
const COLDPREVIEW_SIZE = { width: 4096, height: 4096 }
const PAGE_10_000 = 500_000
/** Real hotpreviews have about 6 kB; a million of them would be mostly copied bytes. */
const previewBytes = (photos: number) => (photos > 200_000 ? 1000 : 6000)

interface Library {
  readonly engine: Engine
  readonly photos: number
  readonly owner: Server
  readonly other: Server
  readonly anonymous: Server
}

/**
 * What reading and writing one photo or one page takes in libraries of several sizes, on both databases, one request at a time:
 * the median and the slowest of a hundred, each median beside that of the smallest library. `IMALINK_BENCH_SIZES` names the
 * sizes, 10,000 and 100,000 where it is silent, `IMALINK_BENCH_ENGINES` the databases.
 */
export async function benchScale(): Promise<Measurement[]> {
  const sizes = (process.env.IMALINK_BENCH_SIZES || USUAL_SIZES).split(',').map(Number)
  const engines = (process.env.IMALINK_BENCH_ENGINES || 'sqlite,postgres').split(',') as Engine[] // Named by who runs it.
  const measurements: Measurement[] = []
  for (const engine of engines) {
    const medians = new Map<string, number>()
    for (const photos of sizes)
      for (const measurement of await measureLibrary(engine, photos)) {
        const reference = measurement.unit === 'ms' ? (medians.get(measurement.name) ?? null) : null
        if (reference === null) medians.set(measurement.name, measurement.value)
        measurements.push({
          ...measurement,
          reference,
          ratio: reference === null ? null : measurement.value / reference,
        })
      }
  }
  return measurements
}

async function measureLibrary(engine: Engine, photos: number): Promise<Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'imalink-bench-'))
  const stopPostgres = engine === 'postgres' ? await setup() : undefined
  const database = await makeDatabaseOn(engine, folder)
  const port = await freePort()
  const program = new ServerProgram('backend', port, {
    IMALINK_DATA: folder,
    IMALINK_PORT: String(port),
    IMALINK_AUTH_RATE_LIMIT: '0',
    IMALINK_SECRET: 'a secret for the bench, 32 bytes long',
    DATABASE_URL: database.url,
  })
  try {
    await program.start()
    const [owner, other] = [await signUp(program.address, 'owner'), await signUp(program.address, 'other')]
    const seeding = await seed(database, { photos, ownerId: owner.user.id, otherId: other.user.id })
    const at = ({ access_token }: Tokens) => backendAt(program.address, access_token)
    const anonymous = backendAt(program.address)
    return [
      { ...seeding, params: { engine, photos, ...seeding.params } },
      ...(await measureCalls({ engine, photos, owner: at(owner), other: at(other), anonymous })),
    ]
  } finally {
    await program.stop()
    await database.drop()
    await stopPostgres?.()
    rmSync(folder, { recursive: true })
  }
}

async function signUp(origin: string, username: string): Promise<Tokens> {
  const [server, password] = [backendAt(origin), 'a password for the bench']
  await call(server, endpoints.register, { body: { username, password, email: `${username}@example.org` } })
  return call(server, endpoints.login, { body: { username, password } })
}

async function seed(
  { url }: TestDatabase,
  wishes: { readonly photos: number; readonly ownerId: number; readonly otherId: number },
): Promise<Measurement> {
  const storage = openDatabase(url)
  const started = performance.now()
  await seedLibrary(storage, { ...wishes, previewBytes: previewBytes(wishes.photos) })
  const value = (performance.now() - started) / 1000
  await storage.close()
  // SQLite let nothing else happen here: what the server closed meanwhile is heard of first.
  await delay(200)
  const file = url.startsWith('sqlite:') ? statSync(url.slice('sqlite:'.length)).size : null
  const params = file === null ? {} : { megabytes: Math.round(file / 1e6) }
  return { name: 'seeding', params, value, unit: 's', reference: null, ratio: null }
}

async function measureCalls(library: Library): Promise<Measurement[]> {
  const alone = await measureEach(library, await callsOf(library))
  return [...alone, ...(await measureEach(library, await groupCalls({ ...library, otherName: 'other' })))]
}

async function measureEach(library: Library, calls: Readonly<Record<string, Call>>): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  for (const [name, make] of Object.entries(calls)) {
    const { median, p99, calls } = await timesOf(make)
    const params = {
      ...{ engine: library.engine, photos: library.photos, p99_ms: Number(p99.toFixed(2)) },
      ...(calls < CALLS ? { calls } : {}),
    }
    measurements.push({ name, params, value: median, unit: 'ms', reference: null, ratio: null })
  }
  return measurements
}

/** What is measured, by name; each call does it once. */
async function callsOf({ photos, owner, other, anonymous }: Library): Promise<Record<string, Call>> {
  const get = (server: Server, path: string): Call => {
    const headers = server.token === undefined ? {} : { authorization: `Bearer ${server.token}` }
    return async () => {
      const reply = await fetch(server.baseUrl + path, { headers })
      if (!reply.ok) throw new Error(`${path} answered ${reply.status}`)
      return reply.arrayBuffer()
    }
  }
  const offset = String(Math.min(PAGE_10_000, Math.floor(photos / 3)))
  const deep = await call(owner, endpoints.listPhotos, { query: { scope: 'mine', offset } })
  const [first] = deep.data
  if (!first) throw new Error('The library has no photos')
  const photo = await call(owner, endpoints.getPhoto, { params: { ref: first.hothash } })
  const date = (photo.taken_at ?? '').slice(0, 10)
  const day = date.split('-').map(Number)
  const period = `year=${day[0]}&month=${day[1]}&day=${day[2]}`
  const timelines = Object.entries({ owner, 'other user': other, anonymous }).flatMap(([who, server]) => [
    [`timeline by year, ${who}`, get(server, '/timeline?granularity=year')] as const,
    [`timeline by month, ${who}`, get(server, `/timeline?granularity=month&year=${day[0]}`)] as const,
    [
      `timeline by day, ${who}`,
      get(server, `/timeline?granularity=day&year=${day[0]}&month=${day[1]}`),
    ] as const,
    [`timeline by hour, ${who}`, get(server, `/timeline?granularity=hour&${period}`)] as const,
    [`list, first page, ${who}`, get(server, '/photos')] as const,
  ])
  let rating = 0
  const params = { ref: photo.hothash }
  const coldpreview = new Uint8Array(aJpeg('large', COLDPREVIEW_SIZE))
  await send(owner, `${owner.baseUrl}/photos/${photo.hothash}/coldpreview`, {
    method: 'PUT',
    headers: { ...authorization(owner), 'content-type': 'image/jpeg' },
    body: coldpreview,
  })
  return {
    ...Object.fromEntries(timelines),
    'list, page far down by cursor': get(owner, `/photos?scope=mine&cursor=${deep.meta.next_cursor}`),
    'list by rating': get(owner, '/photos?rating_min=4'),
    'list by rating, a later page': get(owner, `/photos?rating_min=4&cursor=${deep.meta.next_cursor}`),
    'list of a day': get(owner, `/photos?taken_after=${date}&taken_before=${date}`),
    'timeline photos of a day': get(owner, `/timeline/photos?${period}`),
    'photo by hothash': get(owner, `/photos/${photo.hothash}`),
    coldpreview: get(owner, `/photos/${photo.hothash}/coldpreview`),
    hotpreview: get(owner, `/photos/${photo.hothash}/hotpreview`),
    'create a photo': () => call(owner, endpoints.createPhoto, { body: anEgg() }),
    'update a photo': () => call(owner, endpoints.editPhoto, { params, body: { rating: rating++ % 6 } }),
    ...searches(owner, photos, await firstAuthor(owner)),
    ...otherPaths(owner, photo),
  }
}

async function firstAuthor(owner: Server): Promise<number> {
  const { data } = await call(owner, endpoints.listAuthors, { query: {} })
  return data[0]?.id ?? 0
}

/** What a few dozen photos are found by, as many in each library; and what a share of all is found by. */
function searches(owner: Server, photos: number, author_id: number): Record<string, Call> {
  const of = (body: SearchInput): Call => {
    return async () => {
      const { data } = await call(owner, endpoints.searchPhotos, { body })
      if (data.length === 0) throw new Error(`${JSON.stringify(body)} finds nothing`)
    }
  }
  return {
    'search: a rare word': of({ q: 'kingfisher' }),
    'search: a phrase': of({ q: '"photo of a kingfisher"' }),
    'search: the beginning of a rare word': of({ q: 'kingf*' }),
    'search: a tag': of({ tags: ['rare'] }),
    'search: a rating': of({ rating_min: RARE.rating }),
    'search: a time': of(rareDates(photos)),
    'search: a camera': of({ camera_model: RARE.camera }),
    'search: an author': of({ author_id }),
    'search: a tag, a camera, a rating': of({ tags: ['rare'], camera_model: RARE.camera, rating_min: 1 }),
    'search: near a place': of({ near: RARE.place, radius_km: 20 }),
    'search: in a box': of({ bbox: RARE.box }),
    'search: a file name': of({ file_name: 'IMG_0' }),
    'search: by title, a page': of({ sort_by: 'title', sort_order: 'asc', scope: 'mine' }),
    'search: last imported, a page': of({ sort_by: 'created_at', scope: 'mine' }),
    'search: a word that all have, counted': of({ q: 'photo', scope: 'mine' }),
    'search: the beginning of a word that all have, counted': of({ q: 'phot*', scope: 'mine' }),
    'search: a tag that one in twenty has, counted': of({ tags: ['tag 6'], scope: 'mine' }),
  }
}

type SearchInput = NonNullable<CallInput<typeof endpoints.searchPhotos>['body']>

/** Other ways to a photo or a few of them, so that none can grow with the library unseen. */
function otherPaths(owner: Server, { hothash, files }: Photo): Record<string, Call> {
  const params = { ref: hothash }
  const [file] = files ?? []
  const known = {
    hothashes: [hothash],
    file_sha256s: [file?.file_sha256 ?? hothash],
    names: [{ folder: '/photos', stem: 'img_1' }],
  }
  let turn = 0
  return {
    'list with exif and files': () => call(owner, endpoints.listPhotos, { query: { include: 'exif,files' } }),
    'files of a photo': () => call(owner, endpoints.listPhotoFiles, { params, query: {} }),
    'another file of a photo': () =>
      call(owner, endpoints.addPhotoFile, {
        params,
        body: { filename: 'a.jpg', file_path: `/copies/${turn++}`, file_sha256: file?.file_sha256 ?? '' },
      }),
    'what is known': () => call(owner, endpoints.knownPhotos, { body: known }),
    'a duplicate': async () => {
      const egg = anEgg({ seed: 'the same each time' })
      await call(owner, endpoints.createPhoto, { body: egg })
    },
    'tag a photo': () =>
      call(owner, endpoints.addPhotoTags, { params, body: { tags: [`tag ${turn++ % 5}`] } }),
    'edit a few photos': () =>
      call(owner, endpoints.editPhotos, {
        body: { photos: [hothash], set: { rating: turn++ % 6 }, add_tags: ['few'], remove_tags: ['none'] },
      }),
    'correct a photo': () =>
      call(owner, endpoints.correctTimeloc, { params, body: { correction_reason: `${turn++}` } }),
    'to the trash and back': async () => {
      await call(owner, endpoints.deletePhoto, { params, query: {} })
      await call(owner, endpoints.listTrash, { query: {} })
      await call(owner, endpoints.restorePhoto, { params })
    },
  }
}

/** Fewer calls where they take long. */
async function timesOf(make: Call): Promise<{ median: number; p99: number; calls: number }> {
  const begun = performance.now()
  const isLate = () => performance.now() - begun > ENOUGH_MS
  for (let count = 0; count < WARM_UP && !isLate(); count++) await make()
  const times: number[] = []
  while (times.length < FEWEST_CALLS || (times.length < CALLS && !isLate())) {
    const started = performance.now()
    await make()
    times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.floor(times.length * share)] ?? 0
  return { median: at(0.5), p99: at(0.99), calls: times.length }
}
