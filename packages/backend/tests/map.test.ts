import type { MapCluster } from '@imalink/contract'
import { beforeEach, describe, expect, test } from 'vitest'
import { anEgg } from './an-egg.ts'
import { ALICE, BOB, type Account, type Caller, testApp } from './test-app.ts'

const app = await testApp()
const [alice, bob] = [await app.as(ALICE), await app.as(BOB)]

beforeEach(async () => {
  await app.emptyLibrary()
  await bob.put('/api/v1/users/me', { share_location: false })
})

interface PhotoMap {
  readonly data: MapCluster[]
  readonly meta: { readonly zoom: number; readonly photos: number }
}
const map = async (query = '', as: Caller = alice) =>
  (await as.get(`/api/v1/photos/map${query}`)).body as PhotoMap
const at = (gps_latitude: number, gps_longitude: number, egg: object = {}, as: Account = alice) =>
  as.create(anEgg({ metadata: { gps_latitude, gps_longitude }, ...egg }))

describe('a map', () => {
  test('has photos in clusters that part as one looks closer', async () => {
    const oslo = await at(59.91, 10.75)
    const best = await at(59.93, 10.77, { rating: 5 })
    const bergen = await at(60.39, 5.32)
    await at(-33.9, 18.4)
    await alice.create(anEgg())

    const [far, near, close] = [await map(), await map('?zoom=7'), await map('?zoom=16')]

    expect(far.meta).toEqual({ zoom: 0, photos: 4 })
    expect(far.data.map(({ count, hothash }) => [count, hothash === best.hothash])).toEqual([
      [3, true],
      [1, false],
    ])
    expect(near.data[0]).toMatchObject({ count: 2, hothash: best.hothash })
    expect(near.data[0]?.lat).toBeCloseTo(59.92)
    expect(near.data[0]?.lon).toBeCloseTo(10.76)
    expect(close.data.map(({ count }) => count)).toEqual([1, 1, 1, 1])
    expect(close.data.find(({ hothash }) => hothash === oslo.hothash)).toMatchObject({
      lat: 59.91,
      lon: 10.75,
    })
    expect(close.data.some(({ hothash }) => hothash === bergen.hothash)).toBe(true)
  })

  test('goes by a box, across the antimeridian as well, and by every filter', async () => {
    const [fiji] = [await at(-17, 179.9, { tags: ['sea'] }), await at(-17, -179.9), await at(50, 8)]

    expect((await map('?bbox=179,-20,-179,-10')).meta.photos).toBe(2)
    expect((await map('?bbox=0,40,20,60')).data).toHaveLength(1)
    expect((await map('?tags=sea')).data).toMatchObject([{ count: 1, hothash: fiji.hothash }])
    expect((await map('?tags=none')).data).toEqual([])
    for (const query of ['?zoom=23', '?zoom=x', '?bbox=1', '?colour=red'])
      expect((await alice.get(`/api/v1/photos/map${query}`)).status).toBe(422)
    expect((await app.anonymous.get('/api/v1/photos/map?scope=mine')).status).toBe(401)
  })

  test('shows places of others only where they share them', async () => {
    await at(10, 10, { visibility: 'public' }, bob)
    await at(20, 20, { visibility: 'private' }, bob)

    const hidden = [await map(), await map('?bbox=0,0,30,30'), await map('', app.anonymous)]
    await bob.put('/api/v1/users/me', { share_location: true })

    for (const { data, meta } of hidden) expect([data, meta.photos]).toEqual([[], 0])
    expect((await map()).meta.photos).toBe(1)
    expect((await map('', app.anonymous)).meta.photos).toBe(1)
    expect((await map('', bob)).meta.photos).toBe(2)
  })
})
