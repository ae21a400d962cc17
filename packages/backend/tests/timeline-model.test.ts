import type { Granularity, Visibility } from '@imalink/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { join, spaceOf } from './a-space.ts'
import { anEgg } from './an-egg.ts'
import { ALICE, type Account, BOB, CAROL, type Caller, testApp } from './test-app.ts'

const app = await testApp()
const people = [await app.as(ALICE), await app.as(BOB), await app.as(CAROL)]

/** A photo as the model remembers it. */
interface Known {
  readonly id: number
  readonly owner: number
  readonly hothash: string
  visibility: Visibility
  taken_at: string | null
  rating: number
  trashed: boolean
  /** Numbers of the spaces that it is in. */
  readonly spaces: Set<number>
}

/** Two spaces, owned by the first and by the second; who owns one stays in it. */
const OWNERS = [0, 1] as const
interface Club {
  readonly id: number
  readonly owner: number
  readonly members: Set<number>
}

const times = fc
  .record({
    year: fc.constantFrom('1999', '2024'),
    month: fc.constantFrom('02', '12'),
    day: fc.constantFrom('01', '28'),
    hour: fc.constantFrom('00', '23'),
    rest: fc.constantFrom(':00:00', ':00:01', ':30:00', ':59:59.999'),
  })
  .map(({ year, month, day, hour, rest }) => `${year}-${month}-${day}T${hour}${rest}`)

const levels = fc.constantFrom<Visibility>('private', 'space', 'authenticated', 'public')

const create = fc.record({
  do: fc.constant('create' as const),
  who: fc.nat(2),
  visibility: levels,
  taken_at: fc.option(times, { freq: 8 }),
  rating: fc.nat(5),
})
const change = fc.record({
  do: fc.constantFrom('delete' as const, 'restore' as const, 'destroy' as const),
  pick: fc.nat(),
})
const edit = fc.record({
  do: fc.constant('edit' as const),
  pick: fc.nat(),
  visibility: levels,
  taken_at: fc.option(times, { freq: 8 }),
  rating: fc.nat(5),
})
const share = fc.record({
  do: fc.constantFrom('share' as const, 'withdraw' as const),
  pick: fc.nat(),
  space: fc.nat(1),
})
const membership = fc.record({ do: fc.constant('come or go' as const), who: fc.nat(2), space: fc.nat(1) })
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: create },
    { weight: 2, arbitrary: change },
    { weight: 2, arbitrary: edit },
    { weight: 2, arbitrary: share },
    { weight: 1, arbitrary: membership },
  ),
  { minLength: 10, maxLength: 40 },
)
type Steps = typeof steps extends fc.Arbitrary<infer S> ? S : never

/** Does the steps through the front door, and remembers what should be there. */
async function perform(wanted: Steps, clubs: readonly Club[]): Promise<Known[]> {
  let known: Known[] = []
  for (const step of wanted) {
    if (step.do === 'create') {
      const { who, visibility, taken_at, rating } = step
      const { id, hothash } = await accountOf(who).create(anEgg({ visibility, taken_at, rating }))
      known.push({ id, owner: who, hothash, visibility, taken_at, rating, trashed: false, spaces: new Set() })
      continue
    }
    if (step.do === 'edit') {
      const photo = known[step.pick % known.length]
      if (photo) await editPhoto(photo, step)
      continue
    }
    if (step.do === 'share' || step.do === 'withdraw') {
      const [photo, club] = [known[step.pick % known.length], clubs[step.space]]
      if (photo && club) await sharePhoto(photo, step.space, club, step.do === 'share')
      continue
    }
    if (step.do === 'come or go') {
      const club = clubs[step.space]
      if (club && club.owner !== step.who) await comeOrGo(step.who, club)
      continue
    }
    const candidates = known.filter(
      (photo) => step.do === 'destroy' || photo.trashed === (step.do === 'restore'),
    )
    const photo = candidates[step.pick % candidates.length]
    if (!photo) continue
    const [owner, path] = [accountOf(photo.owner), `/api/v1/photos/${photo.id}`]
    if (step.do === 'restore') await owner.post(`${path}/restore`)
    else await owner.delete(step.do === 'destroy' ? `${path}?permanent=true` : path)
    if (step.do === 'destroy') known = known.filter((other) => other !== photo)
    else photo.trashed = step.do === 'delete'
  }
  return known
}

