import type { EndpointName } from './matrix.ts'
import { type CastPhoto, type Viewer } from './cast.ts'
import { type Guarded, type Onlooker, isOwn, maySee, maySeePreview } from './rules.ts'
import type { Reply } from '../test-app.ts'

/** A path on which photos are read, and which of them the rules show on it. */
export interface ReadingPath {
  readonly rule: (onlooker: Onlooker, photo: Guarded) => boolean
  /** Asks for all photos at once, or for each by itself. Answers which were shown, and everything that was said. */
  read(viewer: Viewer, photos: readonly CastPhoto[]): Promise<Shown>
}

export interface Shown {
  readonly photos: ReadonlySet<CastPhoto>
  readonly replies: readonly Reply[]
}

const ownLive = (onlooker: Onlooker, photo: Guarded) => isOwn(onlooker, photo) && !photo.inTrash
const ownTrash = (onlooker: Onlooker, photo: Guarded) => isOwn(onlooker, photo) && photo.inTrash
const dated =
  (rule: ReadingPath['rule']): ReadingPath['rule'] =>
  (onlooker, photo) =>
    rule(onlooker, photo) && (photo as CastPhoto).year !== null

/** A list of photos by their hothashes. */
function list(path: string, rule: ReadingPath['rule'], hothashesIn = hothashesOfData): ReadingPath {
  return listOf((caller) => caller.get(path), rule, hothashesIn)
}

function listOf(
  ask: (caller: Viewer['caller']) => Promise<Reply>,
  rule: ReadingPath['rule'],
  hothashesIn = hothashesOfData,
): ReadingPath {
  return {
    rule,
    async read({ caller }, photos) {
      const reply = await ask(caller)
      const shown = new Set(reply.status === 200 ? hothashesIn(reply.body) : [])
      expectCounted(reply, shown.size)
      return { photos: new Set(photos.filter(({ hothash }) => shown.has(hothash))), replies: [reply] }
    },
  }
}

/** By a filter that has an index of its own, and lets all of them through. */
function search(path: string): ReadingPath {
  const asked = { created_after: '2020-01-01', limit: 500, include: ['exif', 'files'] }
  return listOf((caller) => caller.post(path, asked), maySee)
}

/** A count that takes in more than is listed tells of what is hidden. */
function expectCounted({ status, body }: Reply, count: number): void {
  if (status !== 200) return
  const { meta } = body as { meta: { total?: number; count?: number } }
  if ((meta.total ?? meta.count) !== count) throw new Error(`${count} are listed, but ${meta.total} counted`)
}

function hothashesOfData(body: unknown): string[] {
  return (body as { data: { hothash: string }[] }).data.map(({ hothash }) => hothash)
}

/** One photo at a time, by id and by hothash alike. */
function each(
  path: (ref: string | number, photo: CastPhoto) => string,
  rule: ReadingPath['rule'],
): ReadingPath {
  return {
    rule,
    async read({ caller }, photos) {
      const shown = new Set<CastPhoto>()
      const replies: Reply[] = []
      for (const photo of photos) {
        const [byId, byHothash] = [
          await caller.get(path(photo.id, photo)),
          await caller.get(path(photo.hothash, photo)),
        ]
        if (byId.status !== byHothash.status)
          throw new Error(`${photo.name} is read by id or by hothash alone`)
        if (byId.status === 200) shown.add(photo)
        replies.push(byId, byHothash)
      }
      return { photos: shown, replies }
    },
  }
}

/** A photo that has a year of its own is shown where something is said of that year, at every granularity. */
const timelineBuckets: ReadingPath = {
  rule: dated(maySee),
  async read(viewer, photos) {
    const { caller } = viewer
    const shown = new Set<CastPhoto>()
    const years = await caller.get('/api/v1/timeline')
    const replies: Reply[] = [years]
    for (const photo of photos.filter(({ year }) => year !== null)) {
      const finer = ['month', 'day&month=6', 'hour&month=6&day=15'].map(
        (unit) => `/api/v1/timeline?granularity=${unit}&year=${photo.year}`,
      )
      const answers = await Promise.all(finer.map((path) => caller.get(path)))
      const found = [years, ...answers].map((reply) => tellsOf(reply, photo))
      replies.push(...answers)
      if (new Set(found).size > 1) throw new Error(`The granularities disagree on the ${photo.name}`)
      if (found[0]) shown.add(photo)
    }
    expectTotals(years, viewer, photos)
    return { photos: shown, replies }
  },
}

function expectTotals({ status, body }: Reply, viewer: Viewer, photos: readonly CastPhoto[]): void {
  if (status !== 200) return
  const { meta } = body as { meta: { total_photos: number; undated: number } }
  const visible = photos.filter((photo) => maySee(viewer, photo))
  const undated = visible.filter(({ year }) => year === null).length
  if (meta.undated !== undated || meta.total_photos !== visible.length - undated)
    throw new Error(`The timeline counts ${meta.total_photos} and ${meta.undated}`)
}

