import { expect, test } from 'vitest'
import { anEgg, withColdpreview } from './an-egg.ts'
import { ALICE, BOB, type Account, type Reply, testApp } from './test-app.ts'

const CLIENTS = 200
const EGGS = 20

const app = await testApp()

/** Pressure may be answered with `not_ready` and when to come back; whoever does gets an answer. */
async function insist(send: () => Promise<Reply>): Promise<Reply> {
  for (;;) {
    const reply = await send()
    if (reply.status !== 503) return reply
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
  }
}

async function hothashesOf(account: Account): Promise<string[]> {
  const { body } = await account.get('/api/v1/photos?limit=100')
  const { data, meta } = body as { data: { hothash: string }[]; meta: { total: number } }
  expect(data.length).toBe(meta.total)
  return data.map(({ hothash }) => hothash).sort()
}

/** Every photo with the one row of each kind that its egg makes. */
async function rowsOf(account: Account) {
  const count = async (table: 'hotpreviews' | 'photo_eggs' | 'image_files' | 'photo_tags') => {
    const rows = await app.db
      .selectFrom(table)
      .innerJoin('photos', 'photos.id', `${table}.photo_id`)
      .where('photos.user_id', '=', account.id)
      .select('photos.id')
      .execute()
    return rows.length
  }
  return {
    hotpreviews: await count('hotpreviews'),
    eggs: await count('photo_eggs'),
    files: await count('image_files'),
    tags: await count('photo_tags'),
  }
}

const whole = { hotpreviews: EGGS, eggs: EGGS, files: EGGS, tags: EGGS }
const eggs = (whose: string) =>
  Array.from({ length: EGGS }, (_, index) => ({
    ...withColdpreview(anEgg({ seed: `${whose} ${index}` })),
    tags: [`tag ${index % 3}`],
  }))

test('two hundred clients that send the same twenty eggs at once make each photo once', async () => {
  const alice = await app.as(ALICE)
  const laid = eggs('crowd')

  const send = (client: number) => insist(() => alice.post('/api/v1/photos/photoegg', laid[client % EGGS]))
  const replies = await Promise.all(Array.from({ length: CLIENTS }, (_, client) => send(client)))

  const statuses = replies.map(({ status }) => status)
  expect(statuses.filter((status) => status === 201)).toHaveLength(EGGS)
  expect(statuses.filter((status) => status === 200)).toHaveLength(CLIENTS - EGGS)
  expect(await hothashesOf(alice)).toEqual(laid.map(({ hothash }) => hothash).sort())
  expect(await rowsOf(alice)).toEqual(whole)
})

test('two hundred batches of the same eggs, each in another order, make each photo once', async () => {
  const bob = await app.as(BOB)
  const laid = eggs('batch')
  const inOrderOf = (client: number) => {
    const turned = [...laid.slice(client % EGGS), ...laid.slice(0, client % EGGS)]
    return client % 2 === 0 ? turned : turned.reverse()
  }

  const send = (client: number) =>
    insist(() => bob.post('/api/v1/photos/photoegg/batch', { photos: inOrderOf(client) }))
  const replies = await Promise.all(Array.from({ length: CLIENTS }, (_, client) => send(client)))

  const counts = replies.map(({ body }) => body as { created: number; duplicates: number; failed: number })
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]))
  expect(counts.reduce((sum, { created }) => sum + created, 0)).toBe(EGGS)
  expect(counts.every(({ created, duplicates }) => created + duplicates === EGGS)).toBe(true)
  expect(await hothashesOf(bob)).toEqual(laid.map(({ hothash }) => hothash).sort())
  expect(await rowsOf(bob)).toEqual(whole)
})