/** Its owner puts it into a space, or takes it out again, as far as they may. */
async function sharePhoto(photo: Known, number: number, { id, members }: Club, isPut: boolean) {
  if (photo.trashed || !members.has(photo.owner)) return
  const [owner, path] = [accountOf(photo.owner), `/api/v1/spaces/${id}/photos`]
  const body = { photos: [photo.id] }
  const reply = isPut ? await owner.post(path, body) : await owner.delete(path, {}, body)
  expect(reply.status).toBeLessThan(300)
  if (isPut) photo.spaces.add(number)
  else photo.spaces.delete(number)
}

async function comeOrGo(who: number, { id, owner, members }: Club): Promise<void> {
  const leaves = members.delete(who)
  if (leaves) expect((await accountOf(who).delete(`/api/v1/spaces/${id}/members/me`)).status).toBe(204)
  else {
    await join(accountOf(owner).server, id, accountOf(who).server)
    members.add(who)
  }
}

/** Through the front door, and in the trash in the database itself: whoever writes there, the counts must follow. */
async function editPhoto(
  photo: Known,
  { visibility, taken_at, rating }: Pick<Known, 'visibility' | 'taken_at' | 'rating'>,
) {
  const change = { visibility, taken_at, rating }
  if (photo.trashed) await app.db.updateTable('photos').set(change).where('id', '=', photo.id).execute()
  else expect((await accountOf(photo.owner).patch(`/api/v1/photos/${photo.id}`, change)).status).toBe(200)
  Object.assign(photo, change)
}

function accountOf(who: number): Account {
  const account = people[who]
  if (!account) throw new Error(`nobody is number ${who}`)
  return account
}

const prefixLength = { year: 4, month: 7, day: 10, hour: 13 } as const
const ms = (photo: Known) => Date.parse(`${photo.taken_at}Z`)

function bucketOf(photos: readonly Known[], granularity: Granularity) {
  const inOrder = [...photos].sort((a, b) => ms(a) - ms(b) || a.id - b.id)
  const [first, last] = [inOrder[0], inOrder.at(-1)]
  if (!first || !last) throw new Error('a bucket has a photo')
  const rated = inOrder.filter((photo) => photo.rating >= 4)
  const middle = (ms(first) + ms(last)) / 2
  const [cover] = rated.length
    ? rated.sort((a, b) => b.rating - a.rating || ms(b) - ms(a) || a.id - b.id)
    : inOrder.sort(
        (a, b) => Math.abs(ms(a) - middle) - Math.abs(ms(b) - middle) || ms(a) - ms(b) || a.id - b.id,
      )
  const names = ['year', 'month', 'day', 'hour'] as const
  const numbers = (first.taken_at ?? '').slice(0, prefixLength[granularity]).split(/[-T]/).map(Number)
  return {
    ...Object.fromEntries(numbers.map((number, index) => [names[index] ?? '', number])),
    count: photos.length,
    preview_hothash: cover?.hothash,
    preview_url: `/api/v1/photos/${cover?.hothash}/hotpreview`,
    date_range: { first: first.taken_at, last: last.taken_at },
  }
}

/** The buckets of one granularity whose names begin with `prefix`, newest first. */
function modelBuckets(visible: readonly Known[], prefix: string, granularity: Granularity) {
  const dated = visible.filter((photo) => photo.taken_at?.startsWith(prefix))
  const groups = Map.groupBy(dated, (photo) => photo.taken_at?.slice(0, prefixLength[granularity]) ?? '')
  const newestFirst = [...groups].sort(([a], [b]) => (a < b ? 1 : -1))
  return newestFirst.map(([name, photos]) => ({ name, bucket: bucketOf(photos, granularity) }))
}

const finer = { year: 'month', month: 'day', day: 'hour', hour: null } as const

interface Asked {
  readonly caller: Caller
  readonly scope: string
}