function tellsOf({ status, body }: Reply, photo: CastPhoto): boolean {
  if (status !== 200) return false
  const { data } = body as { data: { year: number; count: number; preview_hothash: string }[] }
  const bucket = data.find(({ year }) => year === photo.year)
  if (bucket && (bucket.count !== 1 || bucket.preview_hothash !== photo.hothash))
    throw new Error(`The year of the ${photo.name} tells of more than that photo`)
  return bucket !== undefined
}

/** By its hothash, by the bytes of its file and by its name: alike. */
const known: ReadingPath = {
  rule: isOwn,
  async read({ caller }, photos) {
    const reply = await caller.post('/api/v1/photos/known', {
      hothashes: photos.map(({ hothash }) => hothash),
      file_sha256s: photos.map(({ fileSha256 }) => fileSha256),
      names: photos.map(({ folder, secrets }) => ({ folder, stem: secrets[0]?.replace('.jpg', '') })),
    })
    if (reply.status !== 200) return { photos: new Set(), replies: [] }
    const told = reply.body as {
      hothashes: Record<string, unknown>
      file_sha256s: Record<string, unknown>
      names: unknown[][]
    }
    const shown = photos.filter((photo, index) => {
      const ways = [
        photo.hothash in told.hothashes,
        photo.fileSha256 in told.file_sha256s,
        told.names[index]?.length === 1,
      ]
      if (new Set(ways).size > 1)
        throw new Error(`The ${photo.name} is known by some ways alone: ${ways.join()}`)
      return ways[0]
    })
    // What was asked is in the answer.
    return { photos: new Set(shown), replies: [] }
  },
}

/** A photo that has a year of its own is counted in that year, and in all; every other way of counting agrees. */
const facets: ReadingPath = {
  rule: dated(maySee),
  async read(viewer, photos) {
    const paths = ['/api/v1/photos/facets', '/api/v1/photos/facets?created_after=2020-01-01']
    const [all, filtered] = await Promise.all(paths.map((path) => viewer.caller.get(path)))
    if (!all || !filtered) throw new Error('nothing was asked')
    const replies = [all, filtered]
    if (JSON.stringify(all.body) !== JSON.stringify(filtered.body) && all.status === 200)
      throw new Error('Facets of all photos are not those of photos that all are let through')
    if (all.status !== 200) return { photos: new Set(), replies }
    const { data, meta } = all.body as {
      data: { year: { value: number; count: number }[] }
      meta: { total: number }
    }
    const visible = photos.filter((photo) => maySee(viewer, photo))
    if (meta.total !== visible.length)
      throw new Error(`${visible.length} are seen, but ${meta.total} counted`)
    if (data.year.some(({ count }) => count !== 1)) throw new Error('A year counts more than its one photo')
    const years = new Set(data.year.map(({ value }) => value))
    return { photos: new Set(photos.filter(({ year }) => year !== null && years.has(year))), replies }
  },
}

/** Counts of one's own photos alone, whatever others show. */
const statistics: ReadingPath = {
  rule: dated(ownLive),
  async read({ caller }, photos) {
    const reply = await caller.get('/api/v1/stats')
    if (reply.status !== 200) return { photos: new Set(), replies: [reply] }
    const { data } = reply.body as { data: { by_year: { value: number }[] } }
    const years = new Set(data.by_year.map(({ value }) => value))
    return {
      photos: new Set(photos.filter(({ year }) => year !== null && years.has(year))),
      replies: [reply],
    }
  },
}

const hothashesOfStack = (stack: unknown) => (stack as { photo_hothashes: string[] }).photo_hothashes

/** The one stack that holds all photos, by its own address. */
const stack: ReadingPath = {
  rule: maySee,
  async read({ caller }, photos) {
    const { data } = (await caller.get('/api/v1/photos?limit=500')).body as {
      data?: { stack_id: number | null }[]
    }
    const id = data?.find(({ stack_id }) => stack_id !== null)?.stack_id ?? FIRST_STACK
    const reply = await caller.get(`/api/v1/photo-stacks/${id}`)
    const shown = new Set(reply.status === 200 ? hothashesOfStack(reply.body) : [])
    if (reply.status === 200) {
      const { photo_count, cover_photo_hothash } = reply.body as Record<string, unknown>
      if (photo_count !== shown.size || !shown.has(String(cover_photo_hothash)))
        throw new Error(`${shown.size} are in the stack, but ${String(photo_count)} counted`)
    }
    return { photos: new Set(photos.filter(({ hothash }) => shown.has(hothash))), replies: [reply] }
  },
}

/** That of the cast, in a database that has no other. */
const FIRST_STACK = 1

/** In the space that all photos are in, for members. */
const spacePhotos: ReadingPath = {
  rule: (onlooker, photo) =>
    (isOwn(onlooker, photo) || onlooker.isMember === true) && maySee(onlooker, photo),
  async read({ caller }, photos) {
    const reply = await caller.get(`/api/v1/spaces/${FIRST_SPACE}/photos?limit=500`)
    const shown = new Set(reply.status === 200 ? hothashesOfData(reply.body) : [])
    expectCounted(reply, shown.size)
    return { photos: new Set(photos.filter(({ hothash }) => shown.has(hothash))), replies: [reply] }
  },
}