/** Every bucket of every granularity below `prefix`, as the caller is answered and as the model has it. */
async function compare(
  { caller, scope }: Asked,
  visible: readonly Known[],
  prefix: string,
  granularity: Granularity,
) {
  const [year, month, day] = prefix.split(/[-T]/)
  const period = Object.entries({ year, month, day }).filter(([, value]) => value)
  const query = period.map(([unit, value]) => `&${unit}=${Number(value)}`).join('')
  const buckets = modelBuckets(visible, prefix, granularity)

  const { body } = await caller.get(`/api/v1/timeline?scope=${scope}&granularity=${granularity}${query}`)

  expect(body).toEqual({
    data: buckets.map(({ bucket }) => bucket),
    meta: {
      granularity,
      ...Object.fromEntries(period.map(([unit, value]) => [unit, Number(value)])),
      [`total_${granularity}s`]: buckets.length,
      total_photos: buckets.reduce((sum, { bucket }) => sum + bucket.count, 0),
      undated: visible.filter((photo) => photo.taken_at === null).length,
    },
  })
  const next = finer[granularity]
  for (const { name } of buckets) if (next) await compare({ caller, scope }, visible, name, next)
}

async function compareGrid({ caller, scope }: Asked, visible: readonly Known[]) {
  const { body } = await caller.get(`/api/v1/timeline/photos?scope=${scope}`)
  const key = (photo: Known) => photo.taken_at ?? ''
  const inOrder = [...visible].sort((a, b) => (key(a) === key(b) ? b.id - a.id : key(a) < key(b) ? 1 : -1))
  expect((body as { data: { id: number[] } }).data.id).toEqual(inOrder.map((photo) => photo.id))
}

async function compareTotal({ caller, scope }: Asked, visible: readonly Known[]) {
  const { body } = await caller.get(`/api/v1/photos?limit=1&scope=${scope}`)
  expect(body).toMatchObject({ meta: { total: visible.length } })
}

function isSharedWith(who: number | null, { visibility, spaces }: Known, clubs: readonly Club[]): boolean {
  if (who === null || visibility !== 'space') return false
  return [...spaces].some((number) => clubs[number]?.members.has(who))
}

test('whatever happens to photos, the timeline of everybody is what counting them all would give', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (wanted) => {
      await app.emptyLibrary()
      await app.db.deleteFrom('spaces').execute()
      const clubs: Club[] = []
      for (const owner of OWNERS)
        clubs.push({ id: await spaceOf(accountOf(owner).server, []), owner, members: new Set([owner]) })
      const known = await perform(wanted, clubs)
      for (const who of [0, 1, 2, null]) {
        const caller = who === null ? app.anonymous : accountOf(who)
        const open = who === null ? ['public'] : ['public', 'authenticated']
        const visible = known.filter(
          (photo) =>
            !photo.trashed &&
            (photo.owner === who || open.includes(photo.visibility) || isSharedWith(who, photo, clubs)),
        )
        const scopes = { all: visible, bob: visible.filter((photo) => photo.owner === 1) }
        const own = who === null ? {} : { mine: visible.filter((photo) => photo.owner === who) }
        for (const [scope, photos] of Object.entries({ ...scopes, ...own })) {
          await compare({ caller, scope }, photos, '', 'year')
          await compareGrid({ caller, scope }, photos)
          await compareTotal({ caller, scope }, photos)
        }
      }
    }),
    // A failure names its seed and the shortest list of steps that fails.
    { numRuns: 8 },
  )
})

test('the photos of an account that is gone count no more', async () => {
  await app.emptyLibrary()
  const [, , carol] = people
  await carol?.create(anEgg({ visibility: 'public', taken_at: '2024-01-01T00:00:00' }))
  await app.db.deleteFrom('users').where('username', '=', 'carol').execute()

  const { body } = await app.anonymous.get('/api/v1/timeline')

  expect(body).toMatchObject({ data: [], meta: { total_photos: 0 } })
  // On PostgreSQL several rows add up to one number.
  const counted = await app.db
    .selectFrom('photo_counts')
    .select(['user_id', 'visibility', 'bucket'])
    .groupBy(['user_id', 'visibility', 'length', 'bucket'])
    .having(({ fn }) => fn.sum('photos'), '<>', 0)
    .execute()
  expect(counted).toEqual([])
})