/** The collection for everybody that all photos are in. */
const collectionPhotos: ReadingPath = {
  rule: maySee,
  async read({ caller }, photos) {
    const { data = [] } = ((await caller.get('/api/v1/collections')).body ?? {}) as {
      data?: { id: number; name: string; photo_count: number; cover_photo_hothash: string }[]
    }
    const collection = data.find(({ name }) => name === 'open heap')
    const reply = await caller.get(
      `/api/v1/collections/${collection?.id ?? SHOWN_COLLECTION}/photos?limit=500`,
    )
    const shown = new Set(reply.status === 200 ? hothashesOfData(reply.body) : [])
    expectCounted(reply, shown.size)
    if (collection && (collection.photo_count !== shown.size || !shown.has(collection.cover_photo_hothash)))
      throw new Error(`${shown.size} are in the collection, but ${collection.photo_count} counted`)
    return { photos: new Set(photos.filter(({ hothash }) => shown.has(hothash))), replies: [reply] }
  },
}

/** The story for everybody that shows all photos. */
const story: ReadingPath = {
  rule: maySee,
  async read({ caller }, photos) {
    const reply = await caller.get(`/api/v1/phototext/${SHOWN_STORY}`)
    const { content } = reply.body as { content?: { blocks: { hash: string }[] } }
    const shown = new Set(content?.blocks.map(({ hash }) => hash))
    const said = reply.status === 200 ? withoutHidden(reply) : reply
    return { photos: new Set(photos.filter(({ hothash }) => shown.has(hothash))), replies: [said] }
  },
}

/** An owner is told which photos others do not see: of their own, in the trash as well. */
function withoutHidden(reply: Reply): Reply {
  const { hidden_photos: _hidden, ...body } = reply.body as Record<string, unknown>
  return { ...reply, bytes: Buffer.from(JSON.stringify(body)) }
}

/** Clusters of one photo each: every place of the cast is another. */
const photoMap: ReadingPath = {
  rule: ownLive,
  async read({ caller }, photos) {
    const reply = await caller.get('/api/v1/photos/map?zoom=12')
    const { data = [], meta } = (reply.body ?? {}) as {
      data?: { hothash: string; count: number }[]
      meta?: { photos: number }
    }
    if (meta && meta.photos !== data.length) throw new Error('A cluster has more than one photo')
    const shown = new Set(data.map(({ hothash }) => hothash))
    return { photos: new Set(photos.filter(({ hothash }) => shown.has(hothash))), replies: [reply] }
  },
}

const SHOWN_STORY = 2
const SHOWN_COLLECTION = 2
const FIRST_SPACE = 1

/** In a list of stacks. */
const stacks: ReadingPath = {
  rule: ownLive,
  async read({ caller }, photos) {
    const reply = await caller.get('/api/v1/photo-stacks')
    const { data = [] } = (reply.body ?? {}) as { data?: unknown[] }
    const shown = new Set(data.flatMap(hothashesOfStack))
    return { photos: new Set(photos.filter(({ hothash }) => shown.has(hothash))), replies: [reply] }
  },
}

/** What was done to photos, in the log of whoever did it: all of the cast were put into the space. */
const activity: ReadingPath = {
  rule: isOwn,
  async read({ caller }, photos) {
    const reply = await caller.get('/api/v1/activity?limit=500')
    const { data = [] } = (reply.body ?? {}) as { data?: { photos: string[] }[] }
    const shown = new Set(data.flatMap((entry) => entry.photos))
    return { photos: new Set(photos.filter(({ hothash }) => shown.has(hothash))), replies: [reply] }
  },
}

const photosOfArrays = (body: unknown) => (body as { data: { hothash: string[] } }).data.hothash

export const readingPaths = {
  listPhotos: list('/api/v1/photos?limit=500&include=exif,files', maySee),
  searchPhotos: search('/api/v1/photos/search'),
  searchPhotosToo: search('/api/v1/photo-searches/ad-hoc'),
  getPhoto: each((ref) => `/api/v1/photos/${ref}`, maySee),
  getHotpreview: each((ref) => `/api/v1/photos/${ref}/hotpreview`, maySeePreview),
  getColdpreview: each((ref) => `/api/v1/photos/${ref}/coldpreview`, maySeePreview),
  timeline: timelineBuckets,
  timelinePhotos: list('/api/v1/timeline/photos', maySee, photosOfArrays),
  listTrash: list('/api/v1/photos/trash?limit=500', ownTrash),
  listPhotoFiles: each((ref) => `/api/v1/photos/${ref}/files`, ownLive),
  listOriginals: list('/api/v1/originals?limit=500', ownLive),
  getStory: story,
  photoMap,
  listCollectionPhotos: collectionPhotos,
  listSpacePhotos: spacePhotos,
  getStack: stack,
  listStacks: stacks,
  listActivity: activity,
  facets,
  statistics,
  knownPhotos: known,
} satisfies Partial<Record<EndpointName, ReadingPath>>
